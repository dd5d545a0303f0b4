from __future__ import annotations

import pytest

from functions.core.emails.email import TemplateSyntax
from functions.core.templates.blocks import kinds, palette
from tests.fakes.emails import MemoryEmails
from tests.support.publishing import a_draft, a_source, publication, refused

LINK = "{{ unsubscribe_link }}"


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
