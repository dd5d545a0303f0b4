from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions.core import addresses, ids
from functions.core.emails.email import Subcategory
from functions.core.emails.pause import Pause
from functions.core.errors import Rejected
from functions.core.outcomes import SendResult
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import MessageKey, Send, State
from functions.steps.sending.accept import AcceptResult
from tests.fakes import Killed
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import MemoryQueue
from tests.support.accepting import AcceptScenario
from tests.support.examples import (
    A_LOGO,
    A_PDF,
    AN_UPLOAD,
    NOON_TEXT,
    UPLOADED,
    a_request,
    an_email,
    recipients,
)


def test_an_accepted_send_is_stored_and_queued() -> None:
    scenario = AcceptScenario()
    request = a_request(recipients=recipients(cc=("bob@example.net",)), sender=addresses.parse("me@mail.example.com"))
    accepted = scenario.accept(request)
    assert accepted.idempotency_result is None
    assert (accepted.message.state, accepted.message.accepted_at, accepted.message.accepted_by) == (
        State.QUEUED,
        NOON_TEXT,
        "key-1",
    )
    assert [message.address for message in scenario.sends.stored.values()] == ["ada@example.net", "bob@example.net"]
    (send,) = scenario.queued()
    assert (send.id, send.revision, send.recipients, send.contact, send.custom, send.sender) == (
        accepted.message.key.send_id,
        1,
        request.recipients,
        request.contact,
        request.custom,
        request.sender,
    )


def test_a_copy_may_go_to_a_role_address() -> None:
    scenario = AcceptScenario()
    accepted = scenario.accept(a_request(recipients=recipients(cc=("privacy@example.com",))))
    assert accepted.message.state is State.QUEUED
    assert [message.address for message in scenario.sends.stored.values()] == ["ada@example.net", "privacy@example.com"]


@pytest.mark.parametrize(
    ("changed", "result", "reason"),
    [
        ({"email_id": 8}, SendResult.MISSING_CONTENT, "there is no email 8"),
        ({"email_id": 9}, SendResult.MISSING_CONTENT, "email 9 is not published"),
        ({"email_id": 10}, SendResult.MISSING_CONTENT, "email 10 is not published"),
        ({"recipients": recipients("NoReply@example.net")}, SendResult.INVALID_TO_ADDRESS, "NoReply@example.net"),
        (
            {"sender": addresses.parse("me@other.com")},
            SendResult.UNCONFIGURED_SENDING_DOMAIN,
            "connected domain example.com",
        ),
        ({"email_id": 8, "sender": addresses.parse("me@other.com")}, SendResult.MISSING_CONTENT, "no email 8"),
    ],
)
def test_a_refused_send_is_stored_and_not_queued(changed: dict[str, Any], result: SendResult, reason: str) -> None:
    scenario = AcceptScenario()
    scenario.emails.live |= {
        9: an_email(id=9, published_revision=None),
        10: an_email(id=10, subcategory=Subcategory.BATCH),
    }
    accepted = scenario.accept(a_request(**changed))
    message = scenario.sends.stored[accepted.message.key]
    assert (message.state, message.result, message.settled_at) == (State.REFUSED, result, NOON_TEXT)
    assert reason in message.reason
    assert scenario.queued() == []


def test_a_send_carries_its_attachments_headers_and_tags() -> None:
    scenario = AcceptScenario()
    extra: dict[str, Any] = {
        "attachments": (A_PDF, A_LOGO),
        "headers": (("X-Order", "42"),),
        "tags": {"campaign": "spring"},
    }
    scenario.accept(a_request(recipients=recipients(cc=("bob@example.net",)), **extra))
    (send,) = scenario.queued()
    assert {name: getattr(send, name) for name in extra} == extra
    assert [message.tags for message in scenario.sends.stored.values()] == [{"campaign": "spring"}] * 2


def test_a_duplicate_is_found_after_its_upload_expired() -> None:
    """A sendId is stored for longer than a file."""
    scenario = AcceptScenario()
    request = a_request(send_id="one", attachments=(AN_UPLOAD,), digest="d")
    with pytest.raises(Rejected, match="nothing was uploaded"):
        scenario.accept(request)
    assert (scenario.sends.stored, scenario.queued()) == ({}, [])

    upload = scenario.uploads.put(UPLOADED, b"%PDF")
    first = scenario.accept(request)
    assert scenario.queued()[0].attachments[0].upload == upload
    assert first.message.attached == 4
    scenario.uploads.files.clear()
    assert scenario.accept(request) == AcceptResult(first.message, SendResult.IDEMPOTENT_IGNORE)
    assert scenario.accept(replace(request, digest="other")).idempotency_result is SendResult.IDEMPOTENT_FAIL
    assert len(scenario.queued()) == 1


