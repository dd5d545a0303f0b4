"""Inviting people, their roles, and the links that set passwords."""

from __future__ import annotations

import json
import re
import time

import pyotp
import pytest
from babel.dates import get_month_names
from msgspec.structs import replace

from functions import wiring
from functions.adapters.templates import starters
from functions.core.access.actor import unrestricted
from functions.core.access.audit import AuditAction, LogEntry
from functions.core.access.roles import Role
from functions.core.addresses import Address
from functions.core.emails.console_emails import CONSOLE_EMAILS, INVITATION, RESET
from functions.core.emails.email import DRAFT, TemplateSource, TemplateSyntax
from functions.core.templates import rendering
from functions.core.templates.rendering import Rendered
from functions.i18n.languages import NAMES, SOURCE
from functions.steps.access.passwords import ANSWER_SECONDS, RESETS_BY_USER
from functions.steps.access.sign_in import GUESSES_BY_USER_AND_SOURCE, TooManyGuessesError
from functions.wiring import Container
from tests.support.console.browser import Browser
from tests.support.console.people import ADDRESS, PASSWORD, add, sign_in, signed_in

NEW = "new@example.net"
SENDER = Address("no-reply@example.com")
ADA = unrestricted("ada@example.com")
USERS, SET, YOU = "/console/users", "/console/password/new", "/console/you"


def link_in(html: str) -> str:
    match = re.search(r"/console/password/new\?key=[\w-]+", html)
    assert match
    return match[0]


def mailed() -> list[str]:
    """Returns the addresses that mails were accepted for."""
    queue = wiring.container().settings.send_queue_url
    answer = wiring.container().get(wiring.clients.sqs).receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [message["Body"] for message in answer.get("Messages", [])]


def audited(action: AuditAction) -> list[LogEntry]:
    return [entry for entry in wiring.get(wiring.adapters.access.audit_entries).latest(20) if entry.action is action]


def rendered() -> Rendered:
    """The one mail as its recipient gets it."""
    (body,) = mailed()
    send = json.loads(body)
    revision = wiring.get(wiring.adapters.emails.emails).revision(send["email_id"], send["revision"])
    return rendering.render(rendering.compiled(revision), send["contact"], send["custom"], now=0)


@pytest.fixture
def administrator(aws: Container) -> Browser:
    browser = signed_in(Role.ADMINISTRATOR)
    wiring.get(wiring.adapters.access.users).update(ADDRESS[Role.ADMINISTRATOR], joined_at="2026-11-29T12:00:00.000Z")
    return browser


def test_an_invited_person_sets_a_password_and_signs_in(administrator: Browser) -> None:
    invited = administrator.submit(USERS, email=NEW.upper(), role="editor")
    link = link_in(invited.html)
    assert [NEW in body and link in body for body in mailed()] == [True]
    guest = Browser()
    assert "Welcome" in guest.get(link).text
    refused = guest.submit(SET, page=link, key=link.partition("=")[2], password="short", again="short")
    assert (refused.status, "needs 12 to 256 characters" in refused.text) == (400, True)
    differs = guest.submit(SET, page=link, key=link.partition("=")[2], password=PASSWORD, again="something else")
    assert (differs.status, "differs" in differs.text) == (400, True)
    joined = guest.submit(SET, page=link, key=link.partition("=")[2], password=PASSWORD, again=PASSWORD)
    assert "Your password is set" in joined.text
    assert sign_in(NEW).get(USERS).status == 403
    assert Browser().get(link).status == 404, "a link works once"


def test_a_person_who_joined_is_not_invited_again(administrator: Browser) -> None:
    again = administrator.submit(USERS, email=ADDRESS[Role.ADMINISTRATOR], role="viewer")
    assert (again.status, "has joined already" in again.text) == (400, True)


def test_an_invalid_invitation_names_its_errors(administrator: Browser) -> None:
    refused = administrator.submit(USERS, email="no address", role="editor")
    assert (refused.status, 'aria-invalid="true"' in refused.html) == (400, True)
    assert administrator.submit(USERS, email=NEW, role="owner").status == 400
    for name, expected in (("n" * 60, 400), ("n" * 55, 200)):  # Cognito's names have 128 characters
        long = administrator.submit(USERS, email=f"{name}@{'d' * 60}.example.net", role="editor")
        assert (long.status, "longer than 128 characters" in long.text) == (expected, expected == 400)


