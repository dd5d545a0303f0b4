"""Timeline, counters and tally: whatever repeats, comes late or is cut anew, the numbers are the same."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core import counters, timeline
from functions.core.send import Message, State
from functions.core.tally import WATERMARK_SECONDS, Increment, Tally, added
from functions.core.timeline import FACTS_MAX, Fact, Kind
from tests.examples import NOON, a_message
from tests.fakes import MemorySends

FACTS = st.builds(
    Fact,
    kind=st.sampled_from(Kind),
    at=st.sampled_from(["2026-11-23T12:00:01.000Z", "2026-11-23T12:00:02.000Z"]),
    identity=st.sampled_from(["", "a", "b"]),
    detail=st.sampled_from([{}, {"machine": True}, {"type": "Permanent"}, {"subtype": "Suppressed"}]),
)
# One key, one content: SES never tells one event in two ways.
ONCE_EACH = st.lists(FACTS, unique_by=lambda fact: fact.key, max_size=8)
MESSAGES = st.builds(
    lambda state, facts: a_message(state=state, timeline={fact.key: fact.to_item() for fact in facts}),
    st.sampled_from(State),
    ONCE_EACH,
)


def told(*facts: Fact, **changed: Any) -> Message:
    return a_message(state=State.SENT, timeline={fact.key: fact.to_item() for fact in facts}, **changed)


def fact(kind: Kind, **detail: Any) -> Fact:
    return Fact(kind=kind, at="2026-11-23T12:00:01.000Z", detail=detail)


@given(ONCE_EACH, st.randoms(use_true_random=False))
def test_doubled_and_shuffled_facts_give_the_same_timeline_and_counters(
    facts: list[Fact], chance: random.Random
) -> None:
    def after(order: list[Fact]) -> Message:
        sends = MemorySends()
        sends.create([a_message()])
        for one in order:
            sends.record(a_message().key, one)
        return sends.stored[a_message().key]

    again = facts + facts
    chance.shuffle(again)
    assert timeline.in_order(after(again).timeline) == timeline.in_order(after(facts).timeline) or len(facts) > len(
        {(one.at, one.kind) for one in facts}
    )
    assert after(again).timeline == after(facts).timeline
    assert counters.of(after(again)) == counters.of(after(facts))


def test_a_timeline_tells_earliest_first_and_one_instant_in_a_mails_order() -> None:
    facts = [
        Fact(kind=Kind.OPENED, at="2026-11-23T12:00:02.000Z"),
        Fact(kind=Kind.DELIVERED, at="2026-11-23T12:00:01.000Z"),
        Fact(kind=Kind.SENT, at="2026-11-23T12:00:01.000Z"),
    ]
    assert [one["kind"] for one in timeline.in_order(told(*facts).timeline)] == ["SENT", "DELIVERED", "OPENED"]


def test_a_timeline_stops_growing() -> None:
    sends = MemorySends()
    sends.create([a_message()])
    for number in range(FACTS_MAX + 5):
        kept = sends.record(
            a_message().key, Fact(kind=Kind.OPENED, at="2026-11-23T12:00:01.000Z", identity=str(number))
        )
    assert kept
    assert len(kept.timeline) == FACTS_MAX


@pytest.mark.parametrize(
    ("message", "counted"),
    [
        (None, ""),
        (a_message(), "selected pending"),
        (a_message(state=State.SENDING), "selected pending"),
        (a_message(state=State.REFUSED), "selected notsent dropped"),
        (a_message(state=State.FAILED), "selected notsent dropped"),
        (a_message(state=State.CANCELED), "selected notsent"),
        (told(), "selected sent"),
        (told(fact(Kind.DELIVERED)), "selected sent delivered"),
        (told(fact(Kind.REJECTED)), "selected sent dropped"),
        (told(fact(Kind.DELAYED)), "selected sent"),
        (told(fact(Kind.OPENED, machine=False)), "selected sent open"),
        (told(fact(Kind.OPENED, machine=True)), "selected sent machineopen"),
        (told(fact(Kind.CLICKED, machine=False)), "selected sent click"),
        (told(fact(Kind.CLICKED, machine=True)), "selected sent machineclick"),
        (told(fact(Kind.BOUNCED, type="Permanent")), "selected sent bounce hardbounced contactslost"),
        (told(fact(Kind.BOUNCED, type="Transient")), "selected sent bounce softbounced"),
        (told(fact(Kind.BOUNCED, type="Undetermined")), "selected sent bounce softbounced"),
        (
            told(fact(Kind.BOUNCED, type="Permanent", subtype="OnAccountSuppressionList")),
            "selected sent bounce hardbounced suppressed contactslost",
        ),
        (told(fact(Kind.COMPLAINED, type="abuse")), "selected sent spamreport unsubscribed contactslost"),
        # Somebody took a mail out of the spam folder: the opposite of a spam report.
        (told(fact(Kind.COMPLAINED, type="not-spam")), "selected sent"),
        # Not a report: SES did not even try, since the address once complained.
        (told(fact(Kind.COMPLAINED, subtype="OnAccountSuppressionList")), "selected sent suppressed"),
    ],
)
def test_what_one_message_counts_for(message: Message | None, counted: str) -> None:
    assert counters.of(message) == Counter(counted.split())


def test_two_opens_count_once() -> None:
    twice = told(fact(Kind.OPENED), replace(fact(Kind.OPENED), identity="another"))
    assert counters.of(twice)["open"] == 1


@given(st.lists(st.none() | MESSAGES, max_size=8))
def test_the_changes_of_a_message_add_up_to_what_it_counts_for(history: list[Message | None]) -> None:
    total: Counter[str] = Counter()
    before = None
    for after in history:
        total.update(counters.change(before, after))
        before = after
    assert +total == counters.of(before)
    assert all(number >= 0 for number in total.values())


def test_ratios_are_percents_with_three_decimals() -> None:
    ratios = counters.ratios(
        {"delivered": 3, "open": 1, "click": 1, "sent": 7, "bounce": 2, "selected": 9, "notsent": 2}
    )
    assert (ratios["openratio"], ratios["clickthroughratio"]) == (33.333, 100.0)
    assert (ratios["deliveredratio"], ratios["bounceratio"], ratios["notsentratio"]) == (42.857, 28.571, 22.222)
    assert ratios["spamreportratio"] == 0.0
    assert set(counters.ratios({}).values()) == {0.0}


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20), st.data())
def test_one_shards_changes_count_once_however_they_are_cut_and_repeated(
    numbers: list[int], data: st.DataObject
) -> None:
    """A worker that dies lets the stream go back to any point at or before where it was; the order never changes."""
    increments = [Increment(100 + i, {"sent": number - 1}) for i, number in enumerate(numbers)]
    kept, done = Tally(), 0
    for _ in range(data.draw(st.integers(0, 6))):
        start = data.draw(st.integers(0, done))
        end = data.draw(st.integers(start, len(increments)))
        kept, done = added(kept, "shard", increments[start:end], NOON), max(done, end)
    kept = added(kept, "shard", increments[data.draw(st.integers(0, done)) :], NOON)
    assert kept.counters.get("sent", 0) == sum(number - 1 for number in numbers)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 50)), max_size=30))
def test_shards_do_not_hide_each_others_changes(interleaved: list[tuple[str, int]]) -> None:
    kept, sequences, expected = Tally(), Counter[str](), 0
    for shard, number in interleaved:
        sequences[shard] += number  # each rises, at its own pace
        batch = [Increment(sequences[shard], {"sent": 1})]
        kept = added(added(kept, shard, batch, NOON), shard, batch, NOON)
        expected += 1
    assert kept.counters.get("sent", 0) == expected


def test_what_is_counted_already_leaves_the_very_same_tally() -> None:
    kept = added(Tally(), "shard", [Increment(5, {"sent": 1})], NOON)
    assert added(kept, "shard", [Increment(4, {"sent": 1}), Increment(5, {"sent": 1})], NOON) is kept
    assert kept.version == 1


def test_watermarks_of_old_shards_go_once_nothing_of_theirs_can_come_again() -> None:
    kept = added(Tally(), "old", [Increment(5, {"sent": 1})], NOON)
    soon = added(kept, "new", [Increment(6, {"sent": 1})], NOON + 24 * 3600)
    later = added(soon, "new", [Increment(7, {"sent": 1})], NOON + WATERMARK_SECONDS)
    assert (len(soon.watermarks), len(later.watermarks), later.counters) == (2, 1, {"sent": 3})