def test_without_a_send_id_each_request_is_a_send() -> None:
    scenario = AcceptScenario()
    assert scenario.accept(a_request()).message.key != scenario.accept(a_request()).message.key
    assert len(scenario.queued()) == 2


def test_a_message_stores_its_revision_and_attachment_size() -> None:
    scenario = AcceptScenario(emails=MemoryEmails(live={7: an_email(published_revision=3)}))
    assert scenario.accept(a_request(attachments=(A_PDF, A_LOGO))).message.attached == A_PDF.size + A_LOGO.size
    assert scenario.accept(a_request()).message.revision == 3
    unknown = scenario.accept(a_request(email_id=99)).message
    assert (unknown.revision, unknown.attached) == (0, 0)


def test_a_duplicate_is_queued_with_the_accepted_revision() -> None:
    scenario = AcceptScenario()
    scenario.accept(a_request(send_id="order-42"))
    scenario.emails.live[7] = an_email(published_revision=2)
    scenario.accept(a_request(send_id="order-42"))
    assert [send.revision for send in scenario.queued()] == [1, 1]


def test_a_duplicate_returns_the_first_send() -> None:
    scenario = AcceptScenario()
    first = scenario.accept(a_request(send_id="order-42"))
    scenario.sends.claim(first.message.key, now=scenario.clock(), lease_seconds=60, grace_seconds=300)
    scenario.clock.now += 60
    again = scenario.accept(a_request(send_id="order-42"))
    assert (again.idempotency_result, again.message.key, again.message.accepted_at) == (
        SendResult.IDEMPOTENT_IGNORE,
        MessageKey(ids.for_send_id("order-42"), 0),
        NOON_TEXT,
    )
    assert len(scenario.queued()) == 1


def test_a_duplicate_of_a_released_send_is_not_queued() -> None:
    """It waits for its next attempt: the queue has it."""
    scenario = AcceptScenario()
    key = scenario.accept(a_request(send_id="order-42")).message.key
    scenario.sends.claim(key, now=scenario.clock(), lease_seconds=60, grace_seconds=300)
    scenario.sends.settle(key, Transition.RELEASE, now=scenario.clock(), reason="throttled")
    scenario.accept(a_request(send_id="order-42"))
    assert len(scenario.queued()) == 1


def test_a_duplicate_with_another_body_fails() -> None:
    scenario = AcceptScenario()
    first = scenario.accept(a_request(send_id="order-42"))
    again = scenario.accept(a_request(send_id="order-42", digest="d2", email_id=8))
    assert (again.idempotency_result, again.message) == (SendResult.IDEMPOTENT_FAIL, first.message)
    assert list(scenario.sends.stored.values()) == [first.message]
    assert len(scenario.queued()) == 1


LACKING = a_request(send_id="one", email_id=8, recipients=recipients(cc=("bob@example.net",)), digest="lacking")


def test_a_duplicate_of_a_refused_send_returns_its_reason() -> None:
    scenario = AcceptScenario()
    first = scenario.accept(LACKING)
    again = scenario.accept(LACKING)
    assert again.idempotency_result is None
    assert (again.message.key, again.message.result, again.message.reason) == (
        first.message.key,
        SendResult.MISSING_CONTENT,
        first.message.reason,
    )
    assert scenario.queued() == []


@pytest.mark.parametrize("cc", [(), ("bob@example.net",), ("bob@example.net", "eve@example.net")])
def test_a_corrected_request_replaces_a_refused_one(cc: tuple[str, ...]) -> None:
    scenario = AcceptScenario()
    first = scenario.accept(LACKING)
    scenario.clock.now += 60
    corrected = a_request(send_id="one", recipients=recipients(cc=cc), digest="corrected")
    accepted = scenario.accept(corrected)
    assert (accepted.message.key, accepted.message.state, accepted.idempotency_result) == (
        first.message.key,
        State.QUEUED,
        None,
    )
    assert [send.id for send in scenario.queued()] == [first.message.key.send_id]
    stored = scenario.sends.messages(first.message.key.send_id)
    assert [message.state for message in stored] == [State.QUEUED] * (1 + len(cc))
    (refusal,) = accepted.message.failed_attempts
    assert (refusal.number, refusal.at) == (0, NOON_TEXT)
    assert refusal.reason == f"MISSING_CONTENT: {first.message.reason}"
    assert scenario.accept(corrected).idempotency_result is SendResult.IDEMPOTENT_IGNORE
    assert scenario.accept(LACKING).idempotency_result is SendResult.IDEMPOTENT_FAIL


