from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions.core.addresses import Address
from functions.core.emails.email import SINGLE_SEND, EmailDraft, TemplateSource, TemplateSyntax
from functions.core.emails.images import Image
from functions.core.errors import ERRORS_MAX, Rejected
from functions.core.templates import rendering
from functions.core.templates.blocks import kinds, palette
from tests.fakes.emails import MemoryEmails, MemoryImages
from tests.fakes.templates import MemorySiteSettings
from tests.support.examples import SENDER
from tests.support.publishing import publication

BODY = "<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ contact.x }}</mj-text></mj-column></mj-section></mj-body></mjml>"


def a_source(
    *, subject: str = "Order {{ custom.order }}", body: str = BODY, text: str = "Hi {{ contact.x }}", **changed: Any
) -> TemplateSource:
    return TemplateSource(subject=subject, body=body, text=text, **changed)


def a_draft(source: TemplateSource | None = None, **changed: Any) -> EmailDraft:
    fields: dict[str, Any] = {"email_id": 7, "name": "Receipt", "source": source or a_source(), "sender": SENDER}
    return EmailDraft(**{**fields, **changed})


def refused(draft: EmailDraft, **partials: str) -> dict[str, tuple[int | None, int | None]]:
    """Returns the fields of the errors with line and column. Checks that nothing is stored."""
    emails = MemoryEmails()
    with pytest.raises(Rejected) as caught:
        publication(emails, **partials)(draft)
    assert (emails.live, emails.revisions) == ({}, {})
    return {error.field: (error.line, error.column) for error in caught.value.errors}


def test_publishing_a_changed_draft_makes_a_revision() -> None:
    emails = MemoryEmails()
    first = publication(emails)(a_draft()).revision
    assert publication(emails)(a_draft()).revision == first
    assert first.number == 1
    second = publication(emails)(a_draft(a_source(subject="Other"))).revision
    assert second.number == 2
    assert emails.live[7].published_revision == 2
    assert emails.live[7].sendable_as(SINGLE_SEND)
    assert emails.revisions[7, 1] == first


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


def test_only_a_transactional_email_may_lack_an_unsubscribe_link() -> None:
    plain, linked = (
        a_source(body=body, syntax=TemplateSyntax.HTML)
        for body in ("<p>\nx</p>", "<a href='{{ unsubscribe_link_all }}'>x</a>")
    )
    assert refused(a_draft(plain, subscription="news")) == {"content.html": (2, 6)}
    assert publication(MemoryEmails())(a_draft(linked, subscription="news")).revision.subscription == "news"


def test_the_block_with_the_unsubscribe_link_is_enough() -> None:
    """A person who writes no code adds it to a marketing email."""
    blank = a_source(body=palette.EMPTY, text="")
    assert set(refused(a_draft(blank, subscription="news"))) == {"content.mjml"}
    body = palette.EMPTY.replace("<mj-column>", f"<mj-column>{palette.code_for('unsubscribe', kinds.CONTENT)}")
    content = publication(MemoryEmails())(a_draft(a_source(body=body, text=""), subscription="news")).revision.content
    assert "Unsubscribe" in content.html
    assert LINK in content.html


LINK = "{{ unsubscribe_link }}"


@pytest.mark.parametrize(
    ("body", "html", "text"),
    [
        (f'<p>Hi. <a href="{LINK}">Leave</a></p>', "<p>Hi. </p>", "Hi."),
        ("<p>Hi<A class=x HREF='{{unsubscribe_link_all}}?x=1'><b>Leave</b></A>!</p>", "<p>Hi!</p>", "Hi!"),
        (f'<p><a href="https://x.test">a</a> <a href="{LINK}">b</a></p>', '<p><a href="https://x.test">a</a> </p>', "a (https://x.test)"),
        (f'<p>Hi<a href="{LINK}">{{% if contact.x %}}Leave{{% endif %}}</a></p>', "<p>Hi</p>", "Hi"),
        ('<p>Hi {% if unsubscribe_link %}<a href="{{ unsubscribe_link }}">Leave</a> us{% endif %}</p>', None, None),
        ("{% include 'footer' %}", "<p></p>", ""),
    ],
)  # fmt: skip
def test_a_transactional_email_has_no_unsubscribe_link(body: str, html: str | None, text: str | None) -> None:
    """The link is cut with its element, from the HTML and from the text that is made of it, and the check warns."""
    draft = a_draft(a_source(body=body, syntax=TemplateSyntax.HTML, text=""))
    result = publication(MemoryEmails(), footer=f"<p><a href='{LINK}'>Leave</a></p>")(draft)
    content = result.revision.content
    assert [warning.code for warning in result.warnings] == ["UNSUBSCRIBE_LINK_REMOVED"]
    assert "Leave" not in f"{content.html}{content.text}"
    assert html is None or html in content.html
    assert text is None or content.text.strip() == text


