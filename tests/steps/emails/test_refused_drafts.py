from __future__ import annotations

import pytest

from functions.core.addresses import Address
from functions.core.emails.email import TemplateSyntax
from functions.core.errors import Rejected
from tests.fakes.emails import MemoryEmails
from tests.support.publishing import a_draft, a_source, publication, refused


def test_every_error_has_its_line_and_column() -> None:
    draft = a_draft(
        a_source(
            subject=" ", body="<p>\n {{ 1|nothing }}", syntax=TemplateSyntax.HTML, text="\n{{ 1 if }}", preview="{{"
        ),
        sender=Address("me@other.com"),
        variants={"de": a_source(body="<mjml>")},
    )
    assert refused(draft) == {
        "from.replyTo": (None, None),
        "subject": (1, 1),
        "content.html": (2, 7),
        "content.plainTextVersion": (2, 9),
        "content.previewText": (1, 1),
        "content.translations.de.mjml": (1, 1),
    }


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("<p>{{ ''.__class__ }}</p>", (1, 9)),
        ("<p>{{ custom|attr('__class__') }}</p>", (1, 14)),
        ("<p>{{ custom['__init__'] }}</p>", (1, 13)),
        ("<p>{{ range._private }}</p>", (1, 12)),
        ("<p>\n{% if custom.x is nothing %}{% endif %}", (2, 16)),
        ("<p>{% include 'nothing' %}</p>", (1, 4)),
        ("{% extends custom.x %}", (1, 1)),
        ("<p>\n\n{{ order }}</p>", (3, 4)),
        ("<div>" * 151, (1, 751)),
        ("{% for i in [1] %}" * 25 + "{% endfor %}" * 25, (1, 739)),
    ],
)
def test_an_unrenderable_template_is_refused(body: str, place: tuple[int, int]) -> None:
    assert refused(a_draft(a_source(body=body, syntax=TemplateSyntax.HTML))) == {"content.html": place}


def test_a_property_name_may_begin_with_one_underscore() -> None:
    body = "{{ custom._id }}{% for row in custom.rows %}{{ row._id }}{% endfor %}"
    publication(MemoryEmails())(a_draft(a_source(body=body, syntax=TemplateSyntax.HTML)))


def test_a_too_large_email_is_refused() -> None:
    assert set(refused(a_draft(a_source(text="x" * 400_000)))) == {"content"}
    assert set(refused(a_draft(a_source(text="x" * 500_001)))) == {"content.plainTextVersion"}
    half = a_source(text="x" * 200_000)
    assert set(refused(a_draft(half, variants={"de": half}))) == {"content"}


@pytest.mark.parametrize(("subscription", "reason"), [("nwes", "does not exist"), ("ended", "is not active")])
def test_an_email_needs_an_active_subscription_type(subscription: str, reason: str) -> None:
    """Its sends would all be refused. The error names the path of the types."""
    draft = a_draft(
        a_source(body="<a href='{{ unsubscribe_link }}'>x</a>", syntax=TemplateSyntax.HTML), subscription=subscription
    )
    assert set(refused(draft)) == {"subscriptionDetails.subscriptionId"}
    (error,) = publication(MemoryEmails()).check(draft).errors
    assert reason in error.message
    assert "choose an active type" in error.message


def test_an_error_in_a_partial_names_the_partial() -> None:
    body = '<mjml>\n{% include "page" %}</mjml>'
    assert refused(a_draft(a_source(body=body)), page="<mj-body>\n\n <mj-nothing/></mj-body>") == {
        "partial page": (3, 2)
    }
    assert refused(a_draft(a_source(body=body)), page="\n{{ x|nothing }}") == {"partial page": (2, 4)}


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("{{#if x}}a{{/if}}", "Handlebars"),
        ("{{#each items}}a{{/each}}", "Handlebars"),
        ("{{{ body }}}", "Mustache"),
        ("{% assign x = 1 %}", "Liquid"),
    ],
)
def test_another_template_language_is_named(body: str, language: str) -> None:
    with pytest.raises(Rejected, match=f"this is {language}.*, not HubL: "):
        publication(MemoryEmails())(a_draft(a_source(body=body, syntax=TemplateSyntax.HTML)))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ content.subjct }}", "did you mean subject"),
        ("{% if content['absolute_url'] %}x{% endif %}", "write view_as_page_url"),
        ("{% for i in site_settings.companies %}x{% endfor %}", "is not defined: it has company_name"),
        ("{{ site_settings.companyDomain }}", "write site_settings.company_domain"),
        ("{{ content.widgets.x }}", "modules are not read"),
    ],
)
def test_a_member_that_does_not_exist_is_refused_by_name(source: str, message: str) -> None:
    with pytest.raises(Rejected) as caught:
        publication(MemoryEmails())(a_draft(a_source(text=f"a {source}")))
    (error,) = caught.value.errors
    assert message in error.message
    assert (error.field, error.line) == ("content.plainTextVersion", 1)
    assert error.column
    assert error.column > 2


def test_a_missing_partial_hides_no_other_error() -> None:
    source = "{% include 'no' %}{% import 'lib' as lib %}{{ lib.b() }}{% from 'x' import c %}{{ c() }}{{ foo }}{% extends 'base' %}{{ 1|bar }}"
    with pytest.raises(Rejected) as caught:
        publication(MemoryEmails())(a_draft(a_source(text=source)))
    assert [error.message.partition(":")[0] for error in caught.value.errors] == [
        "there is no partial 'no'",
        "there is no partial 'lib'",
        "there is no partial 'x'",
        "there is no partial 'base'",
        "there is no filter 'bar'",
        "'foo' is not defined",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "{{ a( }}{{ b|nope }}{{ 'x }}{{ foo }}",
        "{% if a( %}x{{ b|nope }}{% for ] %}{{ foo }}",
        "{{ b|nope }}{{ foo }}{{ c",
        "{{ b|nope }}{{ foo }}{% raw %}x",
    ],
)
def test_a_tag_that_cannot_be_read_hides_no_other_error(source: str) -> None:
    with pytest.raises(Rejected) as caught:
        publication(MemoryEmails())(a_draft(a_source(text=source)))
    messages = [error.message for error in caught.value.errors]
    assert any("is not HubL" in message for message in messages)
    assert any("no filter 'nope'" in message for message in messages)
    assert any("'foo' is not defined" in message for message in messages)


@pytest.mark.parametrize(
    "expression", ["contact()", "custom()", "year()", "unsubscribe_link()", "'a'()", "[1]()", "(custom.a|upper)()"]
)
def test_a_call_of_a_value_is_refused(expression: str) -> None:
    with pytest.raises(Rejected) as caught:
        publication(MemoryEmails())(a_draft(a_source(text=f"{{{{ {expression} }}}}")))
    (error,) = caught.value.errors
    assert error.message.endswith("is not a function")
