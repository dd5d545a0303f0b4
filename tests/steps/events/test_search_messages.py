"""Search finds what there is, each once and the newest first, however it is paged and whatever is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core import timestamps
from functions.core.errors import Rejected
from functions.core.events import email_events, pagination
from functions.core.events.email_events import EmailEvent, EventType
from functions.core.events.message_history import Fate
from functions.core.events.pagination import Cursor, Place
from functions.core.events.timeline import Fact, Kind
from functions.core.sending.send import Message, State
from functions.core.statistics.counter_updates import Change
from functions.steps.events import search_messages as searching
from functions.steps.events.list_email_events import Asked, EmailEvents
from functions.steps.events.search_messages import Page, Question, Search
from functions.steps.statistics.measure import measure
from tests.fakes import Clock
from tests.fakes.messages import MemoryListings, MemorySends
from tests.fakes.statistics import MemoryMetrics
from tests.support.examples import NOON, a_message

DAY = 86_400
ADA, BOB = "ada@example.net", "bob@example.org"


@dataclass
class World:
    sends: MemorySends = field(default_factory=MemorySends)
    metrics: MemoryMetrics = field(default_factory=MemoryMetrics)
    clock: Clock = field(default_factory=Clock)

    def add(self, *messages: Message) -> World:
        self.sends.create(messages)
        changes = [Change(number, None, message) for number, message in enumerate(messages, 1)]
        measure(f"shard-{len(self.sends.stored)}", changes, metrics=self.metrics, clock=self.clock)
        return self

    @property
    def search(self) -> Search:
        listings = MemoryListings(self.sends)
        return Search(listings=listings, metrics=self.metrics, clock=self.clock, retention_days=90)

    @property
    def events(self) -> EmailEvents:
        return EmailEvents(search=self.search, listings=MemoryListings(self.sends), metrics=self.metrics)

    def all(self, question: Question, limit: int = 3) -> list[Message]:
        """Every page of it."""
        found: list[Message] = []
        after: Place | None = None
        for _ in range(1000):
            page = self.search(question, after, limit)
            assert len(page.messages) <= limit
            found += page.messages
            if page.after is None:
                return found
            assert after is None or page.after < after, "it goes on"
            after = page.after
        raise AssertionError("it never ends")

    def all_events(self, asked: Asked, limit: int = 3) -> list[EmailEvent]:
        found: list[EmailEvent] = []
        after: Cursor | None = None
        for _ in range(1000):
            page = self.events.page(asked, after, limit)
            assert len(page.events) <= limit
            found += page.events
            if page.after is None:
                return found
            after = page.after
        raise AssertionError("it never ends")


def message(number: int, ago: float = 0, **changed: Any) -> Message:
    return a_message(f"s-{number}", accepted_at=timestamps.iso(NOON - ago), **changed)


def in_order(messages: list[Message]) -> list[Message]:
    return sorted(messages, key=pagination.place, reverse=True)


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
).map(lambda given: [message(number, **one) for number, one in enumerate(given)])
QUESTIONS = st.builds(
    Question,
    since=st.none() | st.sampled_from([DAY, 2 * DAY]).map(lambda ago: timestamps.iso(NOON - ago)),
    until=st.none() | st.sampled_from([0, 1, DAY]).map(lambda ago: timestamps.iso(NOON - ago)),
    recipients=st.sampled_from([(), (ADA,), (ADA, BOB)]),
    email_id=st.none() | st.integers(1, 3),
    accepted_by=st.none() | st.just("key-1"),
    fates=st.sets(st.sampled_from([Fate.SENT, Fate.FAILED, Fate.QUEUED])).map(frozenset),
)


@given(MESSAGES, QUESTIONS, st.integers(1, 7))
def test_every_message_that_fits_is_found_once_and_in_order(
    messages: list[Message], question: Question, limit: int
) -> None:
    wanted = [
        one
        for one in messages
        if question.fits(one)
        and (not question.recipients or one.address in question.recipients)
        and (question.since or "") <= one.accepted_at < (question.until or "9999")
    ]
    assert World().add(*messages).all(question, limit) == in_order(wanted)


def test_a_page_looks_at_a_bounded_number_and_says_that_there_is_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "READ", 10)
    monkeypatch.setattr(searching, "READ_MAX", 30)
    world = World().add(*(message(number, ago=number, state=State.SENT) for number in range(99)), message(99, ago=99))
    question = Question(email_id=7, fates=frozenset({Fate.QUEUED}))
    first = world.search(question, None, 5)
    assert (first.messages, first.after) == ([], pagination.place(message(29, ago=29)))
    assert world.all(question) == [message(99, ago=99)]


def test_a_long_time_without_mail_is_gone_through_in_bounded_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "DAYS_MAX", 10)
    old = message(1, ago=45 * DAY)
    world = World().add(old)
    first = world.search(Question(), None, 5)
    assert first == Page([], pagination.beginning("2026-11-14T00:00:00.000Z"))
    assert world.all(Question()) == [old]


def test_a_day_of_very_many_emails_asks_for_one_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "EMAILS_MAX", 2)
    world = World().add(*(message(number, email_id=number + 1) for number in range(3)))
    with pytest.raises(Rejected, match="3 emails were sent on 2026-11-23"):
        world.search(Question(), None, 5)
    assert world.all(Question(email_id=2)) == [message(1, email_id=2)]


def test_the_last_page_says_that_it_is() -> None:
    world = World().add(message(1), message(2))
    assert world.search(Question(email_id=7), None, 2).after is None


def a_life(number: int, ago: float, **changed: Any) -> Message:
    """Sent, delivered, opened by a machine and then by a person a day later."""
    facts = [
        Fact(kind=Kind.SENT, at=timestamps.iso(NOON - ago + 1)),
        Fact(kind=Kind.DELIVERED, at=timestamps.iso(NOON - ago + 2)),
        Fact(kind=Kind.OPENED, at=timestamps.iso(NOON - ago + 3), detail={"machine": True}),
        Fact(kind=Kind.OPENED, at=timestamps.iso(NOON - ago + DAY), detail={"agent": "Thunderbird"}),
    ]
    return message(number, ago, state=State.SENT, **changed, timeline={fact.key: fact.to_item() for fact in facts})


LIVES = [a_life(number, number * 3600, email_id=1 + number % 2, address=(ADA, BOB)[number % 2]) for number in range(6)]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_every_event_is_told_once_however_it_is_paged(limit: int) -> None:
    world = World().add(*LIVES)
    told = world.all_events(Asked(), limit)
    assert [event.id for event in told] == [event.id for one in in_order(LIVES) for event in email_events.of(one)]
    assert len(told) == 5 * len(LIVES)


def ms(ago: float) -> int:
    return round((NOON - ago) * 1000)


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        (Asked(types=frozenset({EventType.OPEN})), 12),
        (Asked(types=frozenset({EventType.OPEN}), people_only=True), 6),
        (Asked(types=frozenset({EventType.SENT, EventType.PROCESSED}), email_id=1), 6),
        (Asked(recipients=(BOB,)), 15),
        (Asked(recipients=("nobody@example.net",)), 0),
        (Asked(start=ms(-1)), 6 + 3),  # the later opens, and what became of the mail of noon
        (Asked(start=ms(-DAY), end=ms(-DAY)), 1),
        (Asked(start=ms(-DAY), end=ms(-DAY), recipients=(ADA,)), 1),
        (Asked(end=ms(3 * 3600)), 2 * 4 + 1),
        (Asked(end=ms(6 * 3600)), 0),
    ],
)
def test_events_are_chosen_by_what_is_asked(asked: Asked, number: int) -> None:
    assert len(World().add(*LIVES).all_events(asked)) == number


def test_of_a_recipient_even_a_late_event_is_found() -> None:
    """Of everybody's mail, only what was accepted in the week before the span is looked through."""
    late = a_life(1, 30 * DAY, address=ADA)
    opened = Fact(kind=Kind.OPENED, at=timestamps.iso(NOON - 60), detail={"agent": "Thunderbird"})
    world = World().add(
        message(1, 30 * DAY, state=State.SENT, address=ADA, timeline={**late.timeline, opened.key: opened.to_item()})
    )
    assert len(world.all_events(Asked(start=ms(120), recipients=(ADA,)))) == 1
    assert world.all_events(Asked(start=ms(120))) == []


def test_an_event_that_comes_between_two_pages_moves_no_other() -> None:
    world = World().add(*LIVES)
    first = world.events.page(Asked(), None, 2)
    new = Fact(kind=Kind.CLICKED, at=timestamps.iso(NOON + 2 * DAY), detail={"link": "https://shop.example/"})
    world.sends.record(LIVES[0].key, new)
    second = world.events.page(Asked(), first.after, 2)
    assert [event.id for event in [*first.events, *second.events]] == [
        event.id for event in email_events.of(LIVES[0])[:4]
    ]


def test_every_event_is_found_by_its_time_and_id() -> None:
    world = World().add(*LIVES)
    for life in LIVES:
        for event in email_events.of(life):
            assert world.events.one(event.created, event.id) == event
            assert world.events.one(event.created, event.id.upper()) == event
            assert world.events.one(event.created + 1, event.id) is None


@pytest.mark.parametrize("event_id", ["", "x", "ffffffff-ffff-ffff-ffff-ffffffffffff", "0" * 32])
def test_what_is_no_events_id_names_none(event_id: str) -> None:
    assert World().add(*LIVES).events.one(ms(0), event_id) is None
