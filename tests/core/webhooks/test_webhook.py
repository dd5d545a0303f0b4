"""Webhooks' rules: a message's events, the pause of an endpoint, and its retries."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.send import Message, State
from functions.core.webhooks import webhook, webhook_events
from functions.core.webhooks.webhook import (
    PAUSE_AFTER_SECONDS,
    RETRY_SECONDS,
    DeliveryAttempt,
    DeliveryState,
    FormerSecret,
)
from functions.core.webhooks.webhook_events import DESCRIPTION, MessageEventType
from tests.support.examples import NOON, NOON_TEXT, a_message
from tests.support.webhooks import an_endpoint

LATER = "2026-11-23T12:05:00.000Z"


def with_facts(message: Message, *facts: TimelineEvent) -> Message:
    return replace(message, timeline={**message.timeline, **{fact.key: fact.to_item() for fact in facts}})


def fact(kind: TimelineEventType, at: str = LATER, **detail: Any) -> TimelineEvent:
    return TimelineEvent(type=kind, at=at, details=detail)


SENT = a_message(state=State.SENT, settled_at=NOON_TEXT, ses_message_id="ses-1", tags={"shop": "7"})


def new_types(before: Message | None, after: Message | None) -> list[str]:
    return [str(event.type) for event in webhook_events.new_events(before, after)]


def test_every_type_has_a_description() -> None:
    assert set(DESCRIPTION) == set(MessageEventType)


@pytest.mark.parametrize(
    ("message", "type_"),
    [
        (SENT, MessageEventType.SENT),
        (a_message(state=State.REFUSED, result=SendResult.PREVIOUSLY_BOUNCED), MessageEventType.REFUSED),
        (a_message(state=State.FAILED, result=SendResult.UNDELIVERABLE), MessageEventType.FAILED),
        (a_message(state=State.CANCELED), MessageEventType.CANCELED),
        (a_message(state=State.QUEUED), None),
        (a_message(state=State.SENDING), None),
        (a_message(state=State.SCHEDULED), None),
        (replace(SENT, is_test=True), None),
    ],
)
def test_the_outcome_of_an_attempt_is_an_event(message: Message, type_: MessageEventType | None) -> None:
    assert new_types(None, message) == ([type_] if type_ else [])


@pytest.mark.parametrize(
    ("kind", "detail", "type_", "details"),
    [
        (TimelineEventType.DELIVERED, {"response": "250 ok"}, MessageEventType.DELIVERED, {"response": "250 ok"}),
        (TimelineEventType.DELAYED, {}, MessageEventType.DELAYED, None),
        (
            TimelineEventType.BOUNCED,
            {"type": "Permanent"},
            MessageEventType.BOUNCED,
            {"type": "Permanent", "bounce": "hard"},
        ),
        (
            TimelineEventType.BOUNCED,
            {"type": "Transient"},
            MessageEventType.BOUNCED,
            {"type": "Transient", "bounce": "soft"},
        ),
        (
            TimelineEventType.BOUNCED,
            {"type": "Permanent", "subtype": "Suppressed"},
            MessageEventType.BOUNCED,
            {"type": "Permanent", "subtype": "Suppressed", "bounce": "suppressed"},
        ),
        (TimelineEventType.COMPLAINED, {"type": "abuse"}, MessageEventType.COMPLAINED, {"type": "abuse"}),
        (TimelineEventType.COMPLAINED, {"type": "not-spam"}, None, None),
        (TimelineEventType.COMPLAINED, {"type": "auth-failure"}, None, None),
        (TimelineEventType.COMPLAINED, {"type": "virus"}, None, None),
        (TimelineEventType.REJECTED, {}, MessageEventType.REJECTED, None),
        (
            TimelineEventType.OPENED,
            {"agent": "Mozilla/5.0"},
            MessageEventType.OPENED,
            {"agent": "Mozilla/5.0", "machine": True},
        ),
        (
            TimelineEventType.CLICKED,
            {"agent": "Firefox", "link": "https://a.example/"},
            MessageEventType.CLICKED,
            {"agent": "Firefox", "link": "https://a.example/", "machine": False},
        ),
        (TimelineEventType.UNSUBSCRIBED, {}, MessageEventType.UNSUBSCRIBED, None),
        (TimelineEventType.SUBSCRIBED, {}, MessageEventType.RESUBSCRIBED, None),
        (TimelineEventType.SENT, {}, None, None),
    ],
)
def test_each_report_is_an_event(
    kind: TimelineEventType, detail: dict[str, Any], type_: MessageEventType | None, details: dict[str, Any] | None
) -> None:
    """It has the report's details. The attempt emits SENT, and not every feedback is a complaint."""
    events = webhook_events.new_events(SENT, with_facts(SENT, fact(kind, **detail)))
    assert [event.type for event in events] == ([type_] if type_ else [])
    for event in events:
        assert event.data.get("details") == details
        assert event.body()["timestamp"] == LATER
        assert {"statusId": "s-1", "address": "ada@example.net", "tags": {"shop": "7"}}.items() <= event.data.items()


