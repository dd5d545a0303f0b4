"""SMTP tokens in the console: generated, shown once, read, reset and deleted, by the one function that may call IAM."""

from __future__ import annotations

import re

import boto3
import pytest
from msgspec.structs import replace

from functions import wiring
from functions.core import timestamps
from functions.core.access.roles import Role
from functions.core.tokens.smtp_settings import PROGRAMS
from functions.wiring import Container
from tests.support.console import room_examples
from tests.support.console.browser import Answer, Browser
from tests.support.console.people import signed_in
from tests.support.console.room_examples import KEY, TOKENS

TOKEN = f"{TOKENS}/{KEY}"


@pytest.fixture
def editor(aws: Container) -> Browser:
    room_examples.use_smtp_tokens()
    return signed_in(Role.EDITOR)


def secrets(page: Answer) -> tuple[str, str]:
    user, password = (re.search(rf'id="{name}">([^<]+)<', page.html) for name in ("user", "password"))
    assert user
    assert password, page.text
    return user[1], password[1]


def generated(editor: Browser, name: str = "Till") -> Answer:
    return editor.submit(f"{TOKENS}/generate", name=name, contacts="on")


def test_an_empty_stage_shows_what_tokens_are_for(aws: Container) -> None:
    page = signed_in(Role.EDITOR).get(TOKENS)
    assert "No token yet" in page.text
    assert "Generate token" in page.text


def test_a_token_is_listed_with_its_last_use(editor: Browser) -> None:
    page = editor.get(TOKENS)
    for text in ("Shop <b>", KEY, "192.0.2.7", "Last use", "Delivered"):
        assert text in page.text
    assert f'href="{TOKEN}"' in page.html


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Lima"])
def test_a_token_may_expire_on_the_calendars_last_day(aws: Container, editor: Browser, zone: str) -> None:
    tokens = aws.get(wiring.adapters.tokens.smtp_tokens)
    stored = tokens.by_key(KEY)
    assert stored
    tokens.save(replace(stored, expires_at=timestamps.iso(timestamps.LAST)))
    editor.cookies["__Secure-staffetta-zone"] = zone
    assert "9999" in editor.get(TOKEN).text


def test_a_generated_token_shows_its_password_once(aws: Container, editor: Browser) -> None:
    page = generated(editor)
    user, password = secrets(page)
    assert "shown only this once" in page.text
    for program in PROGRAMS:
        assert f'id="snippet-{list(PROGRAMS).index(program) + 1}"' in page.html
    assert page.html.count(password) > len(PROGRAMS) - 1
    assert page.headers["cache-control"] == "no-store"
    token = aws.get(wiring.adapters.tokens.smtp_tokens).by_key(user)
    assert token
    assert (token.name, token.create_contact, token.created_by) == ("Till", True, "editor@example.com")
    assert boto3.client("iam").list_access_keys(UserName=token.user_name)["AccessKeyMetadata"][0]["AccessKeyId"] == user
    assert password not in editor.get(TOKENS).html + editor.get(f"{TOKENS}/{user}").html
    (entry,) = [
        one for one in aws.get(wiring.adapters.access.audit_entries).latest(10) if one.action == "smtp_token.made"
    ]
    assert entry.by == "editor@example.com"


def test_the_server_is_the_deployments(aws: Container, editor: Browser) -> None:
    wiring.container().settings = replace(aws.settings, smtp_server="127.0.0.1:3587:3465")
    page = generated(editor)
    assert "3587 (STARTTLS), 3465 (TLS)" in page.text
    assert 'smtplib.SMTP("127.0.0.1", 3587)' in page.text


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\x07b"])
def test_a_wrong_name_is_shown_at_its_field(editor: Browser, name: str) -> None:
    page = generated(editor, name)
    assert page.status == 400
    assert 'id="name-error"' in page.html
    assert "1 to 200 printable characters" in page.text


def test_a_token_shows_the_performance_of_its_mail(editor: Browser) -> None:
    page = editor.get(TOKEN)
    for text in ("sent", "reported as spam", "Mails sent a day", "editor@example.com", "Reset password", "No mail yet"):
        assert text in page.text
    assert "<svg" in page.html


@pytest.mark.parametrize(("grace", "text"), [("3600", "work until"), ("0", "no longer work")])
def test_a_reset_shows_new_credentials_once(aws: Container, editor: Browser, grace: str, text: str) -> None:
    user, password = secrets(generated(editor))
    page = editor.submit(f"{TOKENS}/{user}/reset", grace=grace)
    new_user, new_password = secrets(page)
    assert user != new_user
    assert password != new_password
    assert f"The former user name and password {text}" in page.text
    token = aws.get(wiring.adapters.tokens.smtp_tokens).by_key(new_user)
    assert token
    assert bool(token.former_until) == (grace != "0")


def test_a_reset_needs_one_of_the_choices(editor: Browser) -> None:
    page = editor.submit(f"{TOKEN}/reset", grace="1")
    assert (page.status, "must be one of the choices" in page.text) == (400, True)


def test_a_deleted_token_is_gone(aws: Container, editor: Browser) -> None:
    user, _ = secrets(generated(editor))
    assert "Programs that use the token “Till” can no longer send" in editor.get(f"{TOKENS}/{user}/delete").text
    page = editor.submit(f"{TOKENS}/{user}/delete")
    assert "The token “Till” is deleted" in page.text
    assert user not in page.text
    assert boto3.client("iam").list_users()["Users"] == []
    assert editor.get(f"{TOKENS}/{user}").status == 404


def test_a_viewer_reads_tokens_and_changes_none(aws: Container, editor: Browser) -> None:
    viewer = signed_in(Role.VIEWER)
    assert "Generate token" not in viewer.get(TOKENS).text
    assert "Reset password" not in viewer.get(TOKEN).text
    for path in (f"{TOKENS}/generate", f"{TOKEN}/reset", f"{TOKEN}/delete"):
        assert viewer.get(path).status == 403


def test_an_unknown_token_is_a_page(editor: Browser) -> None:
    for path in (f"{TOKENS}/nobody", f"{TOKENS}/nobody/reset", f"{TOKENS}/nobody/delete"):
        assert editor.get(path).status == 404
    token = editor.get(TOKENS).csrf
    assert editor.post(f"{TOKENS}/nobody/reset", csrf=token, grace="0").status == 404
