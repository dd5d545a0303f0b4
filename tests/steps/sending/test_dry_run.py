"""A dry run returns the outcome of a send, and stores nothing."""

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
from functions.steps.sending.email_leases import EmailLeases
from tests.fakes import Clock
from tests.fakes.contacts import MemoryContacts, MemorySubscriptionTypes
from tests.fakes.domains import connected
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import MemoryQueue, MemorySends, MemoryUploads, never_paused
from tests.fakes.templates import a_site
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


def dry_run(stored: Contact | None = None, revision: Revision | None = None, **changed: Any) -> DryRunResult:
    emails, sends, queue, contacts = MemoryEmails(), MemorySends(), MemoryQueue(), MemoryContacts()
    uploads = MemoryUploads()
    uploads.put(UPLOADED, b"%PDF")
    live = revision or a_revision()
    emails.live[7] = an_email(subscription=live.subscription)
    emails.revisions[7, 1] = live
    contacts.stored = {stored.email: stored} if stored else {}
    acceptance = AcceptSend(
        domains=connected(DOMAIN),
        sends=sends,
        emails=EmailLeases(emails=emails, clock=Clock()),
        contacts=contacts,
        subscription_types=MemorySubscriptionTypes({"news": a_subscription_type()}),
        pauses=never_paused(),
        queue=queue,
        uploads=uploads,
        clock=Clock(),
        new_id=lambda: "s-1",
    )
    step = DryRun(
        acceptance=acceptance,
        contacts=contacts,
        templates=template_cache(emails),
        uploads=uploads,
        clock=Clock(),
        public_url="https://api.example.com",
        site=a_site(),
    )
    outcome = step(a_request(**changed), "key")
    assert (sends.stored, queue.waiting, queue.dead_letters) == ({}, [], [])
    assert list(contacts.stored.values()) == ([stored] if stored else [])
    return outcome


CONTACT = Contact(email="ada@example.net", created_at=NOON_TEXT).with_properties({"firstname": "Augusta"}, NOON_TEXT)


def test_the_contacts_properties_are_rendered() -> None:
    outcome = dry_run(CONTACT, contact={})
    assert outcome.mail
    assert outcome.mail.html == "<p>Dear Augusta</p>"


def test_a_dry_run_of_marketing_mail_has_an_invalid_link() -> None:
    outcome = dry_run(revision=a_revision(subscription="news", text="{{ unsubscribe_link }}"))
    assert outcome.mail
    assert outcome.mail.text == "https://api.example.com/unsubscribe/s-1.0.dry-run"


def test_a_contacts_status_is_reported() -> None:
    gone = replace(CONTACT, complained_at=NOON_TEXT)
    outcome = dry_run(gone, revision=a_revision(subscription="news"))
    assert (outcome.message.result, outcome.mail) == (SendResult.PREVIOUS_SPAM, None)


def test_a_valid_request_is_rendered() -> None:
    outcome = dry_run()
    assert outcome.mail
    assert (outcome.message.state, outcome.mail.subject, outcome.mail.html) == (
        State.QUEUED,
        "Order 42",
        "<p>Dear Ada</p>",
    )


@pytest.mark.parametrize(
    ("changed", "result"),
    [
        ({"email_id": 8}, SendResult.MISSING_CONTENT),
        ({"recipients": recipients("noreply@example.net")}, SendResult.INVALID_TO_ADDRESS),
        ({"custom": {}}, SendResult.MISSING_TEMPLATE_PROPERTIES),
    ],
)
def test_a_refusal_is_returned_with_its_reason(changed: Any, result: SendResult) -> None:
    outcome = dry_run(**changed)
    assert (outcome.message.state, outcome.message.result, outcome.mail) == (State.REFUSED, result, None)
    assert outcome.message.reason
    assert outcome.message.settled_at


def test_a_dry_run_needs_the_uploads() -> None:
    assert dry_run(attachments=(AN_UPLOAD,)).mail
    with pytest.raises(Rejected, match="nothing was uploaded"):
        dry_run(attachments=(replace(AN_UPLOAD, upload=Upload("another")),))
