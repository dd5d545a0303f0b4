from __future__ import annotations

from msgspec.structs import replace

from functions.core.emails.email import SINGLE_SEND, TemplateSyntax
from functions.core.templates import rendering
from tests.fakes.emails import MemoryEmails
from tests.support.publishing import a_draft, a_source, publication


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


def test_a_published_email_is_as_sensitive_as_its_revision() -> None:
    emails = MemoryEmails()
    for sensitive in (True, False):
        revision = publication(emails)(a_draft(sensitive=sensitive)).revision
        assert (revision.sensitive, emails.live[7].sensitive) == (sensitive, sensitive)


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
