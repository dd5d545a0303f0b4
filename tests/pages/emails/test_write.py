"""The Write page: what is saved, who is refused, and what a preview shows."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.roles import Role
from functions.wiring import Container
from tests.support.console import email_examples
from tests.support.console.browser import Browser
from tests.support.console.email_examples import BODY, DRAFT, EMAIL, EMAILS, PUBLISHED
from tests.support.console.people import signed_in
from tests.support.console.stored_emails import stored_draft

WRITE, MAIL, SAVE = f"{EMAIL}/write", f"{EMAIL}/mail", f"{EMAIL}/draft"


@pytest.fixture
def stored(aws: Container) -> Container:
    email_examples.prepare(aws)
    return aws


def version(browser: Browser) -> str:
    match = re.search(r'name="version" value="(\d+)"', browser.get(WRITE).html)
    assert match
    return match[1]


def form(browser: Browser, **fields: str) -> dict[str, str]:
    return {"version": version(browser), "language": "en", "syntax": "mjml", "subject": "Hello", "body": BODY, **fields}


def save(browser: Browser, **fields: str) -> Any:
    answer = browser.post(SAVE, csrf=browser.get(WRITE).csrf, tab="t", **form(browser, **fields))
    return json.loads(answer.html), answer.status


def test_the_page_shows_the_draft_and_its_errors(editor: Browser) -> None:
    page = editor.get(f"{EMAILS}/{DRAFT}/write")
    assert "&lt;mjml&gt;&lt;mj-body&gt;&lt;p&gt;" in page.html
    assert "<b>Body</b>" in page.html
    assert f'src="{EMAILS}/{DRAFT}/mail?language=en"' in page.html


def test_saving_stores_what_was_entered(editor: Browser) -> None:
    page = editor.submit(WRITE, **form(editor, subject="New", preview="soon", text="Hi\r\nyou"))
    assert "The draft is saved." in page.text
    content = stored_draft()["content"]
    assert (stored_draft()["subject"], content["previewText"], content["plainTextVersion"]) == (
        "New",
        "soon",
        "Hi\nyou",
    )


def test_a_translation_is_saved_apart(editor: Browser) -> None:
    fields = form(editor, language="de", syntax="html", subject="Neu", body="<p>Da.</p>")
    page = editor.submit(WRITE, **fields)
    assert page.path == WRITE
    assert stored_draft()["content"]["translations"]["de"] == {"subject": "Neu", "html": "<p>Da.</p>"}
    assert stored_draft()["subject"] == "Your order {{ custom.order.number }}"


def test_saving_in_the_background_answers_the_check(editor: Browser) -> None:
    answer, status = save(editor, body="<mjml><mj-body>\n{% foo %}</mj-body></mjml>")
    assert status == 200
    (issue,) = answer["errors"]
    assert (issue["where"], issue["line"]) == ("content.mjml", 2)
    assert answer["version"] == int(version(editor))


def test_saves_of_one_person_have_one_audit_entry(editor: Browser) -> None:
    for subject in ("a", "b", "c"):
        save(editor, subject=subject)
    entries = wiring.get(wiring.adapters.access.audit_entries).latest(50)
    assert len([one for one in entries if one.action is AuditAction.EMAIL_CHANGED]) == 1


def test_two_editors_see_each_other(editor: Browser) -> None:
    other = signed_in(Role.EDITOR, "bob@example.com")
    token = other.get(WRITE).csrf
    other.post(SAVE, csrf=token, tab="theirs", version=version(other))
    answer, _ = save(editor)
    assert answer["others"] == ["bob@example.com"]


def test_another_window_of_ones_own_is_named(editor: Browser) -> None:
    editor.post(SAVE, csrf=editor.get(WRITE).csrf, tab="second", version=version(editor))
    answer, _ = save(editor)
    assert answer["others"] == ["you, in another window"]


def test_a_stale_save_overwrites_nothing(editor: Browser) -> None:
    before = form(editor, subject="Mine")
    save(signed_in(Role.EDITOR, "bob@example.com"), subject="Theirs")
    answer = editor.post(SAVE, csrf=editor.get(WRITE).csrf, tab="t", **before)
    assert answer.status == 409
    assert "bob@example.com saved a later version" in json.loads(answer.html)["message"]
    assert stored_draft()["subject"] == "Theirs"


def test_a_refused_save_shows_both_versions_and_can_be_repeated(editor: Browser) -> None:
    before = form(editor, subject="Mine", body=BODY.replace("Dear", "Hello"))
    save(signed_in(Role.EDITOR, "bob@example.com"), subject="Theirs")
    page = editor.submit(WRITE, **before)
    assert page.status == 400
    assert 'value="Mine"' in page.html
    assert "-<mj-text>Dear" in page.text
    assert "+<mj-text>Hello" in page.text
    match = re.search(r'name="version" value="(\d+)"', page.html)
    assert match
    editor.submit(WRITE, **{**before, "version": match[1]})
    assert stored_draft()["subject"] == "Mine"


def test_a_viewer_neither_reads_nor_saves_drafts(stored: Container) -> None:
    assert signed_in(Role.VIEWER).get(WRITE).status == 403


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "Dear Ada, your order 42 is"),
        ({"body": BODY.replace("Dear", "Hello")}, "Hello Ada"),
        ({"data": "entered", "own_data": '{"contactProperties": {"firstname": "<Bob>"}}'}, "&lt;Bob&gt;"),
        (
            {
                "data": "entered",
                "customProperties": '{"path":["order","number"],"columns":[{"name":"","kind":"text"}]}',
                "customProperties-0-0-0": "<9>",
            },
            "your order &lt;9&gt;",
        ),
        ({"data": "contact", "contact": "page@example.net"}, "Dear Zoe"),
        ({"language": "de", "syntax": "html", "body": "<p>Da.</p>"}, "Da."),
        ({"look": "text"}, "<pre>Dear Ada"),
        ({"data": "entered", "own_data": "{"}, "must be JSON"),
        ({"data": "contact", "contact": "nobody@example.net"}, "there is no contact"),
        ({"body": "<mjml>"}, "No preview yet"),
    ],
)
def test_a_preview_shows_what_is_entered(editor: Browser, fields: dict[str, str], expected: str) -> None:
    wiring.get(wiring.adapters.contacts.contacts).upsert(
        "page@example.net", {"firstname": "Zoe"}, "2026-11-29T12:00:00.000Z"
    )
    before = stored_draft()
    answer = editor.post(MAIL, csrf=editor.get(WRITE).csrf, **form(editor, **fields))
    assert expected in answer.html
    assert "sandbox" in answer.headers["content-security-policy"]
    assert stored_draft() == before


def test_the_data_of_the_preview_is_in_fields(editor: Browser) -> None:
    """Those of the stored draft, with the sample: JSON has what no field can hold."""
    body = BODY.replace("Dear", "{{ custom.total|round }} {{ contact.city }}")
    save(editor, body=body)
    page = editor.get(WRITE)
    for label in ("Firstname firstname", "City city", "Order: Number order.number", "Total total"):
        assert label in page.text
    assert re.search(r'name="customProperties-\d-0-0" type="text" value="42"', page.html)
    assert 'name="own_data" rows="8" spellcheck="false">\n</textarea>' in page.html


def test_a_dark_preview_has_the_dark_styles(editor: Browser) -> None:
    body = "<p>a</p><style>@media (prefers-color-scheme: dark) { p { color: red } }</style>"
    fields = form(editor, syntax="html", body=body, look="dark")
    mail = editor.post(MAIL, csrf=editor.get(WRITE).csrf, **fields).html
    assert "prefers-color-scheme" not in mail
    assert "(min-width:0)" in mail


def test_the_editor_completes_what_templates_may_name(editor: Browser) -> None:
    words = json.loads(editor.get(f"{EMAIL}/words").html)
    names = {kind: {one["name"] for one in listed} for kind, listed in words.items()}
    assert {"contact.firstname", "custom.order", "custom.order.number", "company_name"} <= names["properties"]
    assert "default" in names["filters"]
    assert {"if", "endif", "for"} <= names["tags"]


def test_a_text_of_a_removed_language_replaces_no_other(editor: Browser) -> None:
    fields = {**form(editor), "language": "de", "subject": "Deutsch"}
    before = stored_draft()["subject"]
    wiring.get(wiring.emails.edit_emails).update(PUBLISHED, {"content": {"translations": None}}, email_examples.AUTHOR)
    refused = editor.post(WRITE, csrf=editor.get(WRITE).csrf, **fields)
    assert 'name="language" value="de"' in refused.html
    again = editor.post(WRITE, csrf=refused.csrf, **{**fields, "version": version(editor)})
    assert again.status == 400
    assert 'value="Deutsch"' in again.html
    assert "has no &#39;de&#39;" in again.html
    assert stored_draft()["subject"] == before


def test_data_nested_too_deep_is_no_failure(editor: Browser) -> None:
    fields = form(editor, data="entered", own_data='{"customProperties": ' + '{"a":' * 5000 + "1" + "}" * 5001)
    assert "must be JSON" in editor.post(MAIL, csrf=editor.get(WRITE).csrf, **fields).text
