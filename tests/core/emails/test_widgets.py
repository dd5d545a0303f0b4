"""The body of an email in HubSpot's widgets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from functions.core.emails.email import EmailDraft, TemplateSyntax
from functions.core.emails.email_document import draft_of
from functions.core.emails.widgets import field_errors, html_of
from functions.core.errors import Rejected
from tests.support.strategies import JSON


def body(html: Any, **more: Any) -> dict[str, Any]:
    return {"type": "module", "body": {"html": html, "path": "@hubspot/rich_text"}, **more}


def draft(content: dict[str, Any], starter: EmailDraft | None = None) -> EmailDraft:
    document = {"name": "Hi", "subject": "Hi", "from": {"replyTo": "shop@example.com"}, "content": content}
    return draft_of(7, document, lambda _: starter)


def test_a_widgets_html_is_the_body() -> None:
    source = draft({"widgets": {"main": body("<p>Hello {{ contact.firstname }}</p>")}}).source
    assert (source.body, source.syntax) == ("<p>Hello {{ contact.firstname }}</p>", TemplateSyntax.HTML)


@pytest.mark.parametrize(
    ("widgets", "expected"),
    [
        ({"a": body("1"), "b": body("2")}, "1\n2"),
        ({"a": body("1", order=5), "b": body("2", order=0)}, "2\n1"),
        ({"z": body("last"), "a": body("first", order=1)}, "first\nlast"),
        ({"a": body(""), "b": body(None), "c": body("3")}, "3"),
        ({"logo": {"body": {"src": "x.png"}}, "space": {"body": []}, "n": 1, "text": body("t")}, "t"),
        ({}, ""),
    ],
)
def test_widgets_are_joined_in_their_order(widgets: dict[str, Any], expected: str) -> None:
    assert html_of(widgets) == expected


def test_html_and_mjml_override_widgets() -> None:
    widgets = {"main": body("<p>widget</p>")}
    assert draft({"html": "<p>own</p>", "widgets": widgets}).source.body == "<p>own</p>"
    assert draft({"mjml": "<mjml/>", "widgets": widgets}).source.body == "<mjml/>"


def test_widgets_override_a_starter() -> None:
    starter = draft({"html": "<p>starter</p>"})
    content = {"templatePath": "templates/email/receipt", "widgets": {"main": body("<p>widget</p>")}}
    assert draft(content, starter).source.body == "<p>widget</p>"
    assert draft({**content, "widgets": {"main": {}}}, starter).source.body == "<p>starter</p>"


def test_a_wrong_type_is_named() -> None:
    with pytest.raises(Rejected) as refused:
        draft({"widgets": {"main": body({"en": "<p>"})}})
    assert "content.widgets.main.body.html" in {error.field for error in refused.value.errors}


def test_an_email_without_any_html_has_no_body() -> None:
    with pytest.raises(Rejected) as refused:
        draft({"widgets": {"logo": {"body": {"src": "x.png"}}}})
    assert "content" in {error.field for error in refused.value.errors}


@given(JSON)
def test_any_json_is_read(value: Any) -> None:
    widgets = value if isinstance(value, dict) else {"main": value}
    assert isinstance(html_of(widgets), str)
    assert all(error.message.startswith("must be text, not ") for error in field_errors(widgets))
