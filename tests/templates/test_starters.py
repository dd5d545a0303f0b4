"""Every starter keeps what we promise of it, whichever starters there are."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest

from functions.adapters import starters
from functions.core import rendering
from functions.core.addresses import Address
from functions.core.email import Email, Revision
from functions.core.errors import GiveUp
from functions.core.send import SendResult
from functions.steps.publish import Publication

GMAIL_CLIPS_AT = 102 * 1024  # bytes of HTML
LINE_MAX = 78  # characters: RFC 5322 section 2.1.1

# Paths into the sample data, list positions left out.
OPTIONAL = {"receipt": {"contact.firstname", "custom.shipping", "custom.items[].detail"}}

pytestmark = pytest.mark.parametrize("name", starters.names())


class EmailsInMemory:
    def __init__(self) -> None:
        self.emails: dict[int, Email] = {}
        self.revisions: dict[tuple[int, int], Revision] = {}

    def get(self, email_id: int) -> Email | None:
        return self.emails.get(email_id)

    def revision(self, email_id: int, number: int) -> Revision:
        return self.revisions[email_id, number]

    def publish(self, email: Email, revision: Revision) -> None:
        self.emails[email.id] = email
        self.revisions[revision.email_id, revision.number] = revision


class Page(HTMLParser):
    """What a mail client shows and follows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for key, value in attrs if key in {"href", "src", "background"}]

    def handle_data(self, data: str) -> None:
        self.text += data


def _published(name: str, emails: EmailsInMemory) -> Revision:
    draft = starters.load(name, Address("shop@example.com")).draft
    return Publication(domain="example.com", emails=emails, clock=lambda: 1_800_000_000.0)(draft)


def _sample(name: str) -> dict[str, Any]:
    sample = starters.load(name, Address("shop@example.com")).sample
    return {"contact": sample["contactProperties"], "custom": sample["customProperties"]}


def _rendered(name: str, data: dict[str, Any]) -> rendering.Rendered:
    revision = _published(name, EmailsInMemory())
    return rendering.render(rendering.compiled(revision), data["contact"], data["custom"])


def _properties(data: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Every property, however deep: the mapping that holds it, its key, its path."""
    for label, properties in data.items():
        yield from _below(properties, label)


def _below(value: Any, path: str) -> Iterator[tuple[dict[str, Any], str, str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield value, key, f"{path}.{key}"
            yield from _below(one, f"{path}.{key}")
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _below(one, f"{path}[{number}]")


def _is_optional(name: str, path: str) -> bool:
    return re.sub(r"\[\d+\]", "[]", path) in OPTIONAL.get(name, set())


def _as_shown(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else (str(value), f"{value:,.2f}")


def test_publishes_as_a_revision_that_stays_live(name: str) -> None:
    """A starter is published under its own number, and publishing it again makes no second revision."""
    emails = EmailsInMemory()
    first, again = _published(name, emails), _published(name, emails)
    assert first == again
    assert emails.emails[first.email_id].published_revision == 1
    assert emails.emails[first.email_id].sendable


def test_says_every_fact_of_its_sample_in_both_parts(name: str) -> None:
    """Whoever reads the text part, or the HTML without its images, is told everything."""
    sample, mail = _sample(name), _rendered(name, _sample(name))
    page = Page(mail.html)
    parts = " ".join(mail.text.split()), " ".join([*page.text.split(), *page.links])
    for holder, key, path in _properties(sample):
        if not isinstance(holder[key], (dict, list)):
            for part in parts:
                assert any(shown in part for shown in _as_shown(holder[key])), path


def test_names_each_required_property_that_is_missing(name: str) -> None:
    """Leaving out one property of the sample is refused by that property's name, unless it is optional."""
    for _, _, path in _properties(_sample(name)):
        data = copy.deepcopy(_sample(name))
        holder, key = next((holder, key) for holder, key, here in _properties(data) if here == path)
        del holder[key]
        if _is_optional(name, path):
            assert _rendered(name, data).subject
            continue
        with pytest.raises(GiveUp, match=re.escape(f"the template needs {path}, which")) as refused:
            _rendered(name, data)
        assert refused.value.result is SendResult.MISSING_TEMPLATE_PROPERTIES


def test_escapes_what_the_caller_gave(name: str) -> None:
    """A property that holds markup is shown as text."""
    sample = _sample(name)
    for holder, key, _ in list(_properties(sample)):
        if isinstance(holder[key], str):
            holder[key] = "<blink>&"
    assert "blink" not in Page(_rendered(name, sample).html).tags


def test_text_part_fits_a_terminal(name: str) -> None:
    """No line of the text part is longer than 78 characters."""
    lines = _rendered(name, _sample(name)).text.splitlines()
    assert [line for line in lines if len(line) > LINE_MAX] == []


def test_html_is_not_clipped(name: str) -> None:
    """Gmail shows the whole mail."""
    assert len(_rendered(name, _sample(name)).html.encode()) < GMAIL_CLIPS_AT


def test_links_are_encrypted(name: str) -> None:
    """Every link of either part is https; a mailto: opens a mail, not a page."""
    mail = _rendered(name, _sample(name))
    links = [*Page(mail.html).links, *re.findall(r"\w+://\S+", mail.text)]
    assert links
    assert [link for link in links if urlsplit(link).scheme not in {"https", "mailto"}] == []


def test_loads_no_web_font(name: str) -> None:
    """Opening the mail asks no third party for a font or a style sheet."""
    mail = _rendered(name, _sample(name))
    assert "link" not in Page(mail.html).tags
    assert re.findall(r"@import|@font-face|fonts\.g\w+", mail.html) == []


def test_is_made_for_dark_mode_and_screen_readers(name: str) -> None:
    """The mail tells its language, and that it has colours for dark mode."""
    html = _rendered(name, _sample(name)).html
    assert re.search(r'<html[^>]* lang="\w+', html)
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html