def test_a_new_role_counts_at_once(administrator: Browser) -> None:
    editor = signed_in(Role.EDITOR)
    assert editor.get(USERS).status == 403
    administrator.submit(
        f"{USERS}/role",
        page=f"{USERS}/role?email={ADDRESS[Role.EDITOR]}",
        email=ADDRESS[Role.EDITOR],
        role="administrator",
    )
    assert editor.get(USERS).status == 200


def test_a_removed_person_is_out_at_once(administrator: Browser) -> None:
    editor = signed_in(Role.EDITOR)
    page = f"{USERS}/remove?email={ADDRESS[Role.EDITOR]}"
    assert "What they made stays" in administrator.get(page).text
    administrator.submit(f"{USERS}/remove", page=page, email=ADDRESS[Role.EDITOR])
    assert editor.get("/console").path == "/console/sign-in"
    refused = Browser().submit("/console/sign-in", email=ADDRESS[Role.EDITOR], password=PASSWORD)
    assert refused.status == 400


@pytest.mark.parametrize(("act", "fields"), [("remove", {}), ("role", {"role": "viewer"})])
def test_one_administrator_remains(administrator: Browser, act: str, fields: dict[str, str]) -> None:
    me = ADDRESS[Role.ADMINISTRATOR]
    refused = administrator.submit(f"{USERS}/{act}", page=f"{USERS}/{act}?email={me}", email=me, **fields)
    assert (refused.status, "only administrator" in refused.text) == (400, True)


def test_signing_a_person_out_ends_their_sessions(administrator: Browser) -> None:
    editor = signed_in(Role.EDITOR)
    page = f"{USERS}/sign-out?email={ADDRESS[Role.EDITOR]}"
    administrator.submit(f"{USERS}/sign-out", page=page, email=ADDRESS[Role.EDITOR])
    assert editor.get("/console").path == "/console/sign-in"
    assert sign_in(ADDRESS[Role.EDITOR]).get("/console").status == 200


def test_a_reset_mails_a_link_that_ends_every_session(aws: Container) -> None:
    editor = signed_in(Role.EDITOR)
    guest = Browser()
    of_user = guest.submit("/console/password", email=ADDRESS[Role.EDITOR])
    unknown = guest.submit("/console/password", email="nobody@example.com")
    assert of_user.text == unknown.text
    (body,) = mailed()
    link = link_in(body)
    guest.submit(SET, page=link, key=link.partition("=")[2], password="quite another one", again="quite another one")
    assert editor.get("/console").path == "/console/sign-in"
    assert Browser().submit("/console/sign-in", email=ADDRESS[Role.EDITOR], password=PASSWORD).status == 400


def test_a_reset_ends_the_wait_that_others_guesses_cause(aws: Container) -> None:
    add(Role.EDITOR)
    email = ADDRESS[Role.EDITOR]
    browser = Browser()
    for _ in range(GUESSES_BY_USER_AND_SOURCE + 1):
        refused = browser.submit("/console/sign-in", email=email, password="wrong horse battery")
    assert "reset your password" in refused.text
    browser.submit("/console/password", email=email)
    link = link_in(mailed()[0])
    fields = {"key": link.partition("=")[2], "password": "quite another one", "again": "quite another one"}
    browser.submit(SET, page=link, **fields)
    assert browser.submit("/console/sign-in", email=email, password="quite another one").path == "/console"


@pytest.mark.parametrize("email", [ADDRESS[Role.EDITOR], "nobody@example.com"])
def test_resets_from_many_sources_mail_a_person_so_often(aws: Container, email: str) -> None:
    add(Role.EDITOR)
    passwords = replace(aws.get(wiring.access.passwords), sleep=lambda _: None)
    for number in range(RESETS_BY_USER):
        passwords.request_reset(email, f"203.0.113.{number}", "en")
    with pytest.raises(TooManyGuessesError):
        passwords.request_reset(email, "198.51.100.1", "en")


def test_a_reset_takes_as_long_for_an_unknown_address(aws: Container) -> None:
    add(Role.EDITOR)
    waited: list[float] = []
    passwords = replace(aws.get(wiring.access.passwords), clock=lambda: 0.0, sleep=waited.append)
    for email in (ADDRESS[Role.EDITOR], "nobody@example.com"):
        passwords.request_reset(email, "203.0.113.9", "en")
    assert waited == [ANSWER_SECONDS] * 2


