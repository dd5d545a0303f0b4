from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core import addresses, ids
from functions.core.contacts.contact import EVERYTHING, Decision, SubscriptionStatus
from functions.core.contacts.subscription import SubscriptionType
from functions.core.emails.email import Subcategory
from functions.core.emails.pause import Pause
from functions.core.errors import Rejected
from functions.core.outcomes import SendResult
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import MessageKey, Send, SendRequest, State
from functions.steps.sending.accept import AcceptResult, AcceptSend
from tests.fakes import Clock, Killed
from tests.fakes.contacts import MemoryContacts, MemorySubscriptionTypes
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import MemoryQueue, MemorySends, MemoryUploads, never_paused
from tests.support.examples import (
    A_LOGO,
    A_PDF,
    AN_UPLOAD,
    DOMAIN,
    NOON_TEXT,
    UPLOADED,
    a_request,
    a_subscription_type,
    an_email,
    recipients,
)


@dataclass
class World:
    clock: Clock = field(default_factory=Clock)
    sends: MemorySends = field(default_factory=MemorySends)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    uploads: MemoryUploads = field(default_factory=MemoryUploads)
    emails: MemoryEmails = field(default_factory=lambda: MemoryEmails(live={7: an_email()}))
    contacts: MemoryContacts = field(default_factory=MemoryContacts)
    types: MemorySubscriptionTypes = field(
        default_factory=lambda: MemorySubscriptionTypes({"news": a_subscription_type()})
    )

    def accept(self, request: SendRequest) -> AcceptResult:
        fresh = itertools.count(len(self.sends.stored))
        step = AcceptSend(
            domain=DOMAIN,
            sends=self.sends,
            emails=self.emails,
            contacts=self.contacts,
            subscription_types=self.types,
            pauses=never_paused(),
            queue=self.queue,
            uploads=self.uploads,
            clock=self.clock,
            new_id=lambda: f"id-{next(fresh)}",
        )
        return step(request, "key-1")

    def queued(self) -> list[Send]:
        return [send for send, _ in self.queue.waiting]


def test_an_accepted_send_is_stored_and_queued() -> None:
    world = World()
    request = a_request(recipients=recipients(cc=("bob@example.net",)), sender=addresses.parse("me@mail.example.com"))
    accepted = world.accept(request)
    assert accepted.idempotency_result is None
    assert (accepted.message.state, accepted.message.accepted_at, accepted.message.accepted_by) == (
        State.QUEUED,
        NOON_TEXT,
        "key-1",
    )
    assert [message.address for message in world.sends.stored.values()] == ["ada@example.net", "bob@example.net"]
    (send,) = world.queued()
    assert (send.id, send.revision, send.recipients, send.contact, send.custom, send.sender) == (
        accepted.message.key.send_id,
        1,
        request.recipients,
        request.contact,
        request.custom,
        request.sender,
    )


@pytest.mark.parametrize(
    ("changed", "result", "told"),
    [
        ({"email_id": 8}, SendResult.MISSING_CONTENT, "there is no email 8"),
        ({"email_id": 9}, SendResult.MISSING_CONTENT, "email 9 is not published"),
        ({"email_id": 10}, SendResult.MISSING_CONTENT, "email 10 is not published"),
        ({"recipients": recipients("NoReply@example.net")}, SendResult.INVALID_TO_ADDRESS, "NoReply@example.net"),
        ({"recipients": recipients(cc=("spam@example.net",))}, SendResult.INVALID_TO_ADDRESS, "spam@example.net"),
        (
            {"sender": addresses.parse("me@other.com")},
            SendResult.UNCONFIGURED_SENDING_DOMAIN,
            "connected domain example.com",
        ),
        ({"email_id": 8, "sender": addresses.parse("me@other.com")}, SendResult.MISSING_CONTENT, "no email 8"),
    ],
)
def test_a_refusal_is_an_outcome_with_its_reason_and_nothing_is_queued(
    changed: dict[str, Any], result: SendResult, told: str
) -> None:
    world = World()
    world.emails.live |= {
        9: an_email(id=9, published_revision=None),
        10: an_email(id=10, subcategory=Subcategory.BATCH),
    }
    accepted = world.accept(a_request(**changed))
    message = world.sends.stored[accepted.message.key]
    assert (message.state, message.result, message.settled_at) == (State.REFUSED, result, NOON_TEXT)
    assert told in message.reason
    assert world.queued() == []


def test_what_the_mail_carries_travels_with_the_send_and_its_tags_are_kept_with_each_message() -> None:
    world = World()
    extra: dict[str, Any] = {
        "attachments": (A_PDF, A_LOGO),
        "headers": (("X-Order", "42"),),
        "tags": {"campaign": "spring"},
    }
    world.accept(a_request(recipients=recipients(cc=("bob@example.net",)), **extra))
    (send,) = world.queued()
    assert {name: getattr(send, name) for name in extra} == extra
    assert [message.tags for message in world.sends.stored.values()] == [{"campaign": "spring"}] * 2