def test_an_mjml_button_that_unsubscribes_is_cut() -> None:
    body = f"<mjml><mj-body><mj-section><mj-column><mj-button href='{LINK}'>Leave</mj-button><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>"
    content = publication(MemoryEmails())(a_draft(a_source(body=body, text=""))).revision.content
    assert "Leave" not in content.html
    assert content.text.strip() == "Hi"


def test_the_warning_of_a_removed_link_has_its_place() -> None:
    """Each part and each language has its own."""
    body = f"<p>x</p>\n<a href='{LINK}'>Leave</a>"
    source = a_source(body=body, syntax=TemplateSyntax.HTML, text=f"Leave: {LINK}")
    result = publication(MemoryEmails()).check(a_draft(source, variants={"de": source}))
    assert [(warning.field, warning.line, warning.column) for warning in result.warnings] == [
        ("content.html", 2, 13),
        ("content.plainTextVersion", 1, 11),
        ("content.translations.de.html", 2, 13),
        ("content.translations.de.plainTextVersion", 1, 11),
    ]
    assert result.errors == ()


def test_a_block_that_ends_outside_a_link_still_compiles() -> None:
    body = f"<p><a href='{LINK}'>{{% if contact.x %}}Leave</a>{{% endif %}}</p>"
    publication(MemoryEmails())(a_draft(a_source(body=body, syntax=TemplateSyntax.HTML)))


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


def test_languages_are_compiled_and_the_contact_picks_theirs() -> None:
    draft = a_draft(
        a_source(subject="Hello", body="<p>Hello {{ contact.firstname }}</p>", syntax=TemplateSyntax.HTML, text=""),
        variants={
            "de": a_source(
                subject="Hallo", body="<p>Hallo {{ contact.firstname }}</p>", syntax=TemplateSyntax.HTML, text=""
            )
        },
    )
    compiled = rendering.compiled(publication(MemoryEmails())(draft).revision)
    texts = {
        language: rendering.render(compiled, {"firstname": "Ada", **language_of}, {}, now=0).text
        for language, language_of in {
            "none": {},
            "de-at": {"hs_language": "de-AT"},
            "de": {"language": "de"},
            "fr": {"hs_language": "fr"},
            "en-gb": {"hs_language": "en_GB", "language": "de"},
        }.items()
    }
    german, english = "Hallo Ada", "Hello Ada"
    assert texts == {"none": english, "de-at": german, "de": german, "fr": english, "en-gb": english}


def test_a_revision_is_whole_and_stays_as_the_partial_was() -> None:
    emails = MemoryEmails()
    body = '<mjml>{% include "page" %}</mjml>'
    page = "<mj-body><mj-section><mj-column><mj-text>{% include 'word' %}</mj-text></mj-column></mj-section></mj-body>"
    first = publication(emails, page=page, word="one")(a_draft(a_source(body=body))).revision
    second = publication(emails, page=page, word="two")(a_draft(a_source(body=body))).revision
    assert ("one" in first.content.html, "two" in second.content.html) == (True, True)
    assert "include" not in first.content.html


def test_an_error_in_a_partial_names_the_partial() -> None:
    body = '<mjml>\n{% include "page" %}</mjml>'
    assert refused(a_draft(a_source(body=body)), page="<mj-body>\n\n <mj-nothing/></mj-body>") == {
        "partial page": (3, 2)
    }
    assert refused(a_draft(a_source(body=body)), page="\n{{ x|nothing }}") == {"partial page": (2, 4)}


def test_the_preview_is_hidden_at_the_top_of_the_body() -> None:
    source = a_source(preview="{{ custom.order }} is <paid>")
    revision = publication(MemoryEmails())(a_draft(source)).revision
    top = revision.content.html.partition("<body")[2][:400]
    assert "display:none" in top
    assert "{{ custom.order }} is &lt;paid&gt;&#847;" in top
    assert "paid" not in revision.content.text


