"""Source edits → merge patches."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
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


LINES = st.lists(st.sampled_from(["a\n", "b\r\n", "c\r", "\n", "\r\n", "d"]), max_size=12).map("".join)


def of_browser(text: str) -> str:
    return re.sub(r"\r\n?", "\n", text)


@given(LINES)
def test_line_ends_of_any_kind_are_no_change(body: str) -> None:
    draft = replace(DRAFT, source=replace(DRAFT.source, body=body))
    assert changes(draft, "en", replace(draft.source, body=of_browser(body))) == {}


@given(LINES, LINES)
def test_an_inserted_line_leaves_the_ends_of_others(before: str, after: str) -> None:
    body = f"{before}\n{after}"
    draft = replace(DRAFT, source=replace(DRAFT.source, body=body))
    patch = changes(draft, "en", replace(draft.source, body=of_browser(f"{before}\nnew\n{after}")))
    assert re.sub(r"new\r?\n", "", patch["content"]["mjml"], count=1) == body