def test_an_automatic_reply_after_a_delivery_is_no_bounce() -> None:
    delivered = with_facts(SENT, fact(TimelineEventType.DELIVERED))
    reply = fact(TimelineEventType.BOUNCED, type="Transient", subtype="General")
    full = fact(TimelineEventType.BOUNCED, type="Transient", subtype="MailboxFull")
    assert new_types(delivered, with_facts(delivered, reply)) == []
    assert new_types(delivered, with_facts(delivered, full)) == ["email.bounced"]


def test_sent_is_emitted_once_for_any_source() -> None:
    """A failed message that SES accepted after all was sent. One that failed twice has two events."""
    failed = a_message(state=State.FAILED, settled_at=NOON_TEXT)
    assert new_types(failed, replace(failed, state=State.SENT)) == ["email.sent"]
    assert new_types(SENT, replace(SENT, settled_at=LATER)) == []
    assert new_types(failed, replace(failed, settled_at=LATER)) == ["email.failed"]


FACTS = st.lists(
    st.builds(
        fact,
        st.sampled_from(TimelineEventType),
        st.integers(0, 30).map(lambda seconds: timestamps.iso(NOON + seconds)),
    ),
    max_size=6,
)


@given(FACTS, st.data())
def test_each_event_is_emitted_once_in_any_batches(facts: list[TimelineEvent], data: st.DataObject) -> None:
    """One change or many, in any order, emit the same events once. All of them can be emitted again."""
    whole = with_facts(SENT, *facts)
    message, emitted = a_message(), list[str]()
    for step in [None, *data.draw(st.permutations(facts))]:
        after = with_facts(message, step) if step else SENT
        emitted += [event.id for event in webhook_events.new_events(message, after)]
        message = after
    assert sorted(emitted) == sorted(webhook_events.of(whole))


def test_an_active_endpoint_receives_its_event_types() -> None:
    (event,) = webhook_events.new_events(None, SENT)
    assert an_endpoint().subscribes_to(event)
    assert an_endpoint(event_types=("email.opened", "email.sent")).subscribes_to(event)
    assert not an_endpoint(event_types=("email.opened",)).subscribes_to(event)
    assert not an_endpoint(active=False).subscribes_to(event)
    assert not an_endpoint(paused_at=NOON_TEXT).subscribes_to(event)


def test_a_day_of_nothing_but_failures_pauses() -> None:
    failing = an_endpoint().after_failure(500, NOON)
    assert failing.is_active
    assert failing.after_failure(500, NOON + PAUSE_AFTER_SECONDS - 1) == failing
    assert failing.after_success() == an_endpoint()
    paused = failing.after_failure(0, NOON + PAUSE_AFTER_SECONDS)
    assert not paused.is_active
    assert paused.pause_reason == f"every attempt since {NOON_TEXT} failed"
    assert paused.resumed() == an_endpoint()


def test_an_endpoint_that_is_gone_is_paused_at_once() -> None:
    assert an_endpoint().after_failure(410, NOON).pause_reason == "the receiver answered 410 Gone"


def test_the_former_secret_signs_for_a_while() -> None:
    rotated = an_endpoint(secret_version=7, former=(FormerSecret(4, LATER),))
    assert rotated.secret_versions(NOON_TEXT) == (7, 4)
    assert rotated.secret_versions(LATER) == (7,)


def test_a_receiver_may_use_the_secret_before_the_last() -> None:
    """Who lost the new secret makes another one."""
    endpoint, hour = an_endpoint(secret_version=1), 3600
    for number in range(2, 10):
        endpoint = endpoint.rotated(number, NOON + number * hour)
    assert endpoint.secret_versions(timestamps.iso(NOON + 9 * hour)) == (9, 8, 7, 6, 5, 4)
    assert endpoint.secret_versions(timestamps.iso(NOON + 30 * hour)) == (9, 8, 7, 6)
    assert endpoint.rotated(10, NOON + 32 * hour).secret_versions(timestamps.iso(NOON + 32 * hour)) == (10, 9, 8)


def test_attempts_are_spread_over_a_day() -> None:
    assert list(RETRY_SECONDS) == sorted(RETRY_SECONDS)
    assert 23 * 3600 < sum(RETRY_SECONDS) < 24 * 3600


def test_the_log_of_a_delivery() -> None:
    (event,) = webhook_events.new_events(None, SENT)
    delivery = webhook.first("w-1", event)
    assert (delivery.id, delivery.send_id) == (f"20261123T120000000-{event.id}", "s-1")
    failed, succeeded = DeliveryAttempt(NOON_TEXT, 500, 3), DeliveryAttempt(LATER, 204, 3)
    retrying = webhook.attempted(delivery, failed, 300)
    assert (retrying.state, retrying.next_at, retrying.made) == (DeliveryState.RETRYING, LATER, 1)
    assert webhook.attempted(retrying, failed, None).state is DeliveryState.FAILED
    delivered = webhook.attempted(retrying, succeeded, None)
    assert (delivered.state, delivered.next_at, delivered.attempts) == (
        DeliveryState.DELIVERED,
        "",
        (failed, succeeded),
    )
    for _ in range(40):
        delivered = webhook.attempted(delivered, failed, 5)
    assert (len(delivered.attempts), delivered.made) == (webhook.ATTEMPTS_STORED, 42)
