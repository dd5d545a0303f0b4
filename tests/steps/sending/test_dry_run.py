"""A dry run tells what a send would get, and leaves no trace."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions.core.contacts.contact import Contact
from functions.core.emails.email import Revision
from functions.core.errors import Rejected
from functions.core.outcomes import SendResult
from functions.core.sending.attachments import Upload
from functions.core.sending.send import State
from functions.steps.sending.accept import AcceptSend
from functions.steps.sending.deliver import template_cache
from functions.steps.sending.dry_run import DryRun, DryRunResult
from tests.fakes import Clock
from tests.fakes.contacts import MemoryContacts, MemorySubscriptionTypes
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import MemoryQueue, MemorySends, MemoryUploads, never_paused
from tests.support.examples import (
    AN_UPLOAD,
    DOMAIN,
    NOON_TEXT,
    UPLOADED,
    a_request,
    a_revision,
    a_subscription_type,
    an_email,
    recipients,
)


def rehearsed(known: Contact | None = None, revision: Revision | None = None, **changed: Any) -> DryRunResult:
    emails, sends, queue, contacts = MemoryEmails(), MemorySends(), MemoryQueue(), MemoryContacts()
    uploads = MemoryUploads()
    uploads.put(UPLOADED, b"%PDF")
    live = revision or a_revision()
    emails.live[7] = an_email(subscription=live.subscription)
    emails.revisions[7, 1] = live
    contacts.stored = {known.email: known} if known else {}
    acceptance = AcceptSend(
        domain=DOMAIN,
        sends=sends,
        emails=emails,
        contacts=contacts,
        subscription_types=MemorySubscriptionTypes({"news": a_subscription_type()}),
        pauses=never_paused(),
        queue=queue,
        uploads=uploads,
        clock=Clock(),
        new_id=lambda: "s-1",
    )
    rehearsal = DryRun(
        acceptance=acceptance,
        contacts=contacts,
        templates=template_cache(emails),
        uploads=uploads,
        clock=Clock(),
        public_url="https://api.example.com",
    )
    told = rehearsal(a_request(**changed), "key")
    assert (sends.stored, queue.waiting, queue.dead_letters) == ({}, [], [])
    assert list(contacts.stored.values()) == ([known] if known else [])
    return told


KNOWN = Contact(email="ada@example.net", created_at=NOON_TEXT).with_properties({"firstname": "Augusta"}, NOON_TEXT)


def test_what_is_known_of_the_contact_is_shown() -> None:
    told = rehearsed(KNOWN, contact={})
    assert told.mail
    assert told.mail.html == "<p>Dear Augusta</p>"


def test_what_is_not_transactional_shows_a_link_that_opens_nothing() -> None:
    told = rehearsed(revision=a_revision(subscription="news", text="{{ unsubscribe_link }}"))
    assert told.mail
    assert told.mail.text == "https://api.example.com/unsubscribe/s-1.0.dry-run"


def test_who_left_is_told() -> None:
    gone = replace(KNOWN, complained_at=NOON_TEXT)
    told = rehearsed(gone, revision=a_revision(subscription="news"))
    assert (told.message.result, told.mail) == (SendResult.PREVIOUS_SPAM, None)


def test_a_good_request_is_shown_as_it_would_read() -> None:
    told = rehearsed()
    assert told.mail
    assert (told.message.state, told.mail.subject, told.mail.html) == (State.QUEUED, "Order 42", "<p>Dear Ada</p>")


@pytest.mark.parametrize(
    ("changed", "result"),
    [
        ({"email_id": 8}, SendResult.MISSING_CONTENT),
        ({"recipients": recipients("noreply@example.net")}, SendResult.INVALID_TO_ADDRESS),
        ({"custom": {}}, SendResult.MISSING_TEMPLATE_PROPERTIES),
    ],
)
def test_a_refusal_is_told_at_once_also_what_only_rendering_finds(changed: Any, result: SendResult) -> None:
    told = rehearsed(**changed)
    assert (told.message.state, told.message.result, told.mail) == (State.REFUSED, result, None)
    assert told.message.reason
    assert told.message.settled_at


def test_what_was_uploaded_must_be_there_and_be_fit_to_be_written() -> None:
    assert rehearsed(attachments=(AN_UPLOAD,)).mail
    with pytest.raises(Rejected, match="nothing was uploaded"):
        rehearsed(attachments=(replace(AN_UPLOAD, upload=Upload("another")),))