def test_the_contract_covers_the_templates_of_every_language() -> None:
    emails = MemoryEmails()
    source = a_source(body="{{ custom.total|round }}{{ custom.note|default('-') }}", syntax=TemplateSyntax.HTML)
    revision = publication(emails)(a_draft(source, variants={"de": a_source(subject="{{ custom.total }}")})).revision
    assert revision.required_properties == emails.live[7].required_properties == ("total",)
    custom = revision.contract["properties"]["customProperties"]
    assert set(custom["properties"]) == {"note", "order", "total"}
    assert (custom["required"], custom["properties"]["note"]["default"]) == (["total"], "-")


def test_a_from_name_is_a_template() -> None:
    """It may include partials. Its properties are required in every language."""
    emails = MemoryEmails()
    sender = Address("me@example.com", "{{ custom.shop }}{% include 'team' %}")
    draft = a_draft(sender=sender, variants={"de": a_source(subject="x")})
    revision = publication(emails, team=" team {{ custom.city|default('') }}")(draft).revision
    assert revision.sender == Address("me@example.com", "{{ custom.shop }} team {{ custom.city|default('') }}")
    assert "shop" in revision.required_properties
    assert {"shop", "city"} <= set(revision.contract["properties"]["customProperties"]["properties"])


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("{{ custom.shop", 1),
        ("{{ shop }} team", 4),
        ("The {{ custom.x|nothing }}", 17),
        ("{% include 'missing' %}", 1),
        ("{{ ''.__class__ }}", 6),
        ("{% include 'long' %}", 1),
    ],
)
def test_a_from_name_that_cannot_be_rendered_is_refused(name: str, column: int) -> None:
    """Once, whatever the number of languages."""
    draft = a_draft(sender=Address("me@example.com", name), variants={"de": a_source()})
    with pytest.raises(Rejected) as caught:
        publication(MemoryEmails(), long="x" * 999)(draft)
    assert [(error.field, error.line, error.column) for error in caught.value.errors] == [("from.fromName", 1, column)]


def test_warnings_do_not_refuse_an_email() -> None:
    body = (
        "<img src='http://x.test/a.png'><a href='https://x.test'>x</a><video></video><p style='position:absolute'>x</p>"
    )
    published = publication(MemoryEmails())(a_draft(a_source(body=body, syntax=TemplateSyntax.HTML, text="")))
    assert [warning.code for warning in published.warnings] == [
        "LITTLE_TEXT", "NO_ALT", "NOT_HTTPS", "UNSUPPORTED", "UNSUPPORTED"
    ]  # fmt: skip
    large = publication(MemoryEmails())(a_draft(a_source(body="x" * 105_000, syntax=TemplateSyntax.HTML, text="x")))
    assert [warning.code for warning in large.warnings] == ["CLIPPED"]


class LocalImages(MemoryImages):
    def url(self, name: str) -> str:
        return f"http://127.0.0.1:8080/images/{name}"