def test_a_repeat_is_known_when_its_upload_is_long_gone() -> None:
    """A sendId is kept for longer than a file."""
    world = World()
    asked = a_request(send_id="one", attachments=(AN_UPLOAD,), digest="d")
    with pytest.raises(Rejected, match="nothing was uploaded"):
        world.accept(asked)
    assert (world.sends.stored, world.queued()) == ({}, [])

    there = world.uploads.put(UPLOADED, b"%PDF")
    first = world.accept(asked)
    assert world.queued()[0].attachments[0].upload == there
    assert first.message.attached == 4
    world.uploads.files.clear()
    assert world.accept(asked) == AcceptResult(first.message, SendResult.IDEMPOTENT_IGNORE)
    assert world.accept(replace(asked, digest="other")).idempotency_result is SendResult.IDEMPOTENT_FAIL
    assert len(world.queued()) == 1


def test_without_a_send_id_each_request_is_a_send() -> None:
    world = World()
    assert world.accept(a_request()).message.key != world.accept(a_request()).message.key
    assert len(world.queued()) == 2


def test_a_message_knows_what_was_published_and_how_much_was_attached() -> None:
    world = World(emails=MemoryEmails(live={7: an_email(published_revision=3)}))
    assert world.accept(a_request(attachments=(A_PDF, A_LOGO))).message.attached == A_PDF.size + A_LOGO.size
    assert world.accept(a_request()).message.revision == 3
    unknown = world.accept(a_request(email_id=99)).message
    assert (unknown.revision, unknown.attached) == (0, 0)


def test_a_repeat_that_is_queued_anew_stays_what_was_accepted() -> None:
    """Though something else was published since."""
    world = World()
    world.accept(a_request(send_id="order-42"))
    world.emails.live[7] = an_email(published_revision=2)
    world.accept(a_request(send_id="order-42"))
    assert [send.revision for send in world.queued()] == [1, 1]


def test_a_repeat_is_the_first_send() -> None:
    world = World()
    first = world.accept(a_request(send_id="order-42"))
    world.sends.claim(first.message.key, now=world.clock(), lease_seconds=60, grace_seconds=300)
    world.clock.now += 60
    again = world.accept(a_request(send_id="order-42"))
    assert (again.idempotency_result, again.message.key, again.message.accepted_at) == (
        SendResult.IDEMPOTENT_IGNORE,
        MessageKey(ids.for_send_id("order-42"), 0),
        NOON_TEXT,
    )
    assert len(world.queued()) == 1


def test_a_repeat_leaves_a_send_alone_that_a_worker_put_back() -> None:
    """It waits for its next try: the queue has it."""
    world = World()
    key = world.accept(a_request(send_id="order-42")).message.key
    world.sends.claim(key, now=world.clock(), lease_seconds=60, grace_seconds=300)
    world.sends.settle(key, Transition.RELEASE, now=world.clock(), reason="throttled")
    world.accept(a_request(send_id="order-42"))
    assert len(world.queued()) == 1


def test_a_repeat_with_another_body_fails_and_changes_nothing() -> None:
    world = World()
    first = world.accept(a_request(send_id="order-42"))
    again = world.accept(a_request(send_id="order-42", digest="d2", email_id=8))
    assert (again.idempotency_result, again.message) == (SendResult.IDEMPOTENT_FAIL, first.message)
    assert list(world.sends.stored.values()) == [first.message]
    assert len(world.queued()) == 1


LACKING = a_request(send_id="one", email_id=8, recipients=recipients(cc=("bob@example.net",)), digest="lacking")


def test_a_repeat_of_a_refused_send_returns_the_reason_and_queues_nothing() -> None:
    world = World()
    first = world.accept(LACKING)
    again = world.accept(LACKING)
    assert again.idempotency_result is None
    assert (again.message.key, again.message.result, again.message.reason) == (
        first.message.key,
        SendResult.MISSING_CONTENT,
        first.message.reason,
    )
    assert world.queued() == []


@pytest.mark.parametrize("cc", [(), ("bob@example.net",), ("bob@example.net", "eve@example.net")])
def test_a_corrected_request_takes_the_place_of_a_refused_one(cc: tuple[str, ...]) -> None:
    world = World()
    first = world.accept(LACKING)
    world.clock.now += 60
    corrected = a_request(send_id="one", recipients=recipients(cc=cc), digest="corrected")
    accepted = world.accept(corrected)
    assert (accepted.message.key, accepted.message.state, accepted.idempotency_result) == (
        first.message.key,
        State.QUEUED,
        None,
    )
    assert [send.id for send in world.queued()] == [first.message.key.send_id]
    stored = world.sends.messages(first.message.key.send_id)
    assert [message.state for message in stored] == [State.QUEUED] * (1 + len(cc))
    (refusal,) = accepted.message.failed_attempts
    assert (refusal.number, refusal.at) == (0, NOON_TEXT)
    assert refusal.reason == f"MISSING_CONTENT: {first.message.reason}"
    assert world.accept(corrected).idempotency_result is SendResult.IDEMPOTENT_IGNORE
    assert world.accept(LACKING).idempotency_result is SendResult.IDEMPOTENT_FAIL


