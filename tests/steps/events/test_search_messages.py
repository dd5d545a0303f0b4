"""A search lists every matching message once and the newest first, at any page size and for any query."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core import timestamps
from functions.core.errors import Rejected
from functions.core.events import email_events, pagination
from functions.core.events.email_events import EmailEvent, EmailEventType
from functions.core.events.message_history import MessageStatus
from functions.core.events.pagination import Cursor, Position
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import Message, State
from functions.core.statistics.counter_updates import Change
from functions.ports.sending import BroadcastMessages
from functions.steps.events import search_messages as searching
from functions.steps.events.list_email_events import EventQuery, ListEmailEvents
from functions.steps.events.search_messages import MessageQuery, MessageResults, SearchMessages
from functions.steps.statistics.measure import measure
from tests.fakes import Clock
from tests.fakes.sending import MemoryListings, MemoryMessageIndex, MemorySends, no_broadcasts
from tests.fakes.statistics import MemoryCounters
from tests.support.examples import NOON, a_message

DAY = 86_400
ADA, BOB = "ada@example.net", "bob@example.org"


@dataclass
class SearchScenario:
    sends: MemorySends = field(default_factory=MemorySends)
    listings: MemoryListings = field(default_factory=MemoryListings)
    metrics: MemoryCounters = field(default_factory=MemoryCounters)
    clock: Clock = field(default_factory=Clock)
    of_broadcasts: BroadcastMessages = no_broadcasts

    def add(self, *messages: Message) -> SearchScenario:
        self.sends.create(messages)
        changes = [Change(number, None, message) for number, message in enumerate(messages, 1)]
        shard = f"shard-{len(self.sends.stored)}"
        measure(shard, changes, listings=self.listings, metrics=self.metrics, clock=self.clock)
        return self

    @property
    def index(self) -> MemoryMessageIndex:
        return MemoryMessageIndex(self.sends, self.listings)

    @property
    def search(self) -> SearchMessages:
        return SearchMessages(
            messages=self.index,
            of_broadcasts=self.of_broadcasts,
            metrics=self.metrics,
            clock=self.clock,
            retention_days=90,
        )

    @property
    def events(self) -> ListEmailEvents:
        return ListEmailEvents(
            search=self.search,
            messages=self.index,
            of_broadcasts=self.of_broadcasts,
            metrics=self.metrics,
        )

    def all(self, query: MessageQuery, limit: int = 3) -> list[Message]:
        """Every page of it."""
        listed: list[Message] = []
        after: Position | None = None
        for _ in range(1000):
            page = self.search(query, after, limit)
            assert len(page.messages) <= limit
            listed += page.messages
            if page.next_cursor is None:
                return listed
            assert after is None or page.next_cursor < after, "it goes on"
            after = page.next_cursor
        raise AssertionError("it never ends")

    def all_events(self, query: EventQuery, limit: int = 3) -> list[EmailEvent]:
        listed: list[EmailEvent] = []
        after: Cursor | None = None
        for _ in range(1000):
            page = self.events.page(query, after, limit)
            assert len(page.events) <= limit
            listed += page.events
            if page.after is None:
                return listed
            after = page.after
        raise AssertionError("it never ends")


def message(number: int, ago: float = 0, **changed: Any) -> Message:
    return a_message(f"s-{number}", accepted_at=timestamps.iso(NOON - ago), **changed)


def in_order(messages: list[Message]) -> list[Message]:
    return sorted(messages, key=pagination.position_of, reverse=True)


MESSAGES = st.lists(
    st.builds(
        lambda ago, email_id, address, state, by: {
            "ago": ago,
            "email_id": email_id,
            "address": address,
            "state": state,
            "accepted_by": by,
        },
        st.sampled_from([0, 0, 1, 3600, DAY / 2, DAY, 3 * DAY, 90 * DAY]),
        st.integers(1, 3),
        st.sampled_from([ADA, BOB]),
        st.sampled_from([State.QUEUED, State.SENT, State.FAILED]),
        st.sampled_from(["key-1", "key-2"]),
    ),
    max_size=25,
).map(lambda fields: [message(number, **one) for number, one in enumerate(fields)])
QUERIES = st.builds(
    MessageQuery,
    since=st.none() | st.sampled_from([DAY, 2 * DAY]).map(lambda ago: timestamps.iso(NOON - ago)),
    until=st.none() | st.sampled_from([0, 1, DAY]).map(lambda ago: timestamps.iso(NOON - ago)),
    recipients=st.sampled_from([(), (ADA,), (ADA, BOB)]),
    email_id=st.none() | st.integers(1, 3),
    accepted_by=st.none() | st.just("key-1"),
    statuses=st.sets(st.sampled_from([MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.QUEUED])).map(frozenset),
)


@given(MESSAGES, QUERIES, st.integers(1, 7))
def test_every_matching_message_is_listed_once_and_in_order(
    messages: list[Message], query: MessageQuery, limit: int
) -> None:
    expected = [
        one
        for one in messages
        if query.matches(one)
        and (not query.recipients or one.address in query.recipients)
        and (query.since or "") <= one.accepted_at < (query.until or "9999")
    ]
    assert SearchScenario().add(*messages).all(query, limit) == in_order(expected)


def test_a_span_may_end_where_the_calendar_begins() -> None:
    scenario = SearchScenario().add(message(1))
    assert scenario.all(MessageQuery(email_id=7, until=timestamps.iso(timestamps.FIRST))) == []


def test_a_page_reads_a_bounded_number_of_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "READ_BATCH", 10)
    monkeypatch.setattr(searching, "READ_MAX", 30)
    scenario = SearchScenario().add(
        *(message(number, ago=number, state=State.SENT) for number in range(99)), message(99, ago=99)
    )
    query = MessageQuery(email_id=7, statuses=frozenset({MessageStatus.QUEUED}))
    first = scenario.search(query, None, 5)
    assert (first.messages, first.next_cursor) == ([], pagination.position_of(message(29, ago=29)))
    assert scenario.all(query) == [message(99, ago=99)]


def test_a_page_reads_a_bounded_number_of_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "DAYS_MAX", 10)
    old = message(1, ago=45 * DAY)
    scenario = SearchScenario().add(old)
    first = scenario.search(MessageQuery(), None, 5)
    assert first == MessageResults([], pagination.start_of("2026-11-14T00:00:00.000Z"))
    assert scenario.all(MessageQuery()) == [old]


def test_a_day_of_too_many_emails_needs_a_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "EMAILS_MAX", 2)
    scenario = SearchScenario().add(*(message(number, email_id=number + 1) for number in range(3)))
    with pytest.raises(Rejected, match="3 emails were sent on 2026-11-23"):
        scenario.search(MessageQuery(), None, 5)
    assert scenario.all(MessageQuery(email_id=2)) == [message(1, email_id=2)]


def test_the_last_page_has_no_cursor() -> None:
    scenario = SearchScenario().add(message(1), message(2))
    assert scenario.search(MessageQuery(email_id=7), None, 2).next_cursor is None


def a_life(number: int, ago: float, **changed: Any) -> Message:
    """Sent, delivered, opened by a machine and then by a person a day later."""
    facts = [
        TimelineEvent(type=TimelineEventType.SENT, at=timestamps.iso(NOON - ago + 1)),
        TimelineEvent(type=TimelineEventType.DELIVERED, at=timestamps.iso(NOON - ago + 2)),
        TimelineEvent(type=TimelineEventType.OPENED, at=timestamps.iso(NOON - ago + 3), details={"machine": True}),
        TimelineEvent(
            type=TimelineEventType.OPENED, at=timestamps.iso(NOON - ago + DAY), details={"agent": "Thunderbird"}
        ),
    ]
    return message(number, ago, state=State.SENT, **changed, timeline={fact.key: fact.to_item() for fact in facts})


LIVES = [a_life(number, number * 3600, email_id=1 + number % 2, address=(ADA, BOB)[number % 2]) for number in range(6)]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_every_event_is_listed_once_at_any_page_size(limit: int) -> None:
    scenario = SearchScenario().add(*LIVES)
    listed = scenario.all_events(EventQuery(), limit)
    assert [event.id for event in listed] == [event.id for one in in_order(LIVES) for event in email_events.of(one)]
    assert len(listed) == 5 * len(LIVES)


def ms(ago: float) -> int:
    return round((NOON - ago) * 1000)


@pytest.mark.parametrize(
    ("query", "number"),
    [
        (EventQuery(types=frozenset({EmailEventType.OPEN})), 12),
        (EventQuery(types=frozenset({EmailEventType.OPEN}), people_only=True), 6),
        (EventQuery(types=frozenset({EmailEventType.SENT, EmailEventType.PROCESSED}), email_id=1), 6),
        (EventQuery(recipients=(BOB,)), 15),
        (EventQuery(recipients=("nobody@example.net",)), 0),
        (EventQuery(start=ms(-1)), 6 + 3),  # the later opens, and what became of the mail of noon
        (EventQuery(start=ms(-DAY), end=ms(-DAY)), 1),
        (EventQuery(start=ms(-DAY), end=ms(-DAY), recipients=(ADA,)), 1),
        (EventQuery(end=ms(3 * 3600)), 2 * 4 + 1),
        (EventQuery(end=ms(6 * 3600)), 0),
    ],
)
def test_events_are_filtered_by_the_query(query: EventQuery, number: int) -> None:
    assert len(SearchScenario().add(*LIVES).all_events(query)) == number


def test_a_recipients_late_event_is_listed() -> None:
    """A query without a recipient reads only messages accepted in the week before the span."""
    late = a_life(1, 30 * DAY, address=ADA)
    opened = TimelineEvent(
        type=TimelineEventType.OPENED, at=timestamps.iso(NOON - 60), details={"agent": "Thunderbird"}
    )
    scenario = SearchScenario().add(
        message(1, 30 * DAY, state=State.SENT, address=ADA, timeline={**late.timeline, opened.key: opened.to_item()})
    )
    assert len(scenario.all_events(EventQuery(start=ms(120), recipients=(ADA,)))) == 1
    assert scenario.all_events(EventQuery(start=ms(120))) == []


def test_a_new_event_between_two_pages_moves_no_other() -> None:
    scenario = SearchScenario().add(*LIVES)
    first = scenario.events.page(EventQuery(), None, 2)
    new = TimelineEvent(
        type=TimelineEventType.CLICKED, at=timestamps.iso(NOON + 2 * DAY), details={"link": "https://shop.example/"}
    )
    scenario.sends.record(LIVES[0].key, new)
    second = scenario.events.page(EventQuery(), first.after, 2)
    assert [event.id for event in [*first.events, *second.events]] == [
        event.id for event in email_events.of(LIVES[0])[:4]
    ]


def test_every_event_can_be_read_by_time_and_id() -> None:
    scenario = SearchScenario().add(*LIVES)
    for life in LIVES:
        for event in email_events.of(life):
            assert scenario.events.get(event.created, event.id) == event
            assert scenario.events.get(event.created, event.id.upper()) == event
            assert scenario.events.get(event.created + 1, event.id) is None


@pytest.mark.parametrize("event_id", ["", "x", "ffffffff-ffff-ffff-ffff-ffffffffffff", "0" * 32])
def test_an_invalid_event_id_has_no_event(event_id: str) -> None:
    assert SearchScenario().add(*LIVES).events.get(ms(0), event_id) is None
