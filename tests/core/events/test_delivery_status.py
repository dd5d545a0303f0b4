"""The delivery status of a mail, from every report of SES."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.events.delivery_status import Delivery, delivery, hard_bounce, spam_report, would_bounce_again
from functions.core.events.timeline import TimelineEvent, TimelineEventType

NOON = "2026-11-23T12:00:00.000Z"


def fact(kind: TimelineEventType, **detail: str) -> TimelineEvent:
    return TimelineEvent(type=kind, at=NOON, details=detail)


# Each event of SES, and its effect on each earlier status.
EVENTS = {
    "send": fact(TimelineEventType.SENT),
    "delay": fact(TimelineEventType.DELAYED, type="MailboxFull"),
    "mailbox full": fact(TimelineEventType.BOUNCED, type="Transient", subtype="MailboxFull"),
    "out of office": fact(TimelineEventType.BOUNCED, type="Transient", subtype="General"),
    "refused after all": fact(TimelineEventType.BOUNCED, type="Transient", subtype="General", status="4.4.7"),
    "undetermined": fact(TimelineEventType.BOUNCED, type="Undetermined", subtype="Undetermined"),
    "delivery": fact(TimelineEventType.DELIVERED),
    "open": fact(TimelineEventType.OPENED),
    "click": fact(TimelineEventType.CLICKED),
    "unsubscribe": fact(TimelineEventType.UNSUBSCRIBED),
    "subscribe": fact(TimelineEventType.SUBSCRIBED),
    "not spam": fact(TimelineEventType.COMPLAINED, type="not-spam"),
    "failed authentication": fact(TimelineEventType.COMPLAINED, type="auth-failure"),
    "virus report": fact(TimelineEventType.COMPLAINED, type="virus"),
    "virus": fact(TimelineEventType.REJECTED, reason="Bad content"),
    "suppressed": fact(TimelineEventType.BOUNCED, type="Permanent", subtype="OnAccountSuppressionList"),
    "complained before": fact(TimelineEventType.COMPLAINED, subtype="OnAccountSuppressionList"),
    "no such address": fact(TimelineEventType.BOUNCED, type="Permanent", subtype="General"),
    "spam": fact(TimelineEventType.COMPLAINED, type="abuse"),
}
# status before → by event in the order above: S sent, Y delayed, F soft bounced, D delivered, R rejected, X suppressed, B bounced, C complained
LETTERS = dict(zip("SYFDRXBC", Delivery, strict=True))
TABLE = {
    None: "S Y F F F F D D D D D D S S R X X B C",
    "send": "S Y F F F F D D D D D D S S R X X B C",
    "delay": "Y Y F F F F D D D D D D Y Y R X X B C",
    "mailbox full": "F F F F F F F D D D D D F F R X X B C",
    "out of office": "F F F F F F D D D D D D F F R X X B C",
    "delivery": "D D F D F F D D D D D D D D R X X B C",
    "virus": "R R R R R R R R R R R R R R R X X B C",
    "suppressed": "X X X X X X X X X X X X X X X X X B C",
    "no such address": "B B B B B B B B B B B B B B B B B B C",
    "spam": "C C C C C C C C C C C C C C C C C C C",
}


@pytest.mark.parametrize("before", TABLE)
@pytest.mark.parametrize("event", EVENTS)
def test_every_status_meets_every_event(before: str | None, event: str) -> None:
    expected = LETTERS[TABLE[before].split()[list(EVENTS).index(event)]]
    earlier = [EVENTS[before]] if before else []
    assert delivery(stored(*earlier, EVENTS[event])) is expected


def test_without_events_there_is_no_delivery_status() -> None:
    assert delivery({}) is None


@given(st.lists(st.sampled_from(list(EVENTS.values()))), st.randoms(use_true_random=False))
def test_the_order_and_the_number_of_events_change_nothing(facts: list[TimelineEvent], chance: random.Random) -> None:
    again = facts + facts
    chance.shuffle(again)
    assert delivery(stored(*again)) is delivery(stored(*facts))


@pytest.mark.parametrize(
    ("kind", "subtype", "counts"),
    [
        (TimelineEventType.BOUNCED, "General", True),
        (TimelineEventType.BOUNCED, "Suppressed", True),
        (TimelineEventType.BOUNCED, "OnAccountSuppressionList", False),
        (TimelineEventType.BOUNCED, "OnTenantSuppressionList", False),
        (TimelineEventType.COMPLAINED, "Suppressed", False),
    ],
)
def test_some_bounces_would_count_again(kind: TimelineEventType, subtype: str, counts: bool) -> None:
    assert would_bounce_again(fact(kind, type="Permanent", subtype=subtype).to_item()) is counts


def test_only_a_nonexistent_address_is_a_hard_bounce() -> None:
    assert [name for name, event in EVENTS.items() if hard_bounce(event.to_item())] == ["no such address"]
    assert [name for name, event in EVENTS.items() if spam_report(event.to_item())] == ["spam"]


def stored(*facts: TimelineEvent) -> dict[str, dict[str, object]]:
    """Returns a timeline. The details distinguish facts of one kind and instant."""
    return {f"{number}": one.to_item() for number, one in enumerate(facts)}
