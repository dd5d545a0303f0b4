"""A dry run tells what a send would get, and leaves no trace."""

from __future__ import annotations

from typing import Any

import pytest

from functions.core.send import SendResult, State
from functions.steps.accept import Acceptance
from functions.steps.deliver import templates
from functions.steps.rehearse import Rehearsal, Rehearsed
from tests.examples import DOMAIN, a_request, a_revision, an_email, recipients
from tests.fakes import Clock, MemoryEmails, MemoryQueue, MemorySends


def rehearsed(**changed: Any) -> Rehearsed:
    emails, sends, queue = MemoryEmails(), MemorySends(), MemoryQueue()
    emails.publish(an_email(), a_revision())
    acceptance = Acceptance(domain=DOMAIN, sends=sends, emails=emails, queue=queue, clock=Clock(), new_id=lambda: "s-1")
    rehearsal = Rehearsal(acceptance=acceptance, templates=templates(emails), clock=Clock())
    told = rehearsal(a_request(**changed), "key")
    assert (sends.stored, queue.waiting, queue.buried) == ({}, [], [])
    return told


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
