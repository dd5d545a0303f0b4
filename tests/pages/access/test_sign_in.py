"""Signing in and out in a browser."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.core.access.roles import Role
from functions.steps.access.sign_in import GUESSES_BY_SOURCE
from functions.wiring import Container
from tests.support.console.browser import Browser
from tests.support.console.people import ADDRESS, PASSWORD, add, signed_in

SIGN_IN = "/console/sign-in"
ADA = ADDRESS[Role.EDITOR]
OFFICE = "203.0.113.9"


def test_the_host_of_the_api_leads_to_the_console(aws: Container) -> None:
    assert 'href="/console"' in Browser().get("/").html


def test_the_console_leads_to_the_sign_in_and_back(aws: Container) -> None:
    add(Role.EDITOR)
    browser = Browser()
    page = browser.get("/console")
    assert (page.path, 'name="to" value="/console"' in page.html) == (SIGN_IN, True)
    arrived = browser.submit(SIGN_IN, email=ADA.upper(), password=PASSWORD, to="/console")
    assert (arrived.path, arrived.status) == ("/console", 200)
    assert ADA in arrived.text


@pytest.mark.parametrize(("email", "password"), [(ADA, "wrong horse battery"), ("nobody@example.com", PASSWORD)])
def test_a_wrong_password_looks_like_an_unknown_user(aws: Container, email: str, password: str) -> None:
    add(Role.EDITOR)
    refused = Browser().submit(SIGN_IN, email=email, password=password)
    assert refused.status == 400
    assert "Password or email address is wrong" in refused.text
    assert f'value="{email}"' in refused.html
    assert password not in refused.html


@pytest.mark.parametrize("email", ["", " ", "x" * 3000, "ü" * 2000, "a@b", "\0@example.com"])
def test_what_is_no_address_is_refused_as_any_other(aws: Container, email: str) -> None:
    """A key of DynamoDB is not empty and has at most 2,048 bytes."""
    refused = Browser().submit(SIGN_IN, email=email, password=PASSWORD)
    assert (refused.status, "Password or email address is wrong" in refused.text) == (400, True)
    assert Browser().submit("/console/password", email=email).status == 200


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/console/../evil", "/other", "/console\r\nx: y"]
)
def test_a_sign_in_leads_nowhere_else(aws: Container, to: str) -> None:
    add(Role.EDITOR)
    assert Browser().submit(SIGN_IN, email=ADA, password=PASSWORD, to=to).path.startswith("/console")


def test_guesses_are_limited(aws: Container) -> None:
    add(Role.EDITOR)
    browser = Browser()
    answers = [browser.submit(SIGN_IN, email=ADA, password=f"guess number {number}") for number in range(11)]
    assert ["too many attempts" in answer.text for answer in answers] == [False] * 10 + [True]
    assert "too many attempts" in browser.submit(SIGN_IN, email=ADA, password=PASSWORD).text


def test_a_right_password_is_no_guess(aws: Container) -> None:
    """An office of more people than guesses has one address."""
    add(Role.EDITOR)
    for number in range(GUESSES_BY_SOURCE + 1):
        arrived = Browser(source=OFFICE).submit(SIGN_IN, email=ADA, password=PASSWORD, to="/console")
        assert arrived.path == "/console", number
    guesses = [Browser(source=OFFICE).submit(SIGN_IN, email=ADA, password=f"guess {number}") for number in range(11)]
    assert ["too many attempts" in answer.text for answer in guesses] == [False] * 10 + [True]


def test_signing_out_ends_the_session(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    stolen = Browser(dict(browser.cookies))
    assert browser.submit("/console/sign-out", page="/console").path == SIGN_IN
    assert stolen.get("/console").path == SIGN_IN


def test_cookies_are_for_the_console_over_tls_only(aws: Container) -> None:
    add(Role.EDITOR)
    browser = Browser()
    token = browser.get(SIGN_IN).csrf
    (cookie,) = browser.post(SIGN_IN, email=ADA, password=PASSWORD, csrf=token).cookies
    name, _, attributes = cookie.partition("; ")
    assert name.startswith("__Secure-staffetta=")
    assert attributes == "Path=/console; HttpOnly; SameSite=Lax; Secure"


def test_a_refused_sign_in_is_in_the_audit_log(aws: Container) -> None:
    add(Role.EDITOR)
    browser = Browser()
    for email in (ADA, "unknown@example.com"):
        browser.submit(SIGN_IN, email=email, password="wrong horse battery")
    (entry,) = aws.get(wiring.adapters.access.audit_entries).latest(10)
    assert (entry.action, entry.subject) == ("user.sign_in_refused", ADA)
    assert entry.detail == {"wrong": "password", "source": browser.source}


def test_a_slash_at_the_end_leads_to_the_same_page(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert browser.send("GET", "/console/").html == browser.send("GET", "/console").html