@pytest.mark.parametrize(
    ("address", "warned"),
    [
        ("http://127.0.0.1:8080/images/a.png", False),  # as the local stack serves it
        ("http://127.0.0.1:8080/images-of-others/a.png", True),
        ("http://x.test/images/a.png", True),
    ],
)
def test_an_own_image_of_the_local_stack_makes_no_warning(address: str, warned: object) -> None:
    step = replace(publication(MemoryEmails()), images=LocalImages())
    body = f"<p>{'x' * 200}<img alt='x' width='9' src='{address}'></p>"
    warnings = step.check(a_draft(a_source(body=body, syntax=TemplateSyntax.HTML, text="x")), sendable=False).warnings
    assert ("NOT_HTTPS" in {warning.code for warning in warnings}) is warned


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        ("<p>\n <img src='https://x.test/{{ custom.order }}?a=1&b=2'>", "NO_ALT", ("content.html", 2, 12)),
        ("<p>\n <img>", "NO_ALT", ("content.html", 2, 2)),
        ("<p>\n\n<a href='http://x.test/?a=1&amp;b=2'>x</a>", "NOT_HTTPS", ("content.html", 3, 10)),
        ("<style>\nb { POSITION : absolute }</style><b>x</b>", "UNSUPPORTED", ("content.html", 2, 5)),
        ("x {% include 'film' %}", "UNSUPPORTED", ("partial film", 2, 1)),
        (BODY.replace("<mj-text>", "\n<mj-image src='https://x.test/a.png' /><mj-text>"), "NO_ALT", ("content.mjml", 2, 16)),
        (BODY.replace("<mj-text>", "<mj-button\nhref='http://x.test'>x</mj-button><mj-text>"), "NOT_HTTPS", ("content.mjml", 2, 7)),
    ],
)  # fmt: skip
def test_a_warning_has_the_place_in_its_source(body: str, code: str, place: tuple[str, int, int]) -> None:
    syntax = TemplateSyntax.MJML if body.startswith("<mjml") else TemplateSyntax.HTML
    source = a_source(body=body, syntax=syntax, text="x" * 200)
    warnings = publication(MemoryEmails(), film="\n<video></video>")(a_draft(source)).warnings
    (warning,) = (warning for warning in warnings if warning.code != "NO_DEFAULT")
    assert (warning.code, (warning.field, warning.line, warning.column)) == (code, place)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<img src='data:image/png;base64,x' alt=''>", "DATA_ADDRESS"),
        ("<script>x</script>", "REMOVED"),
        ("<iframe src='https://x.test'></iframe>", "REMOVED"),
        ("<form action='https://x.test'>x</form>", "REMOVED"),
        ("<p onclick='x()'>x</p>", "REMOVED"),
        ("<style>" + "@media x{.a{color:red}}" * 1_000 + "</style>", "LARGE_STYLE"),
        ("<style>@media x{.a{color:red} @supports (x:y){.b{color:red}}}</style>", "NESTED_RULE"),
        ("<style>@layer a; @MEDIA x{@font-face{font-family:x}}</style>", "NESTED_RULE"),
        ("<html ⚡4email><body>x</body></html>", "AMP"),
        ("<p>مرحبا بالعالم</p>", "NO_DIRECTION"),
        ("<img src='https://x.test/a.png' alt='x' style='width:90px'>", "NO_WIDTH"),
        ("<p><%= name %></p>", "FOREIGN_SYNTAX"),
    ],
)
def test_what_clients_do_not_show_has_a_warning(body: str, code: str) -> None:
    source = a_source(
        body=body, syntax=TemplateSyntax.HTML, text="مرحبا بالعالم" if code == "NO_DIRECTION" else "x" * 200
    )
    assert [warning.code for warning in publication(MemoryEmails())(a_draft(source)).warnings] == [code]


@pytest.mark.parametrize(
    "body",
    [
        "<img src='https://x.test/a.png' width=1 height=1><img src='https://x.test/b.png' role=presentation>",
        "<p dir=rtl>مرحبا بالعالم</p>",
        "<bdi>x</bdi>",
        "<style>@media x{.a{color:red}} @media y{.b{color:red}}</style>",
        "<style>@layer a; .b{color:red} } @media y{.b{color:red}}</style>",
        "<a href='{{ custom.url|default(\"https://x.test/?a=>\") }}' title='onclick=x'>x</a>",
    ],
)
def test_what_clients_show_has_none(body: str) -> None:
    source = a_source(body=body, syntax=TemplateSyntax.HTML, text="x" * 200)
    assert publication(MemoryEmails())(a_draft(source)).warnings == ()


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


def test_an_email_that_looks_sensitive_has_a_warning() -> None:
    link = "https://acme.example/go?token={{ custom.t }}"
    body = f"<p>Your code is\n{{{{ custom.login_code }}}}</p><a href='{link}'>Sign in</a>"
    source = a_source(subject="{{ custom.otp }}", body=body, syntax=TemplateSyntax.HTML, text="x" * 200)
    warnings = publication(MemoryEmails())(a_draft(source)).warnings
    assert [(warning.code, warning.line, warning.column) for warning in warnings] == [
        ("LOOKS_SENSITIVE", None, None),
        ("LOOKS_SENSITIVE", 2, 4),
        ("LOOKS_SENSITIVE", 2, 37),
    ]
    assert all(name in str(warnings) for name in ("custom.otp", "custom.login_code", link))
    assert publication(MemoryEmails())(a_draft(source, sensitive=True)).warnings == ()


def test_a_published_email_is_as_sensitive_as_its_revision() -> None:
    emails = MemoryEmails()
    for sensitive in (True, False):
        revision = publication(emails)(a_draft(sensitive=sensitive)).revision
        assert (revision.sensitive, emails.live[7].sensitive) == (sensitive, sensitive)


def test_the_number_of_warnings_is_limited() -> None:
    images = "".join(f"<img src='https://x.test/{number}'>" for number in range(1_000))
    warnings = publication(MemoryEmails())(
        a_draft(a_source(body=images, syntax=TemplateSyntax.HTML, text="x" * 200))
    ).warnings
    assert (len(warnings), warnings[-1].message) == (ERRORS_MAX + 1, "and 900 more")


