"""A support person in the console reads what became of a mail, sees it, and sends it again."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.access.roles import Role
from functions.core.sending.send import MessageKey, State
from functions.wiring import Container
from tests.support.console import room_examples
from tests.support.console.people import signed_in
from tests.support.console.room_examples import MESSAGE
from tests.support.examples import a_message
from tests.support.sent_mail import store_sent


@pytest.fixture
def stored(aws: Container) -> Container:
    room_examples.prepare(aws)
    return aws


def test_a_message_shows_its_story_and_its_mail(stored: Container) -> None:
    page = signed_in(Role.EDITOR).get(MESSAGE)
    for text in (
        "Order 42",
        "Delivered",
        "page@example.net",
        "Receipt",
        "250 ok",
        "Acme <shop@example.com>",
        "Send again",
    ):
        assert text in page.text
    assert f'src="{MESSAGE}/mail"' in page.html
    assert 'sandbox="allow-popups' in page.html


def test_the_mail_is_its_own_document_in_a_sandbox(stored: Container) -> None:
    mail = signed_in(Role.EDITOR).get(f"{MESSAGE}/mail")
    assert mail.html == "<p>Dear Ada</p>"
    assert "sandbox" in mail.headers["content-security-policy"]


def test_a_viewer_sees_the_story_and_not_the_mail(stored: Container) -> None:
    browser = signed_in(Role.VIEWER)
    page = browser.get(MESSAGE)
    assert "Your role shows what became of a mail" in page.text
    assert "Acme <shop@example.com>" not in page.text
    for path in ("mail", "resend"):
        assert browser.get(f"{MESSAGE}/{path}").status == 403


def test_a_mail_that_is_not_there_has_its_reason(stored: Container) -> None:
    page = signed_in(Role.EDITOR).get("/console/messages/s-refused/0")
    assert "the mail was not sent: its state is REFUSED" in page.text
    assert "Send again" not in page.text


@pytest.mark.parametrize(
    "path", ["nobody", "nobody/0", "s-page/1", "s-page/x", "s-refused/0/mail", "s-refused/0/resend/x"]
)
def test_an_unknown_message_is_a_page(stored: Container, path: str) -> None:
    assert signed_in(Role.EDITOR).get(f"/console/messages/{path}").status == 404


def test_a_mail_is_sent_again_once_with_its_entry(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    confirm = browser.get(f"{MESSAGE}/resend")
    assert "page@example.net gets the same mail once more" in confirm.text
    token = confirm.html.partition('name="form" value="')[2].partition('"')[0]
    answers = [browser.post(f"{MESSAGE}/resend", csrf=confirm.csrf, form=token) for _ in range(2)]
    assert len({answer.headers["location"] for answer in answers}) == 1
    page = browser.get(answers[0].headers["location"])
    assert "The mail is sent again" in page.text
    assert "editor@example.com" in page.text
    assert 'href="/console/messages/s-page"' in page.html
    entry = stored.get(wiring.adapters.access.audit_entries).latest(1)[0]
    assert (entry.action, entry.by, entry.subject) == ("message.resent", "editor@example.com", "s-page/0")


def test_a_refused_resend_shows_why(stored: Container) -> None:
    emails = stored.get(wiring.adapters.emails.emails)
    email = emails.get(7)
    assert email
    emails.save(replace(email, published_revision=None))
    page = signed_in(Role.EDITOR).submit(f"{MESSAGE}/resend", form="x")
    assert "not published any more" in page.text


def test_a_cc_is_linked_from_the_to(aws: Container) -> None:
    store_sent(aws, "s-two")
    aws.get(wiring.adapters.sending.sends).create(
        [a_message(key=MessageKey("s-two", 1), address="cc@example.net", state=State.SENT)]
    )
    assert 'href="/console/messages/s-two/1"' in signed_in(Role.VIEWER).get("/console/messages/s-two/0").html


def test_a_page_of_an_erased_person_has_no_name(stored: Container) -> None:
    stored.get(wiring.contacts.erase_contact).request("page@example.net", unrestricted("it@acme.example"))
    stored.get(wiring.contacts.erase_contact)(1e12)
    page = signed_in(Role.ADMINISTRATOR).get(MESSAGE)
    assert "An erased person" in page.text
    assert "page@example.net" not in page.html
    assert "its recipient was erased" in page.text


def test_a_message_links_to_the_local_mailbox(stored: Container) -> None:
    local = replace(stored.settings, mailbox_url="http://127.0.0.1:8025")
    key = MessageKey("s-local", 0)
    stored.get(wiring.adapters.sending.sends).create([a_message(key=key, state=State.SENT, ses_message_id="0100-1")])
    browser = signed_in(Role.VIEWER)
    assert "Open in the mailbox" not in browser.get("/console/messages/s-local/0").html
    wiring.container().settings = local
    assert 'href="http://127.0.0.1:8025/message/0100-1"' in browser.get("/console/messages/s-local/0").html
