"""API keys and the audit log in a browser."""

from __future__ import annotations

import re

import pytest

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.roles import Role
from functions.core.access.scopes import SCOPES
from functions.core.outcomes import SendResult
from functions.pages.access import audit_words
from functions.pages.access.keys import FIRST_CALL
from functions.pages.events import result_words
from functions.routes.table import ROUTES
from functions.wiring import Container
from tests.support.console.browser import Browser
from tests.support.console.people import ADDRESS, signed_in

KEYS, AUDIT = "/console/keys", "/console/audit"


def create(browser: Browser, name: str) -> str:
    """Returns the secret key."""
    page = browser.submit(KEYS, name=name, scopes=["reports", "content"])
    match = re.search(r"stf_[\w-]{20,}", page.html)
    assert match, page.text
    return match[0]


def test_a_key_is_shown_once_and_works(aws: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert "No keys yet" in browser.get(KEYS).text
    secret = create(browser, "shop")
    key = wiring.get(wiring.access.authenticate)(f"Bearer {secret}")
    assert key
    assert (key.name, key.owner, key.scopes) == ("shop", ADDRESS[Role.ADMINISTRATOR], ("content", "reports"))
    listed = browser.get(KEYS)
    assert secret not in listed.html
    assert "shop" in listed.text


def test_a_key_needs_a_scope_and_a_name(aws: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    refused = browser.submit(KEYS, name="shop")
    assert (refused.status, "choose at least one" in refused.text, 'value="shop"' in refused.html) == (400, True, True)
    assert browser.submit(KEYS, name="", scopes="reports").status == 400
    assert wiring.get(wiring.adapters.access.api_keys).all() == []


def test_a_key_is_renamed_and_revoked(aws: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    create(browser, "shop")
    (key,) = wiring.get(wiring.adapters.access.api_keys).all()
    assert "renamed" in browser.submit(f"{KEYS}/{key.secret_id}/name", name="till").text
    assert "Revoke the key till?" in browser.get(f"{KEYS}/{key.secret_id}/revoke").text
    assert "revoked" in browser.submit(f"{KEYS}/{key.secret_id}/revoke").text
    (key,) = wiring.get(wiring.adapters.access.api_keys).all()
    assert (key.name, bool(key.revoked_at)) == ("till", True)
    assert browser.get(f"{KEYS}/{'0' * 64}/revoke").status == 404


def test_the_audit_log_is_searched(aws: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    create(browser, "shop")
    assert [entry.action for entry in wiring.get(wiring.adapters.access.audit_entries).latest(1)] == [
        AuditAction.KEY_MADE
    ]
    row = '<th scope="row"><span class="tag">'
    whole = browser.get(AUDIT).html
    assert f"{row}API key created" in whole
    assert f"{row}Signed in" in whole
    keys = browser.get(f"{AUDIT}?action=api_key.made&by=ADMIN").html
    assert f"{row}API key created" in keys
    assert f"{row}Signed in" not in keys
    assert "No entries" in browser.get(f"{AUDIT}?by=nobody").text
    assert "No entries" in browser.get(f"{AUDIT}?until=2020-01-01").text


def test_the_audit_log_has_pages(aws: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    log = wiring.get(wiring.access.audit_log)
    actor = wiring.get(wiring.adapters.access.users).all()[0].actor
    for number in range(60):
        log(AuditAction.KEY_RENAMED, actor, f"key-{number}")
    first = browser.get(f"{AUDIT}?action=api_key.renamed")
    match = re.search(r'href="(\?[^"]+after=[^"]+)"', first.html)
    assert match
    second = browser.get(f"{AUDIT}{match[1].replace('&amp;', '&')}")
    subjects = re.findall(r"<code>(key-\d+)", first.html + second.html)
    assert sorted(subjects) == sorted(f"key-{number}" for number in range(60))


@pytest.mark.parametrize("scope", SCOPES)
def test_a_new_key_may_make_the_call_shown(scope: str) -> None:
    (route,) = (route for route in ROUTES if route.method == "GET" and route.path == FIRST_CALL[scope])
    assert scope in route.scopes


def test_each_action_and_result_has_words() -> None:
    assert audit_words.ACTIONS.keys() == set(AuditAction)
    assert result_words.RESULTS.keys() == set(SendResult)
    assert len(set(audit_words.ACTIONS.values())) == len(AuditAction), "the search offers each by its words"


def test_the_audit_log_is_in_the_persons_language(aws: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    create(browser, "shop")
    browser.submit("/console/you", language="it", zone="")
    page = browser.get(AUDIT)
    assert "Chiave API creata" in page.text
    assert "proprietario: " in page.text
    assert "api_key.made" not in page.text
    assert '<option value="api_key.made">Chiave API creata</option>' in page.html
    assert "Chiave API creata" in browser.get(f"{AUDIT}?action=api_key.made").text
