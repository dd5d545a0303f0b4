"""Records one mail's events: in any order they give the same message."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from functions.core.events.ses_events import SesEvent
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import MessageKey, State
from functions.steps.events.record import RecordResult, record
from tests.fakes.sending import MemorySends
from tests.support.examples import NOON_TEXT, a_message

FACTS = [
    TimelineEvent(
        type=kind,
        at=f"2026-11-23T12:00:0{second}.000Z",
        details={"machine": False} if kind is TimelineEventType.OPENED else {},
    )
    for second, kind in enumerate(
        (
            TimelineEventType.SENT,
            TimelineEventType.DELAYED,
            TimelineEventType.DELIVERED,
            TimelineEventType.OPENED,
            TimelineEventType.COMPLAINED,
        )
    )
]


def event(fact: TimelineEvent, send_id: str = "s-1") -> SesEvent:
    return SesEvent(message=MessageKey(send_id, 0), ses_message_id="0102", sent_at=NOON_TEXT, fact=fact)


@given(st.permutations(FACTS), st.sampled_from([State.QUEUED, State.SENDING, State.FAILED, State.SENT]))
def test_events_in_any_order_and_number_end_alike(order: list[TimelineEvent], state: State) -> None:
    sends = MemorySends()
    sends.create([a_message(state=state)])
    for fact in order + order[:2]:
        assert record(event(fact), sends=sends) is RecordResult.RECORDED
    (message,) = sends.stored.values()
    assert message.state is State.SENT
    assert dict(message.timeline) == {fact.key: fact.to_item() for fact in FACTS}


def test_a_rejection_does_not_settle_a_message() -> None:
    sends = MemorySends()
    sends.create([a_message(state=State.SENDING)])
    record(event(TimelineEvent(type=TimelineEventType.REJECTED, at=NOON_TEXT)), sends=sends)
    assert sends.stored[MessageKey("s-1", 0)].state is State.SENDING


def test_an_external_event_is_stored_nowhere() -> None:
    sends = MemorySends()
    assert record(replace(event(FACTS[0]), message=None), sends=sends) is RecordResult.FOREIGN
    assert sends.stored == {}


def test_an_event_of_an_unknown_send_is_stored_nowhere() -> None:
    sends = MemorySends()
    assert record(event(FACTS[0], "nobody"), sends=sends) is RecordResult.UNKNOWN
    assert sends.stored == {}