def test_no_author_of_emails_reads_the_links_of_the_console(aws: Container) -> None:
    """An editor may change every starter and partial. With the link of an administrator's reset, they would be one."""
    add(Role.EDITOR)
    aws.get(wiring.adapters.templates.partials).put("layout", "<mjml><mj-body>the editor's own layout</mj-body></mjml>")
    source = TemplateSource(subject="Changed", body="<p>{{ custom.reset_url }}</p>", syntax=TemplateSyntax.HTML)
    reset = starters.load("password-reset", Address("no-reply@example.com")).draft
    changed = replace(reset, sensitive=False, source=source, variants={})
    aws.get(wiring.emails.publish_email)(changed)
    Browser().submit("/console/password", email=ADDRESS[Role.EDITOR])
    send = json.loads(mailed()[0])
    revision = aws.get(wiring.adapters.emails.emails).revision(send["email_id"], send["revision"])
    assert (send["email_id"], revision.sensitive) == (CONSOLE_EMAILS["password-reset"], True)
    assert "own layout" not in revision.content.html


@pytest.mark.parametrize("name", [INVITATION, RESET])
def test_an_administrators_draft_of_a_console_email_stays(administrator: Browser, name: str) -> None:
    email_id, document = CONSOLE_EMAILS[name], {"name": "Ours", "subject": "Not finished"}
    wiring.get(wiring.emails.edit_emails).create(document, ADA, email_id)
    administrator.submit(USERS, email=NEW, role="editor")
    Browser().submit("/console/password", email=ADDRESS[Role.ADMINISTRATOR])
    sent = [json.loads(body) for body in mailed()]
    assert email_id in {send["email_id"] for send in sent}
    (draft,) = wiring.get(wiring.adapters.emails.emails).documents([(email_id, DRAFT)])
    assert draft
    assert json.loads(draft.text) == document


def test_an_email_that_an_administrator_ended_is_the_starters_again(administrator: Browser) -> None:
    administrator.submit(USERS, email=NEW, role="editor")
    wiring.get(wiring.emails.edit_emails).archive(CONSOLE_EMAILS[INVITATION], ADA)
    assert "A mail with this link is on its way" in administrator.submit(USERS, email=NEW, role="editor").html
    assert len(mailed()) == 2


def test_an_invitation_that_is_refused_shows_why(administrator: Browser) -> None:
    administrator.submit(USERS, email=NEW, role="editor")
    wiring.get(wiring.account.pause_sending).pause(CONSOLE_EMAILS[INVITATION], "too many bounces", ADA)
    page = administrator.submit(USERS, email=NEW, role="editor").html
    assert "too many bounces" in page
    assert Browser().get(link_in(page)).status == 200
    assert len(mailed()) == 1
    assert "too many bounces" in str(audited(AuditAction.USER_INVITED))


def test_a_reset_that_is_refused_is_in_the_audit_log(administrator: Browser) -> None:
    """The page is the same for every address, so only administrators can see it."""
    first = Browser().submit("/console/password", email=ADDRESS[Role.ADMINISTRATOR])
    wiring.get(wiring.account.pause_sending).pause(CONSOLE_EMAILS[RESET], "too many bounces", ADA)
    second = Browser().submit("/console/password", email=ADDRESS[Role.ADMINISTRATOR])
    assert (second.status, second.path) == (first.status, first.path)
    assert len(mailed()) == 1
    assert "too many bounces" in str(audited(AuditAction.USER_RESET_NOT_MAILED))


def test_a_new_password_ends_every_earlier_link(aws: Container) -> None:
    """A link is in a mailbox for an hour, an invitation for a week: it must not undo the password of a person who changed it."""
    editor, links = signed_in(Role.EDITOR), []
    for _ in range(2):
        Browser().submit("/console/password", email=ADDRESS[Role.EDITOR])
        links.append(link_in(mailed()[0]))
    fields = {"current": PASSWORD, "password": "quite another one"}
    assert editor.submit(f"{YOU}/password", page=YOU, **fields).path == "/console/sign-in"
    assert [Browser().get(link).status for link in links] == [404, 404]


def test_a_new_invitation_replaces_the_earlier_one(administrator: Browser) -> None:
    first, second = (link_in(administrator.submit(USERS, email=NEW, role="editor").html) for _ in range(2))
    assert [Browser().get(link).status for link in (first, second)] == [404, 200]


