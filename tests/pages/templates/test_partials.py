"""Layouts and partials in a browser: listed, edited in their own place, and never overwritten unseen."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.access.roles import Role
from functions.wiring import Container
from tests.support.console.browser import Answer, Browser
from tests.support.console.people import signed_in

EDIT, DELETE = "/console/partials/edit", "/console/partials/delete"
CHECK, MAIL = "/console/partials/check", "/console/partials/mail"


def saved(browser: Browser, page: Answer, name: str, text: str) -> Answer:
    """Sends the form of a page as it was loaded."""
    match = re.search(r'name="before" value="([^"]+)"', page.html)
    assert match
    return browser.post(EDIT, csrf=page.csrf, before=match[1], name=name, body=text)


def stored(aws: Container, name: str) -> str | None:
    text: str | None = aws.get(wiring.adapters.templates.partials).get(name)
    return text


def test_a_bundled_layout_is_replaced_and_comes_back(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    page = browser.get(f"{EDIT}?name=layout")
    assert "comes with Staffetta" in page.text
    text = f"{aws.get(wiring.templates.partial_library).find('layout')}\n"
    saved(browser, page, "layout", text.replace("\n", "\r\n"))
    assert stored(aws, "layout") == text
    entry = aws.get(wiring.adapters.access.audit_entries).latest(1)[0]
    assert (entry.action, entry.subject) == ("partial.stored", "layout")
    assert "your own" in browser.get("/console/partials").text
    browser.submit(DELETE, page=f"{DELETE}?name=layout", name="layout")
    assert stored(aws, "layout") is None
    assert aws.get(wiring.adapters.access.audit_entries).latest(1)[0].action == "partial.deleted"


def test_a_change_of_another_person_is_not_overwritten(aws: Container) -> None:
    browser, other, address = signed_in(Role.EDITOR), signed_in(Role.ADMINISTRATOR), f"{EDIT}?name=brand/foot"
    mine = browser.get(address)
    assert "It is new" in mine.text
    saved(other, other.get(address), "brand/foot", "theirs")
    refused = saved(browser, mine, "brand/foot", "mine")
    assert refused.status == 400
    for text in ("Another person saved it meanwhile", "-theirs", "+mine"):
        assert text in refused.text
    assert stored(aws, "brand/foot") == "theirs"
    saved(browser, refused, "brand/foot", "mine")
    assert stored(aws, "brand/foot") == "mine"


def test_a_text_that_cannot_be_read_is_refused(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    for name, text, error in (
        ("brand/broken", "{% if", "this tag has no end"),
        ("../x", "x", "is not a valid partial name"),
    ):
        refused = saved(browser, browser.get(f"{EDIT}?name={name}"), name, text)
        assert (refused.status, error in refused.text, text in refused.text) == (400, True, True), refused.text
    assert stored(aws, "brand/broken") is None
    assert browser.submit(DELETE, page=f"{DELETE}?name=none", name="none").status == 404


def checked(browser: Browser, name: str, body: str, sample: str) -> list[dict[str, Any]]:
    answer = browser.post(CHECK, csrf=browser.get("/console/partials").csrf, name=name, body=body, sample=sample)
    errors: list[dict[str, Any]] = json.loads(answer.html)["errors"]
    return errors


def test_a_layout_has_an_editor_and_samples(aws: Container) -> None:
    page = signed_in(Role.EDITOR).get(f"{EDIT}?name=items")
    for part in ("code.js", "partial.js", 'id="issues"', 'name="mail"', "data-nonce", 'value="starter:receipt"'):
        assert part in page.html
    assert 'value="starter:welcome"' not in page.html, "it has no items"


def test_an_email_that_uses_a_layout_is_its_first_sample(aws: Container) -> None:
    aws.get(wiring.adapters.templates.partials).put("brand/foot", "<p>Bye</p>")
    source = {"html": '<p>Hello</p>{% include "brand/foot" %}'}
    editor = unrestricted("editor@example.com")
    email = (
        wiring.get(wiring.emails.edit_emails)
        .create({"name": "Uses <it>", "subject": "Hi", "content": source}, editor)
        .email
    )
    wiring.get(wiring.emails.edit_emails).create({"name": "Other", "content": {"html": "<p>x</p>"}}, editor)
    browser = signed_in(Role.EDITOR)
    page = browser.get(f"{EDIT}?name=brand/foot")
    assert re.findall(r'<option value="([^"]+)"', page.html) == [f"email:{email.id}", "itself"]
    mail = browser.post(MAIL, csrf=page.csrf, name="brand/foot", body="<p>Ciao</p>", sample=f"email:{email.id}")
    assert ("Hello" in mail.text, "Ciao" in mail.text, "Bye" in mail.text) == (True, True, False)
    assert "sandbox" in mail.headers["content-security-policy"]
    assert stored(aws, "brand/foot") == "<p>Bye</p>"
    assert "Bye" in browser.get(f"{MAIL}?name=brand/foot&sample=email:{email.id}").text


def test_a_check_names_the_line_of_the_layout(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    text = f"{aws.get(wiring.templates.partial_library).find('items')}\n{{{{ oops("
    (error,) = checked(browser, "items", text, "starter:receipt")
    assert (error["where"], error["line"]) == ("partial items", text.count("\n") + 1)
    assert checked(browser, "items", text.replace("{{ oops(", ""), "starter:receipt") == []


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("<p>Plain {{ contact.firstname }}</p>", "Plain Ada"),
        ("<mj-text>Block</mj-text>", "Block"),
        ("<mj-section><mj-column><mj-text>Section</mj-text></mj-column></mj-section>", "Section"),
        ("<html><body>{% block content %}Frame{% endblock %}</body></html>", "Frame"),
    ],
)
def test_a_partial_that_nothing_uses_is_its_sample(aws: Container, text: str, visible: str) -> None:
    browser = signed_in(Role.EDITOR)
    page = browser.get(f"{EDIT}?name=brand/new")
    assert checked(browser, "brand/new", text, "itself") == []
    assert visible in browser.post(MAIL, csrf=page.csrf, name="brand/new", body=text, sample="itself").text


@pytest.mark.parametrize("sample", ["email:7", "email:x", "starter:none", "other"])
def test_an_unknown_sample_has_no_preview(aws: Container, sample: str) -> None:
    assert signed_in(Role.EDITOR).get(f"{MAIL}?name=layout&sample={sample}").status == 404


def test_a_refused_save_keeps_the_text(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    refused = saved(browser, browser.get(f"{EDIT}?name=brand/broken"), "brand/broken", "before {% if")
    assert "before {% if</textarea>" in refused.html
