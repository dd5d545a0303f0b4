"""Layouts and partials in a browser: listed, edited in their own place, and never overwritten unseen."""

from __future__ import annotations

import re

from functions import wiring
from functions.core.access.roles import Role
from functions.wiring import Container
from tests.support.console.browser import Answer, Browser
from tests.support.console.people import signed_in

EDIT, DELETE = "/console/partials/edit", "/console/partials/delete"


def saved(browser: Browser, page: Answer, name: str, text: str) -> Answer:
    """Sends the form of a page as it was loaded."""
    match = re.search(r'name="before" value="([^"]+)"', page.html)
    assert match
    return browser.post(EDIT, csrf=page.csrf, before=match[1], name=name, text=text)


def stored(aws: Container, name: str) -> str | None:
    text: str | None = aws.get(wiring.adapters.partials).get(name)
    return text


def test_a_bundled_layout_is_replaced_and_comes_back(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    page = browser.get(f"{EDIT}?name=layout")
    assert "comes with Staffetta" in page.text
    text = f"{aws.get(wiring.templates.partial_library).find('layout')}\n"
    saved(browser, page, "layout", text.replace("\n", "\r\n"))
    assert stored(aws, "layout") == text
    entry = aws.get(wiring.adapters.audit_entries).latest(1)[0]
    assert (entry.action, entry.subject) == ("partial.stored", "layout")
    assert "your own" in browser.get("/console/partials").text
    browser.submit(DELETE, page=f"{DELETE}?name=layout", name="layout")
    assert stored(aws, "layout") is None
    assert aws.get(wiring.adapters.audit_entries).latest(1)[0].action == "partial.deleted"


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
