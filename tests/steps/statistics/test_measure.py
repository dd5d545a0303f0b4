"""Measure: each change once, in few writes, and what callers and visitors choose stays within bounds."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from functions.core.errors import Retry
from functions.core.events import pagination
from functions.core.sending.send import Message, State
from functions.core.statistics import counters
from functions.core.statistics.counter_updates import (
    SLOTS,
    Change,
    CounterKey,
    CounterUpdate,
    Increment,
    Subject,
    SubjectType,
    additions,
    slot,
)
from functions.core.statistics.periods import FIRST, LAST, DateRange
from functions.steps.statistics.measure import TAGS_MAX, measure
from tests.fakes import Clock
from tests.fakes.sending import MemoryListings
from tests.fakes.statistics import MemoryCounters
from tests.support.examples import NOON, NOON_TEXT, a_message

ACCOUNT, EMAIL = Subject(SubjectType.ACCOUNT), Subject(SubjectType.EMAIL, "7")
HOURS, DAYS = DateRange(FIRST, LAST, days=False), DateRange(FIRST, LAST, days=True)
QUEUED, SENT = a_message(), a_message(state=State.SENT, attempts=1)
OPENED = replace(SENT, timeline={"o": {"kind": "OPENED", "at": NOON_TEXT, "machine": False}})
CLICKED = replace(SENT, timeline={"c": {"kind": "CLICKED", "at": NOON_TEXT, "link": "https://s.example/a?ada"}})


def history(*stages: Message | None) -> list[Change]:
    pairs = itertools.pairwise([None, *stages])
    return [Change(number, before, after) for number, (before, after) in enumerate(pairs, 1)]


def counted(
    changes: Sequence[Change],
    shard: str = "shard",
    metrics: MemoryCounters | None = None,
    listings: MemoryListings | None = None,
) -> MemoryCounters:
    metrics = metrics or MemoryCounters()
    measure(shard, changes, listings=listings or MemoryListings(), metrics=metrics, clock=Clock())
    return metrics


def total(metrics: MemoryCounters, subject: Subject = EMAIL, span: DateRange = HOURS) -> dict[str, int]:
    summed: Counter[str] = Counter()
    for one in metrics.read(subject, span):
        summed.update(one.counters)
    return {name: number for name, number in summed.items() if number}


def new(*messages: Message) -> list[Change]:
    return [Change(number, None, message) for number, message in enumerate(messages, 1)]


@pytest.mark.parametrize("span", [HOURS, DAYS])
@pytest.mark.parametrize("subject", [ACCOUNT, EMAIL])
def test_a_message_counts_at_its_acceptance(subject: Subject, span: DateRange) -> None:
    metrics = counted(history(QUEUED, SENT, OPENED))
    assert total(metrics, subject, span) == dict(counters.of(OPENED))
    assert [one.period for one in metrics.read(subject, span)] == ["2026-11-23" if span.days else "2026-11-23T12"]


def test_a_message_that_expires_goes_on_counting() -> None:
    assert total(counted(history(QUEUED, SENT, None))) == dict(counters.of(SENT))


def test_a_send_that_accept_undid_never_was() -> None:
    assert total(counted(history(QUEUED, None))) == {}


def test_links_are_counted_by_day_and_tags_like_emails() -> None:
    tags = {"kind": "receipt", "shop": "eu"}
    metrics = counted(history(replace(QUEUED, tags=tags), replace(CLICKED, tags=tags)))
    link = "https://s.example/a"
    assert total(metrics, Subject(SubjectType.LINKS, "7"), DAYS) == {f"click {link}": 1, f"clicks {link}": 1}
    for tag in ("kind=receipt", "shop=eu"):
        assert total(metrics, Subject(SubjectType.TAG, tag)) == dict(counters.of(CLICKED))
    assert metrics.tags("2026-11-23", "2026-11-23") == ["kind=receipt", "shop=eu"]
    assert metrics.emails("2026-11-23", "2026-11-23") == [7]


def test_tags_that_callers_make_up_are_bounded() -> None:
    """A message counts once among the others, however many tags of it came too late; and a replay changes no side."""
    messages = [a_message(f"s-{n}", tags={"order": f"{n:04}", "line": f"{n:04}"}) for n in range(TAGS_MAX)]
    metrics = counted(new(*messages))
    again = counted(new(*messages), metrics=metrics)
    assert len(metrics.tags("2026-11-23", "2026-11-23")) == TAGS_MAX
    assert total(again, Subject(SubjectType.TAG, "other")) == total(again, Subject(SubjectType.TAG, "order=other")) | {
        "selected": TAGS_MAX,
        "pending": TAGS_MAX,
    }
    tagged = sum(total(again, Subject(SubjectType.TAG, tag))["selected"] for tag in again.tags(FIRST, LAST))
    assert tagged == TAGS_MAX


def test_a_thousand_changes_cost_a_handful_of_writes() -> None:
    messages = [a_message(f"s-{number}") for number in range(143)]
    changes = [change for message in messages for change in history(*lives(message))]
    metrics = counted([replace(change, sequence=number) for number, change in enumerate(changes, 1)])
    assert (len(changes), metrics.writes) == (1001, 5)
    print(f"\n{len(changes)} changes, {metrics.writes} writes: {metrics.writes / len(messages):.3f} a message")  # noqa: T201 - a figure for people


def lives(message: Message) -> list[Message]:
    """Seven changes: accepted, claimed, sent, and four events."""
    sent = replace(message, state=State.SENT, attempts=1)
    facts = [("SENT", {}), ("DELIVERED", {}), ("OPENED", {}), ("CLICKED", {"link": "https://s.example/a"})]
    stages = [message, replace(message, state=State.SENDING, attempts=1), sent]
    for number, (kind, detail) in enumerate(facts):
        item = {"kind": kind, "at": f"2026-11-23T12:00:0{number}.000Z", **detail}
        stages.append(replace(sent, timeline={**stages[-1].timeline, str(number): item}))
    return stages


def test_shards_of_one_slot_do_not_hinder_each_other() -> None:
    """What one has read is still good after the other has written."""
    first = "shard-0"
    second = next(name for n in itertools.count(1) if slot(name := f"shard-{n}") == slot(first))

    class Interrupted(MemoryCounters):
        def add(self, cell: CounterKey, shard: str, addition: CounterUpdate) -> None:
            if shard == first and not self.get(cell, second).watermarks.keys() - {addition.shard}:
                counted(new(a_message("theirs")), second, self)
            super().add(cell, shard, addition)

    metrics = counted(new(a_message("ours")), first, Interrupted())
    assert total(metrics)["selected"] == total(metrics, ACCOUNT, DAYS)["selected"] == 2


def test_shards_spread_over_the_slots() -> None:
    assert {slot(f"shardId-{number:020}") for number in range(100)} == set(range(SLOTS))


def test_a_worker_that_was_thought_dead_adds_nothing_twice() -> None:
    """It read before the batch was counted by the one that took its place, and writes after."""
    metrics, cell = MemoryCounters(), CounterKey(EMAIL, "2026-11-23T12")
    (late,) = additions(metrics.get(cell, "shard"), "shard", [Increment(1, {"selected": 1})], NOON)
    counted(new(a_message()), metrics=metrics)
    with pytest.raises(Retry):
        metrics.add(cell, "shard", late)
    assert total(metrics)["selected"] == 1


class _Failing(MemoryCounters):
    """Fails at the write of that number, having stored it or not."""

    def __init__(self, at: int, stored: bool) -> None:
        super().__init__()
        self.at, self.stored, self.tried = at, stored, 0

    def add(self, cell: CounterKey, shard: str, addition: CounterUpdate) -> None:
        self.tried += 1
        if self.tried != self.at or self.stored:
            super().add(cell, shard, addition)
        if self.tried == self.at:
            raise Retry("throttled")


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.sampled_from(["2026-11-23T11:00:00.000Z", NOON_TEXT]),
            st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy"), max_size=2),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(1, 9),
    st.booleans(),
    st.data(),
)
def test_a_retried_batch_counts_each_change_once(
    sends: list[tuple[int, str, dict[str, str]]], crash: int, stored: bool, data: st.DataObject
) -> None:
    messages = [
        a_message(f"s-{number}", email_id=email_id, accepted_at=accepted_at, tags=tags)
        for number, (email_id, accepted_at, tags) in enumerate(sends)
    ]
    changes = new(*messages)
    metrics, listings = _Failing(crash, stored), MemoryListings()
    crashed = data.draw(st.integers(1, len(changes)))
    try:
        counted(changes[:crashed], metrics=metrics, listings=listings)
    except Retry:
        done = 0
    else:
        done = crashed
    metrics.at = 0
    while done < len(changes):
        end = data.draw(st.integers(done + 1, len(changes)))
        counted(changes[data.draw(st.integers(0, done)) : end], metrics=metrics, listings=listings)
        done = end
    for span in (HOURS, DAYS):
        assert total(metrics, ACCOUNT, span)["selected"] == len(changes)
        for email_id in {message.email_id for message in messages}:
            ours = [message for message in messages if message.email_id == email_id]
            assert total(metrics, Subject(SubjectType.EMAIL, str(email_id)), span)["selected"] == len(ours)
        for tag in metrics.tags(FIRST, LAST):
            ours = [message for message in messages if tag in {f"{k}={v}" for k, v in message.tags.items()}]
            assert total(metrics, Subject(SubjectType.TAG, tag), span)["selected"] == len(ours)
    assert set(metrics.emails(FIRST, LAST)) == {message.email_id for message in messages}
    for email_id in metrics.emails(FIRST, LAST):
        positions = sorted(pagination.position_of(message) for message in messages if message.email_id == email_id)
        assert list(listings.oldest_first(email_id, FIRST, LAST)) == positions


def test_a_message_is_listed_before_it_is_counted() -> None:
    """The sweep looks for what is counted among what is listed."""
    listings = MemoryListings()
    with pytest.raises(Retry):
        counted(new(a_message()), metrics=_Failing(1, stored=False), listings=listings)
    assert list(listings.oldest_first(7, FIRST, LAST)) == [pagination.position_of(a_message())]


def test_a_corrected_request_is_listed_at_its_own_time() -> None:
    """Its refusal's position stays, and no message is there."""
    refused, corrected = a_message(state=State.REFUSED), a_message(accepted_at="2026-11-23T12:09:00.000Z")
    listings = MemoryListings()
    counted([*new(refused), Change(2, refused, corrected)], listings=listings)
    listed = list(listings.oldest_first(7, FIRST, LAST))
    assert listed == [pagination.position_of(refused), pagination.position_of(corrected)]
    assert pagination.still_there(listed, {corrected.key: corrected}) == [corrected]


def test_what_is_not_new_is_not_listed() -> None:
    """The messages of a broadcast are in its pages."""
    listings = MemoryListings()
    counted([Change(1, QUEUED, SENT), Change(2, SENT, None)], listings=listings)
    counted(new(a_message(broadcast="b#1#2")), "other", listings=listings)
    assert listings.stored == {}