def test_a_send_that_was_refused_after_it_was_queued_keeps_its_id() -> None:
    world = World()
    key = world.accept(a_request(send_id="one")).message.key
    world.clock.now += 1
    world.sends.settle(key, Transition.REFUSE, now=world.clock(), result=SendResult.MISSING_CONTENT)
    again = world.accept(a_request(send_id="one", digest="corrected"))
    assert again.idempotency_result is SendResult.IDEMPOTENT_FAIL


class _Broken(MemoryQueue):
    error: BaseException = ConnectionError("queue is gone")

    def enqueue(self, send: Send, *, delay_seconds: int = 0) -> None:
        raise self.error


def test_what_cannot_be_queued_was_not_accepted() -> None:
    world = World(queue=_Broken())
    with pytest.raises(ConnectionError):
        world.accept(a_request(send_id="order-42"))
    assert world.sends.stored == {}
    world.queue = MemoryQueue()
    assert world.accept(a_request(send_id="order-42")).idempotency_result is None
    assert len(world.queued()) == 1


def test_a_repeat_queues_a_send_whose_first_request_died_before_queueing() -> None:
    world = World(queue=_Broken())
    world.queue.error = Killed()  # type: ignore[attr-defined]  # the broken queue's
    world.sends.rollback = lambda messages: None  # type: ignore[method-assign]  # a dead process undoes nothing
    with pytest.raises(Killed):
        world.accept(a_request(send_id="order-42"))
    world.queue = MemoryQueue()
    world.clock.now += 5
    again = world.accept(a_request(send_id="order-42"))
    assert again.idempotency_result is SendResult.IDEMPOTENT_IGNORE
    ((send, _),) = world.queue.waiting
    assert (send.id, send.accepted_at) == (again.message.key.send_id, NOON_TEXT)


LEFT = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="test")
STATUSES: dict[SendResult, Callable[[MemoryContacts], object]] = {
    SendResult.PREVIOUSLY_BOUNCED: lambda contacts: contacts.quarantine("ada@example.net", NOON_TEXT, "550"),
    SendResult.PREVIOUS_SPAM: lambda contacts: contacts.mark_complained("ada@example.net", NOON_TEXT),
    SendResult.PREVIOUSLY_UNSUBSCRIBED_MESSAGE: lambda contacts: contacts.set_subscription(
        "ada@example.net", "news", LEFT
    ),
    SendResult.PREVIOUSLY_UNSUBSCRIBED_PORTAL: lambda contacts: contacts.set_subscription(
        "ada@example.net", EVERYTHING, LEFT
    ),
}


@pytest.mark.parametrize("result", STATUSES)
@pytest.mark.parametrize("subcategory", [Subcategory.SINGLE_SEND_API, Subcategory.MARKETING_SINGLE_SEND_API])
def test_what_is_not_transactional_obeys_its_recipients_status(result: SendResult, subcategory: Subcategory) -> None:
    """Whatever its endpoint; what is transactional does not."""
    world = World()
    STATUSES[result](world.contacts)
    assert world.accept(a_request()).message.state is State.QUEUED
    world.emails.live[7] = an_email(subscription="news", subcategory=subcategory)
    accepted = world.accept(a_request(recipients=recipients("Ada@Example.net")))
    assert (accepted.message.state, accepted.message.result) == (State.REFUSED, result)
    assert len(world.queued()) == 1
    assert world.accept(a_request(recipients=recipients("bob@example.net"))).message.state is State.QUEUED


@pytest.mark.parametrize("types", [{}, {"news": a_subscription_type(active=False)}])
def test_an_email_without_an_active_subscription_type_is_not_sent(types: dict[str, SubscriptionType]) -> None:
    world = World(types=MemorySubscriptionTypes(types))
    world.emails.live[7] = an_email(subscription="news")
    message = world.accept(a_request()).message
    assert (message.state, message.result) == (State.REFUSED, SendResult.EMAIL_DISABLED)
    assert "'news'" in message.reason


def test_a_message_remembers_its_subscription_type() -> None:
    world = World()
    world.emails.live[7] = an_email(subscription="news")
    assert world.accept(a_request()).message.subscription == "news"


class Unasked:
    """A port that nobody may call."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked")


def test_transactional_mail_costs_no_look_at_the_contact() -> None:
    nobody: Any = Unasked()
    world = World(contacts=nobody, types=nobody)
    assert world.accept(a_request()).message.state is State.QUEUED


def test_a_paused_email_is_refused_at_once() -> None:
    """With what was read of it anyway."""
    world = World()
    world.emails.live[7] = an_email(pause=Pause(NOON_TEXT, "ada@example.com", "wrong prices"))
    message = world.accept(a_request()).message
    assert (message.state, message.result) == (State.REFUSED, SendResult.EMAIL_DISABLED)
    assert message.reason == f"email 7 is paused since {NOON_TEXT}: wrong prices"
    assert world.queued() == []