def test_a_send_refused_after_queueing_keeps_its_id() -> None:
    scenario = AcceptScenario()
    key = scenario.accept(a_request(send_id="one")).message.key
    scenario.clock.now += 1
    scenario.sends.settle(key, Transition.REFUSE, now=scenario.clock(), result=SendResult.MISSING_CONTENT)
    again = scenario.accept(a_request(send_id="one", digest="corrected"))
    assert again.idempotency_result is SendResult.IDEMPOTENT_FAIL


class BrokenQueue(MemoryQueue):
    error: BaseException = ConnectionError("queue is gone")

    def enqueue(self, send: Send, *, delay_seconds: int = 0) -> None:
        raise self.error


def test_a_send_that_cannot_be_queued_is_rolled_back() -> None:
    scenario = AcceptScenario(queue=BrokenQueue())
    with pytest.raises(ConnectionError):
        scenario.accept(a_request(send_id="order-42"))
    assert scenario.sends.stored == {}
    scenario.queue = MemoryQueue()
    assert scenario.accept(a_request(send_id="order-42")).idempotency_result is None
    assert len(scenario.queued()) == 1


def test_a_duplicate_queues_a_send_whose_first_request_died() -> None:
    scenario = AcceptScenario(queue=BrokenQueue())
    scenario.queue.error = Killed()  # type: ignore[attr-defined]  # the broken queue's
    scenario.sends.rollback = lambda messages: None  # type: ignore[method-assign]  # a dead process rolls nothing back
    with pytest.raises(Killed):
        scenario.accept(a_request(send_id="order-42"))
    scenario.queue = MemoryQueue()
    scenario.clock.now += 5
    again = scenario.accept(a_request(send_id="order-42"))
    assert again.idempotency_result is SendResult.IDEMPOTENT_IGNORE
    ((send, _),) = scenario.queue.waiting
    assert (send.id, send.accepted_at) == (again.message.key.send_id, NOON_TEXT)


def test_a_paused_email_is_refused_at_once() -> None:
    scenario = AcceptScenario()
    scenario.emails.live[7] = an_email(pause=Pause(NOON_TEXT, "ada@example.com", "wrong prices"))
    message = scenario.accept(a_request()).message
    assert (message.state, message.result) == (State.REFUSED, SendResult.EMAIL_DISABLED)
    assert message.reason == f"email 7 is paused since {NOON_TEXT}: wrong prices"
    assert scenario.queued() == []


def test_a_send_of_a_sensitive_email_is_sensitive() -> None:
    scenario = AcceptScenario(emails=MemoryEmails(live={7: an_email(sensitive=True)}))
    scenario.accept(a_request())
    assert [send.sensitive for send in scenario.queued()] == [True]


def test_only_a_send_with_a_send_id_stores_a_digest() -> None:
    """Nothing else can repeat it, and each message would be 38 bytes larger."""
    scenario = AcceptScenario()
    scenario.accept(a_request(digest="d1"))
    scenario.accept(a_request(digest="d2", send_id="one"))
    assert [message.digest for message in scenario.sends.stored.values()] == ["", "d2"]


def test_no_digest_reveals_a_code() -> None:
    """A short code is found by trying all of them. The sendId, which is not stored, makes that useless."""
    scenario = AcceptScenario(emails=MemoryEmails(live={7: an_email(sensitive=True)}))
    with_id = scenario.accept(a_request(digest="d1", send_id="a random text"))
    without_id = scenario.accept(a_request(digest="d1"))
    assert with_id.message.digest not in {"", "d1"}
    assert without_id.message.digest == ""


@pytest.mark.parametrize("sensitive", [(True, True), (False, True), (True, False)])
def test_a_repeated_sensitive_request_is_recognised(sensitive: tuple[bool, bool]) -> None:
    scenario = AcceptScenario()
    results = []
    for number, digest in ((0, "d1"), (1, "d1"), (1, "d2")):
        scenario.emails.live[7] = an_email(sensitive=sensitive[number])
        results.append(scenario.accept(a_request(digest=digest, send_id="one")).idempotency_result)
    assert results == [None, SendResult.IDEMPOTENT_IGNORE, SendResult.IDEMPOTENT_FAIL]