def test_publishing_unarchives_an_email() -> None:
    """As `staffetta starters publish` does: its emails have ids of their own, and are theirs for ever."""
    emails = MemoryEmails()
    publication(emails)(a_draft())
    emails.save(replace(emails.live[7], archived_at="2026-11-23T12:00:00.000Z"))
    publication(emails)(a_draft())
    assert (emails.live[7].archived_at, emails.live[7].sendable_as(SINGLE_SEND)) == ("", True)


def test_a_check_publishes_nothing() -> None:
    emails = MemoryEmails()
    bad = a_source(body="<img src='x'>{{ x }}", syntax=TemplateSyntax.HTML)
    checked = publication(emails).check(
        a_draft(bad, variants={"de": a_source(body="<img src='x'>", syntax=TemplateSyntax.HTML)})
    )
    assert [error.field for error in checked.errors] == ["content.html"]
    fields = {warning.field for warning in checked.warnings if warning.code != "NO_DEFAULT"}
    assert fields == {"content.translations.de.html"}
    assert emails.live == {}


def warnings_of(source: str, **settings: str) -> list[tuple[str, str]]:
    body = a_source(
        body="<mjml><mj-body><mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section></mj-body></mjml>"
    )
    publish = replace(publication(MemoryEmails()), site_settings=MemorySiteSettings(settings))
    checked = publish.check(a_draft(replace(body, text=source)))
    assert not checked.errors
    return sorted((warning.code, warning.message) for warning in checked.warnings)


def test_a_setting_without_a_value_is_a_warning() -> None:
    source = "{{ company_name }} {{ site_settings.company_city }} {{ company_zip|default('-') }}{{ subscription_name }}"
    assert warnings_of(source, company_name="Acme") == [
        (
            "NO_VALUE",
            "prints site_settings.company_city, which has no value: set company_city in the site settings",
        ),
        ("NO_VALUE", "prints subscription_name, and the email is transactional: it prints nothing"),
    ]


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


def test_a_template_may_set_our_maps_itself() -> None:
    assert (
        warnings_of("{% set content = {'a': 1} %}{{ content.a }}{% set site_settings = {} %}{{ site_settings.b }}")
        == []
    )


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


def an_uploaded_image(name: str) -> Image:
    return Image(name=name, alt="", filename="", size=1, width=1, height=1, uploaded_at="", uploaded_by="")


def with_image(link: str) -> TemplateSource:
    return a_source(body=BODY.replace("Hi", f'<img src="{link}" alt="a" /> Hi'))


def test_a_published_email_names_the_images_it_uses() -> None:
    emails = MemoryEmails()
    name, other, foreign = f"{'a' * 32}.png", f"{'b' * 32}.jpg", f"{'c' * 32}.gif"
    for image in (name, other):
        assert emails.images.put(an_uploaded_image(image), b"")
    own, variants = with_image(f"https://x.example/images/{name}"), {"de": with_image(emails.images.url(other))}
    variants["it"] = with_image(f"https://y.example/images/{foreign}")
    result = publication(emails)(a_draft(own, variants=variants))
    assert emails.live[7].images == (name, other)
    assert [(one.code, foreign in one.message) for one in result.warnings if one.code == "UNKNOWN_IMAGE"] == [
        ("UNKNOWN_IMAGE", True)
    ]
    uses = emails.images.get(name)
    assert uses
    assert uses.emails == (7,)


def test_an_image_that_the_library_lacks_is_refused() -> None:
    emails, name = MemoryEmails(), f"{'a' * 32}.png"
    draft = a_draft(with_image(emails.images.url(name)))
    (error,) = publication(emails).check(draft).errors
    assert (error.field, error.code, name in error.message) == ("content", "UNKNOWN_IMAGE", True)
    assert publication(emails).check(draft, sendable=False).errors == ()
    assert refused(draft).keys() == {"content"}
    assert emails.images.put(an_uploaded_image(name), b"")
    assert publication(emails)(draft).revision.number == 1


def test_an_image_on_a_host_of_cloudfront_warns() -> None:
    source = a_source(body=BODY.replace("Hi", f'<img src="https://d1.cloudfront.net/images/{"a" * 32}.png" alt="a" />'))
    codes = [warning.code for warning in publication(MemoryEmails())(a_draft(source)).warnings]
    assert "UNBRANDED_IMAGE_HOST" in codes