def test_an_invitation_revives_nothing_of_a_removed_person(administrator: Browser) -> None:
    editor, email = signed_in(Role.EDITOR), ADDRESS[Role.EDITOR]
    Browser().submit("/console/password", email=email)
    link = link_in(mailed()[0])
    administrator.submit(f"{USERS}/remove", page=f"{USERS}/remove?email={email}", email=email)
    administrator.submit(USERS, email=email, role="viewer")
    assert (editor.get("/console").path, Browser().get(link).status) == ("/console/sign-in", 404)


def test_an_expired_link_sets_nothing(aws: Container) -> None:
    add(Role.EDITOR)
    Browser().submit("/console/password", email=ADDRESS[Role.EDITOR])
    link = link_in(mailed()[0])
    container = wiring.container()
    now = time.time()
    container.clock = lambda: now + 3601
    container.override(wiring.access.passwords, wiring.access.passwords(container))
    assert Browser().get(link).status == 404


def test_a_second_factor_is_set_up_with_the_password(aws: Container) -> None:
    editor = signed_in(Role.EDITOR)
    page = f"{YOU}/second-factor"
    assert editor.submit(page, password="not my password").status == 400
    form = editor.submit(page, password=PASSWORD)
    assert "<svg" in form.html
    secret = re.search(r'name="secret" value="(\w+)"', form.html)
    token = re.search(r'name="token" value="([^"]+)"', form.html)
    assert secret
    assert token
    fields = {"secret": secret[1], "token": token[1]}
    wrong = editor.post(f"{page}/confirm", csrf=form.csrf, code="000000", **fields)
    assert (wrong.status, "<svg" in wrong.html) == (400, True)
    code = pyotp.TOTP(secret[1]).at(time.time() - 30)
    assert editor.post(f"{page}/confirm", csrf=form.csrf, code=code, **fields).status == 303
    browser = Browser()
    second = browser.submit("/console/sign-in", email=ADDRESS[Role.EDITOR], password=PASSWORD)
    assert "authenticator app" in second.text
    assert browser.get("/console").path == "/console/sign-in"
    assert browser.submit("/console/sign-in/code", code="000000").status == 400
    assert browser.submit("/console/sign-in/code", code=pyotp.TOTP(secret[1]).now()).path == "/console"


REMOVE = f"{YOU}/second-factor/remove"


@pytest.fixture
def guarded(aws: Container) -> Browser:
    """An administrator with a second factor, who is signed in."""
    administrator, email = signed_in(Role.ADMINISTRATOR), ADDRESS[Role.ADMINISTRATOR]
    directory, app = wiring.get(wiring.adapters.access.user_directory), pyotp.TOTP
    signed = directory.check_password(email, PASSWORD)
    assert signed
    secret = directory.begin_second_factor(signed.token)
    assert directory.finish_second_factor(email, signed.token, app(secret).now())
    wiring.get(wiring.adapters.access.users).update(email, second_factor=True)
    return administrator


def has_factor() -> bool:
    email = ADDRESS[Role.ADMINISTRATOR]
    user = wiring.get(wiring.adapters.access.users).get(email)
    result = wiring.get(wiring.adapters.access.user_directory).check_password(email, PASSWORD)
    assert user
    assert result
    assert user.second_factor == bool(result.challenge)
    return user.second_factor


def test_a_second_factor_is_removed_with_the_password(guarded: Browser) -> None:
    """A session is not enough: it may be one that a person left open."""
    assert guarded.get(YOU).html.count(f'href="{REMOVE}"') == 1
    for password in ("", "not my password"):
        refused = guarded.submit(REMOVE, password=password)
        assert (refused.status, "Password is wrong" in refused.text, has_factor()) == (400, True, True)
    assert "The second factor is removed." in guarded.submit(REMOVE, password=PASSWORD).text
    assert not has_factor()
    (entry,) = wiring.get(wiring.adapters.access.audit_entries).latest(1)
    assert (entry.action, entry.by) == (AuditAction.USER_SECOND_FACTOR_REMOVED, ADDRESS[Role.ADMINISTRATOR])
    assert guarded.get(REMOVE).path == YOU, "there is none to remove"


