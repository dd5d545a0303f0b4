"""A message's history: every status, every kind of event and every attempt has words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.account.price_list import price_list
from functions.core.account.prices import IpPoolType, PlanName, of_message
from functions.core.events import message_history, status_codes
from functions.core.events.message_history import MessageOutcome, MessageStatus
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.send import FAILED_ATTEMPTS_MAX, Attempt, Message, State
from tests.support.examples import NOON_TEXT, a_message
from tests.support.timeline_events import FACTS, LATER, fact


def sent_message(*facts: TimelineEvent, **changed: Any) -> Message:
    return a_message(state=State.SENT, **changed, timeline={one.key: one.to_item() for one in facts})


@given(st.lists(FACTS, max_size=6), st.sampled_from(State), st.integers(0, 3))
def test_every_message_has_a_history(facts: list[TimelineEvent], state: State, attempts: int) -> None:
    """This holds for every combination of events."""
    message = a_message(
        state=state, attempts=attempts, due_at=NOON_TEXT, timeline={one.key: one.to_item() for one in facts}
    )
    assert message_history.summary(message)
    assert len(message_history.attempts(message)) == attempts
    for event in message_history.events(message):
        assert event.meaning
        assert (event.machine is None) is (event.fact["kind"] not in {"OPENED", "CLICKED"})


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (fact(TimelineEventType.SENT), "SES accepted the mail"),
        (fact(TimelineEventType.DELIVERED), "mail server accepted the mail"),
        (
            fact(TimelineEventType.BOUNCED, type="Permanent", subtype="General", status="5.1.1"),
            "permanently: the mailbox does not exist",
        ),
        (
            fact(TimelineEventType.BOUNCED, type="Permanent", subtype="NoEmail"),
            "permanently: the mailbox does not exist",
        ),
        (fact(TimelineEventType.BOUNCED, type="Transient", subtype="MailboxFull"), "for now: the mailbox is full"),
        (
            fact(TimelineEventType.BOUNCED, type="Transient", response="smtp; 452 4.2.2 over quota"),
            "for now: the mailbox is full",
        ),
        (fact(TimelineEventType.BOUNCED, type="Permanent", subtype="OnAccountSuppressionList"), "can be removed there"),
        (fact(TimelineEventType.BOUNCED, type="Permanent", subtype="OnTenantSuppressionList"), "the tenant's"),
        (fact(TimelineEventType.BOUNCED, type="Permanent", subtype="Suppressed"), "expires by itself"),
        (
            fact(
                TimelineEventType.BOUNCED,
                type="Transient",
                subtype="ContentRejected",
                status="5.3.0",
                response="smtp; 550 spam detected",
            ),
            "refuses its content. The same mail would bounce again: change its content.",
        ),
        (
            fact(TimelineEventType.BOUNCED, type="Transient", subtype="AttachmentRejected", status="5.7.1"),
            "refuses an attachment. The same mail would bounce again",
        ),
        (
            fact(TimelineEventType.BOUNCED, type="Transient", subtype="MessageTooLarge", status="5.3.0"),
            "larger than the mailbox takes. The same mail would bounce again: make it smaller.",
        ),
        (
            fact(TimelineEventType.BOUNCED, type="Transient", subtype="MailboxFull", status="5.7.1"),
            "for now: the mailbox is full. Another mail may arrive.",
        ),
        (
            fact(TimelineEventType.BOUNCED, type="Transient", subtype="General", status="4.4.7"),
            "in time. SES tried for hours; another mail may arrive.",
        ),
        (fact(TimelineEventType.BOUNCED, type="Undetermined"), "gave no reason"),
        (fact(TimelineEventType.COMPLAINED, type="abuse"), "as spam"),
        (fact(TimelineEventType.COMPLAINED, type="abuse", shared=True), "One of several recipients"),
        (fact(TimelineEventType.COMPLAINED, type="not-spam"), "out of the spam folder"),
        (fact(TimelineEventType.COMPLAINED, type="auth-failure"), "failed its authentication checks"),
        (fact(TimelineEventType.COMPLAINED, type="virus"), "a virus"),
        (fact(TimelineEventType.COMPLAINED, subtype="OnAccountSuppressionList"), "complained before"),
        (fact(TimelineEventType.REJECTED, reason="Bad content"), "Bad content"),
        (
            fact(TimelineEventType.DELAYED, type="MailboxFull", until="2026-11-24T12:00:00.000Z"),
            "the mailbox is full. SES continues its attempts until 2026-11-24 12:00 UTC",
        ),
        (
            fact(
                TimelineEventType.DELAYED,
                type="IPFailure",
                status="4.7.1",
                response="smtp; 451 4.7.1 Too many messages from 192.0.2.9",
            ),
            "The server answered: smtp; 451 4.7.1 Too many messages from 192.0.2.9",
        ),
        (fact(TimelineEventType.DELAYED, type="new"), "does not accept the mail yet. SES continues its attempts."),
        (fact(TimelineEventType.OPENED), "was opened"),
        (fact(TimelineEventType.OPENED, shared=True), "does not report which"),
        (fact(TimelineEventType.CLICKED, link="https://shop.example/"), "https://shop.example/"),
        (fact(TimelineEventType.UNSUBSCRIBED, subscription="news"), "unsubscribed from news"),
        (fact(TimelineEventType.UNSUBSCRIBED, subscription="*"), "The recipient unsubscribed."),
        (fact(TimelineEventType.SUBSCRIBED), "subscribed"),
    ],
)
def test_an_event_has_a_plain_description(one: TimelineEvent, words: str) -> None:
    assert words in message_history.description(one.to_item())


@pytest.mark.parametrize(
    ("message", "status", "words"),
    [
        (a_message(state=State.SCHEDULED, due_at=LATER), MessageStatus.SCHEDULED, "at 2026-11-23 12:00 UTC"),
        (a_message(), MessageStatus.QUEUED, "It waits to be sent."),
        (a_message(reason="Throttling"), MessageStatus.QUEUED, "after: Throttling."),
        (a_message(state=State.SENDING), MessageStatus.SENDING, "being sent to SES"),
        (
            a_message(state=State.REFUSED, result=SendResult.MISSING_CONTENT, reason="there is no email 7"),
            MessageStatus.REFUSED,
            "It was not sent: there is no email 7.",
        ),
        (
            a_message(state=State.FAILED, result=SendResult.UNDELIVERABLE),
            MessageStatus.FAILED,
            "could not be sent: UNDELIVERABLE.",
        ),
        (a_message(state=State.CANCELED), MessageStatus.CANCELED, "canceled"),
        (sent_message(), MessageStatus.SENT, "tries to deliver"),
        (
            sent_message(fact(TimelineEventType.SENT), fact(TimelineEventType.DELAYED, type="General")),
            MessageStatus.DELAYED,
            "delayed",
        ),
        (
            sent_message(fact(TimelineEventType.BOUNCED, type="Transient", subtype="MailboxFull")),
            MessageStatus.SOFT_BOUNCED,
            "mailbox is full",
        ),
        (sent_message(fact(TimelineEventType.DELIVERED)), MessageStatus.DELIVERED, "The mail was delivered."),
        (
            sent_message(fact(TimelineEventType.DELIVERED), fact(TimelineEventType.OPENED, LATER, agent="Thunderbird")),
            MessageStatus.DELIVERED,
            "a person opened it",
        ),
        (
            sent_message(fact(TimelineEventType.DELIVERED), fact(TimelineEventType.OPENED, LATER, machine=True)),
            MessageStatus.DELIVERED,
            "The mail was delivered.",
        ),
        (
            sent_message(
                fact(TimelineEventType.DELIVERED), fact(TimelineEventType.BOUNCED, type="Transient", subtype="General")
            ),
            MessageStatus.DELIVERED,
            "The mail was delivered.",
        ),
        (
            sent_message(
                fact(TimelineEventType.DELIVERED),
                fact(TimelineEventType.BOUNCED, type="Transient", subtype="MailboxFull", status="5.2.2"),
                fact(TimelineEventType.BOUNCED, LATER, type="Transient", subtype="General"),
            ),
            MessageStatus.SOFT_BOUNCED,
            "mailbox is full",
        ),
        (
            sent_message(fact(TimelineEventType.BOUNCED, type="Transient", subtype="General")),
            MessageStatus.SOFT_BOUNCED,
            "automatic reply",
        ),
        (sent_message(fact(TimelineEventType.UNSUBSCRIBED)), MessageStatus.DELIVERED, "its recipient used it"),
        (sent_message(fact(TimelineEventType.REJECTED)), MessageStatus.REJECTED, "discarded it"),
        (
            sent_message(fact(TimelineEventType.BOUNCED, subtype="Suppressed")),
            MessageStatus.SUPPRESSED,
            "made no attempt",
        ),
        (
            sent_message(
                fact(TimelineEventType.BOUNCED, type="Permanent"),
                fact(TimelineEventType.BOUNCED, LATER, type="Transient", subtype="MailboxFull"),
            ),
            MessageStatus.BOUNCED,
            "permanently",
        ),
        (
            sent_message(
                fact(TimelineEventType.COMPLAINED), fact(TimelineEventType.COMPLAINED, LATER, type="not-spam")
            ),
            MessageStatus.COMPLAINED,
            "as spam",
        ),
    ],
)
def test_each_status_has_a_sentence(message: Message, status: MessageStatus, words: str) -> None:
    assert message_history.status_of(message) is status
    assert words in message_history.summary(message)


def outcomes(message: Message) -> list[tuple[int, MessageOutcome, str]]:
    return [(one.number, one.outcome, one.answer) for one in message_history.attempts(message)]


def test_each_attempt_has_the_response_of_ses() -> None:
    throttled = Attempt(1, NOON_TEXT, "Throttling: Maximum sending rate exceeded")
    taken = sent_message(attempts=3, failed_attempts=(throttled,), settled_at=LATER, ses_message_id="0102")
    assert outcomes(taken) == [
        (1, MessageOutcome.RELEASED, throttled.reason),
        (2, MessageOutcome.UNKNOWN, ""),  # its worker died, or SES did not answer: it was not recorded
        (3, MessageOutcome.TAKEN, "0102"),
    ]
    assert [one.at for one in message_history.attempts(taken)] == [NOON_TEXT, None, LATER]


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (State.SENDING, MessageOutcome.UNDER_WAY),
        (State.REFUSED, MessageOutcome.REFUSED),
        (State.FAILED, MessageOutcome.UNKNOWN),
        (State.QUEUED, MessageOutcome.UNKNOWN),
    ],
)
def test_the_last_attempt_follows_the_message(state: State, outcome: MessageOutcome) -> None:
    (last,) = message_history.attempts(a_message(state=state, attempts=1, reason="MessageRejected"))
    assert (last.outcome, last.answer) == (outcome, "MessageRejected" if outcome is MessageOutcome.REFUSED else "")


def test_a_refusal_after_a_failed_attempt_is_no_attempt() -> None:
    """Its recipient unsubscribed while it waited."""
    message = a_message(
        state=State.REFUSED, attempts=1, failed_attempts=(Attempt(1, NOON_TEXT, "down"),), reason="left"
    )
    assert outcomes(message) == [(1, MessageOutcome.RELEASED, "down")]


def test_only_the_first_and_the_last_attempts_are_listed() -> None:
    failed = tuple(Attempt(number, NOON_TEXT, "Throttling") for number in range(1, FAILED_ATTEMPTS_MAX + 1))
    numbers = [one.number for one in message_history.attempts(sent_message(attempts=500, failed_attempts=failed))]
    assert numbers == [*range(1, FAILED_ATTEMPTS_MAX + 1), 500]


@pytest.mark.parametrize(
    ("texts", "meaning"),
    [
        (["5.1.1"], "the mailbox does not exist"),
        (["", "smtp; 550 5.1.1 no such user"], "the mailbox does not exist"),
        ([None, "550-5.7.26 unauthenticated"], "the mail failed the recipient's authentication checks (SPF, DKIM)"),
        (["5.7.999"], "the recipient's mail server refuses it by its rules"),
        (["4.99.1"], None),
        (["connected to 5.1.1.7"], None),
        (["15.1.1"], None),
        ([], None),
    ],
)
def test_enhanced_status_codes_have_a_meaning(texts: list[str | None], meaning: str | None) -> None:
    assert status_codes.meaning(*texts) == meaning


def test_an_accepted_mail_costs_by_pool_and_attachments() -> None:
    sent = sent_message(attached=2_000_000)
    free = PlanName.A_LA_CARTE
    parts = of_message(price_list(), sent, free, IpPoolType.MANAGED)
    assert parts == {"mail": 0.0001, "dedicatedIp": 0.00008, "attachments": 0.00024}
    for pool in (IpPoolType.STANDARD, IpPoolType.SHARED):
        assert of_message(price_list(), sent_message(), free, pool) == {"mail": 0.0001}
    for state in set(State) - {State.SENT}:
        assert of_message(price_list(), a_message(state=state, attached=5), free, IpPoolType.MANAGED) == {}


def test_a_mail_costs_by_the_plan() -> None:
    essentials, pro = (
        of_message(price_list(), sent_message(), plan, IpPoolType.MANAGED)
        for plan in (PlanName.ESSENTIALS, PlanName.PRO)
    )
    assert essentials == {"mail": 0.00016, "dedicatedIp": 0.00008}
    assert pro == {"mail": 0.00022}, "Pro includes managed addresses"


def test_a_corrected_request_shows_its_refusal() -> None:
    refused = Attempt(0, NOON_TEXT, "MISSING_CONTENT: there is no email 8")
    failed = Attempt(1, LATER, "SES is down")
    message = a_message(attempts=1, failed_attempts=(refused, failed))
    assert [(one.number, one.outcome, one.answer) for one in message_history.attempts(message)] == [
        (0, MessageOutcome.REFUSED, refused.reason),
        (1, MessageOutcome.RELEASED, failed.reason),
    ]
