"""Source edits → merge patches."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions.core.emails.email import TemplateSyntax
from functions.core.emails.email_document import draft_of
from functions.core.emails.merge_patch import merged
from functions.core.emails.source_changes import changes, source_of
from functions.core.errors import NotFound

DOCUMENT: dict[str, Any] = {
    "name": "Order",
    "subject": "Order",
    "own": [1],
    "content": {
        "mjml": "<mjml>\r\n</mjml>",
        "previewText": "soon",
        "translations": {"de": {"subject": "Bestellung", "html": "<p>a</p>"}},
    },
}
DRAFT = draft_of(1, DOCUMENT, lambda _: None, drafting=True)


@pytest.mark.parametrize("language", ["", "en", "de"])
def test_nothing_edited_is_no_change(language: str) -> None:
    assert changes(DRAFT, language, source_of(DRAFT, language)) == {}


def test_a_browsers_line_ends_are_no_change() -> None:
    assert changes(DRAFT, "en", replace(DRAFT.source, body="<mjml>\n</mjml>")) == {}
    patch = changes(DRAFT, "en", replace(DRAFT.source, body="<mjml>\n\n</mjml>"))
    assert patch["content"]["mjml"] == "<mjml>\r\n\r\n</mjml>"


@pytest.mark.parametrize(
    ("language", "edit", "expected"),
    [
        ("en", {"subject": "New"}, {"subject": "New"}),
        ("en", {"body": "<mjml/>"}, {"content": {"mjml": "<mjml/>", "html": None}}),
        ("en", {"preview": "", "text": "t"}, {"content": {"previewText": None, "plainTextVersion": "t"}}),
        ("de", {"subject": "Neu"}, {"content": {"translations": {"de": {"subject": "Neu"}}}}),
        (
            "de",
            {"body": "x", "syntax": TemplateSyntax.MJML},
            {"content": {"translations": {"de": {"mjml": "x", "html": None}}}},
        ),
    ],
)
def test_only_what_was_edited_changes(language: str, edit: dict[str, Any], expected: dict[str, Any]) -> None:
    edited = replace(source_of(DRAFT, language), **edit)
    patch = changes(DRAFT, language, edited)
    assert patch == expected
    assert source_of(draft_of(1, merged(DOCUMENT, patch), lambda _: None, drafting=True), language) == edited


def test_a_language_that_the_email_lacks_is_not_found() -> None:
    with pytest.raises(NotFound):
        source_of(DRAFT, "fr")