def test_an_administrator_removes_only_others_second_factors_without_a_password(guarded: Browser) -> None:
    me = ADDRESS[Role.ADMINISTRATOR]
    assert f'href="{USERS}/second-factor' not in guarded.get(USERS).html
    page = f"{USERS}/second-factor?email={me}"
    refused = guarded.submit(f"{USERS}/second-factor", page=page, email=me)
    assert (refused.status, has_factor()) == (400, True)
    assert "your own second factor under “Your settings”" in refused.text
    add(Role.EDITOR)
    other = ADDRESS[Role.EDITOR]
    wiring.get(wiring.adapters.access.users).update(other, second_factor=True)
    assert f"{USERS}/second-factor?email=" in guarded.get(USERS).html
    guarded.submit(f"{USERS}/second-factor", page=f"{USERS}/second-factor?email={other}", email=other)
    user = wiring.get(wiring.adapters.access.users).get(other)
    assert user
    assert not user.second_factor


def test_language_and_zone_are_the_persons_own(aws: Container) -> None:
    editor = signed_in(Role.EDITOR)
    assert editor.submit(YOU, language="xx", zone="").status == 400
    assert editor.submit(YOU, language="it", zone="../etc/passwd").status == 400
    saved = editor.submit(YOU, language="it", zone="Europe/Rome")
    assert 'lang="it"' in saved.html
    assert "Pagina iniziale" in saved.text


def test_a_changed_password_ends_every_session(aws: Container) -> None:
    editor = signed_in(Role.EDITOR)
    refused = editor.submit(f"{YOU}/password", page=YOU, current="not it", password="quite another one")
    assert (refused.status, "Current password is wrong" in refused.text) == (400, True)
    editor.submit(f"{YOU}/password", page=YOU, current=PASSWORD, password="quite another one")
    assert editor.get("/console").path == "/console/sign-in"
    assert Browser().submit("/console/sign-in", email=ADDRESS[Role.EDITOR], password=PASSWORD).status == 400


def test_every_act_on_users_is_in_the_audit_log(administrator: Browser) -> None:
    administrator.submit(USERS, email=NEW, role="editor")
    administrator.submit(f"{USERS}/role", page=f"{USERS}/role?email={NEW}", email=NEW, role="viewer")
    administrator.submit(f"{USERS}/sign-out", page=f"{USERS}/sign-out?email={NEW}", email=NEW)
    administrator.submit(f"{USERS}/remove", page=f"{USERS}/remove?email={NEW}", email=NEW)
    entries = wiring.get(wiring.adapters.access.audit_entries).latest(9)
    assert [entry.action for entry in reversed(entries)] == [
        AuditAction.USER_SIGNED_IN,
        AuditAction.USER_INVITED,
        AuditAction.USER_ROLE_CHANGED,
        AuditAction.USER_SIGNED_OUT,
        AuditAction.USER_REMOVED,
    ]
    assert {entry.by for entry in entries} == {ADDRESS[Role.ADMINISTRATOR]}


@pytest.mark.parametrize("name", [INVITATION, RESET])
def test_mails_of_the_console_have_every_language(name: str) -> None:
    assert set(starters.load(name, SENDER).draft.variants) == set(NAMES) - {SOURCE}


@pytest.mark.parametrize(
    ("language", "role", "subject", "text"),
    [
        ("it", "editor", "administrator@example.com ti ha invitato in Staffetta", "come redattore"),
        ("en", "viewer", "administrator@example.com invited you to Staffetta", "as a viewer"),
    ],
)
def test_an_invitation_is_in_the_language_of_who_invites(
    administrator: Browser, language: str, role: str, subject: str, text: str
) -> None:
    administrator.language = language
    administrator.submit(USERS, email=NEW, role=role)
    mail = rendered()
    assert (mail.subject, text in " ".join(mail.text.split())) == (subject, True)
    months = get_month_names("wide", locale=language).values()
    assert any(month in mail.text for month in months), "the day until which it is valid"


@pytest.mark.parametrize(
    ("chosen", "browser", "subject", "within"),
    [
        ("it", "en", "Reimposta la password", "entro 60 minuti"),
        ("", "it", "Reimposta la password", "entro 60 minuti"),
        ("en", "it", "Reset your password", "within 60 minutes"),
    ],
)
def test_a_reset_is_in_the_language_of_the_persons_settings(
    aws: Container, chosen: str, browser: str, subject: str, within: str
) -> None:
    add(Role.EDITOR)
    wiring.get(wiring.adapters.access.users).update(ADDRESS[Role.EDITOR], language=chosen)
    Browser(language=browser).submit("/console/password", email=ADDRESS[Role.EDITOR])
    mail = rendered()
    assert (mail.subject, within in " ".join(mail.text.split())) == (subject, True)
