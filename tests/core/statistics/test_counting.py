"""Timeline and counters: repeated, late or regrouped events give the same numbers."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from functions.core.events import bots, timeline
from functions.core.events.timeline import FACTS_MAX, TimelineEvent, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.send import Message, State
from functions.core.statistics import counters, links
from functions.core.statistics.counter_updates import (
    FAMILIES,
    NAMES_MAX,
    OTHER,
    WATERMARK_SECONDS,
    Increment,
    ShardCounters,
    added,
    additions,
)
from functions.core.statistics.ratios import ratios
from tests.fakes.sending import MemorySends
from tests.support.examples import NOON, a_message
from tests.support.user_agents import GMAIL, IPHONE, THUNDERBIRD

FACTS = st.builds(
    TimelineEvent,
    type=st.sampled_from(TimelineEventType),
    at=st.sampled_from(["2026-11-23T12:00:01.000Z", "2026-11-23T12:00:02.000Z"]),
    dedup_key=st.sampled_from(["", "a", "b"]),
    details=st.sampled_from([{}, {"machine": True}, {"type": "Permanent"}, {"subtype": "Suppressed"}]),
)
# One key has one content: SES never reports one event in two ways.
ONCE_EACH = st.lists(FACTS, unique_by=lambda fact: fact.key, max_size=8)
MESSAGES = st.builds(
    lambda state, facts: a_message(state=state, timeline={fact.key: fact.to_item() for fact in facts}),
    st.sampled_from(State),
    ONCE_EACH,
)


def sent_message(*facts: TimelineEvent, **changed: Any) -> Message:
    return a_message(state=State.SENT, timeline={fact.key: fact.to_item() for fact in facts}, **changed)


def fact(kind: TimelineEventType, **detail: Any) -> TimelineEvent:
    return TimelineEvent(type=kind, at="2026-11-23T12:00:01.000Z", details=detail)


@given(ONCE_EACH, st.randoms(use_true_random=False))
def test_doubled_and_shuffled_facts_give_the_same_timeline_and_counters(
    facts: list[TimelineEvent], chance: random.Random
) -> None:
    def after(order: list[TimelineEvent]) -> Message:
        sends = MemorySends()
        sends.create([a_message()])
        for one in order:
            sends.record(a_message().key, one)
        return sends.stored[a_message().key]

    again = facts + facts
    chance.shuffle(again)
    assert timeline.in_order(after(again).timeline) == timeline.in_order(after(facts).timeline) or len(facts) > len(
        {(one.at, one.type) for one in facts}
    )
    assert after(again).timeline == after(facts).timeline
    assert counters.of(after(again)) == counters.of(after(facts))


def test_a_timeline_is_in_the_order_of_time() -> None:
    facts = [
        TimelineEvent(type=TimelineEventType.OPENED, at="2026-11-23T12:00:02.000Z"),
        TimelineEvent(type=TimelineEventType.DELIVERED, at="2026-11-23T12:00:01.000Z"),
        TimelineEvent(type=TimelineEventType.SENT, at="2026-11-23T12:00:01.000Z"),
    ]
    assert [one["kind"] for one in timeline.in_order(sent_message(*facts).timeline)] == ["SENT", "DELIVERED", "OPENED"]


def test_a_timeline_stops_growing() -> None:
    sends = MemorySends()
    sends.create([a_message()])
    for number in range(FACTS_MAX + 5):
        stored = sends.record(
            a_message().key,
            TimelineEvent(type=TimelineEventType.OPENED, at="2026-11-23T12:00:01.000Z", dedup_key=str(number)),
        )
    assert stored
    assert len(stored.timeline) == FACTS_MAX


@pytest.mark.parametrize(
    ("message", "counted"),
    [
        (None, ""),
        (a_message(), "selected pending"),
        (a_message(state=State.SENDING), "selected pending"),
        (a_message(state=State.REFUSED), "selected notsent dropped"),
        (a_message(state=State.FAILED), "selected notsent dropped"),
        (a_message(state=State.CANCELED), "selected notsent"),
        (sent_message(), "selected sent"),
        (sent_message(fact(TimelineEventType.DELIVERED)), "selected sent delivered"),
        (
            a_message(state=State.REFUSED, result=SendResult.PREVIOUS_SPAM),
            "selected notsent dropped notsent:PREVIOUS_SPAM",
        ),
        (sent_message(fact(TimelineEventType.REJECTED)), "selected sent dropped rejected"),
        (sent_message(fact(TimelineEventType.DELAYED)), "selected sent delayed"),
        (sent_message(fact(TimelineEventType.UNSUBSCRIBED)), "selected sent unsubscribed contactslost"),
        (
            sent_message(fact(TimelineEventType.OPENED, machine=False)),
            "selected sent open opens open:unknown client:other",
        ),
        (sent_message(fact(TimelineEventType.OPENED, machine=True)), "selected sent machineopen machineopens"),
        (sent_message(fact(TimelineEventType.CLICKED, machine=False)), "selected sent click clicks click:unknown"),
        (sent_message(fact(TimelineEventType.CLICKED, machine=True)), "selected sent machineclick machineclicks"),
        (
            sent_message(fact(TimelineEventType.OPENED, agent=THUNDERBIRD)),
            "selected sent open opens open:computer client:Thunderbird",
        ),
        (
            sent_message(fact(TimelineEventType.OPENED, agent=IPHONE)),
            "selected sent open opens open:mobile client:Apple_Mail",
        ),
        (
            sent_message(fact(TimelineEventType.OPENED, agent=GMAIL)),
            "selected sent open opens open:unknown client:Gmail",
        ),
        (sent_message(fact(TimelineEventType.OPENED, agent="Mozilla/5.0")), "selected sent machineopen machineopens"),
        (
            sent_message(fact(TimelineEventType.BOUNCED, type="Permanent")),
            "selected sent bounce hardbounced contactslost",
        ),
        (sent_message(fact(TimelineEventType.BOUNCED, type="Transient")), "selected sent bounce softbounced"),
        (sent_message(fact(TimelineEventType.BOUNCED, type="Undetermined")), "selected sent bounce softbounced"),
        (
            sent_message(fact(TimelineEventType.BOUNCED, type="Permanent", subtype="OnAccountSuppressionList")),
            "selected sent bounce hardbounced listbounced suppressed contactslost",
        ),
        (
            sent_message(fact(TimelineEventType.COMPLAINED, type="abuse")),
            "selected sent spamreport unsubscribed contactslost",
        ),
        # An out-of-office notice after a delivery is no bounce, and a full mailbox after a delivery is one.
        (
            sent_message(
                fact(TimelineEventType.DELIVERED), fact(TimelineEventType.BOUNCED, type="Transient", subtype="General")
            ),
            "selected sent delivered",
        ),
        (
            sent_message(
                fact(TimelineEventType.DELIVERED),
                fact(TimelineEventType.BOUNCED, type="Transient", subtype="MailboxFull", status="5.2.2"),
            ),
            "selected sent bounce softbounced",
        ),
        (sent_message(fact(TimelineEventType.COMPLAINED, type="auth-failure")), "selected sent"),
        (sent_message(fact(TimelineEventType.COMPLAINED, type="virus")), "selected sent"),
        # A not-spam report is the opposite of a spam report.
        (sent_message(fact(TimelineEventType.COMPLAINED, type="not-spam")), "selected sent"),
        # This is no report: SES made no attempt, since the address once complained.
        (
            sent_message(fact(TimelineEventType.COMPLAINED, subtype="OnAccountSuppressionList")),
            "selected sent suppressed",
        ),
    ],
)
def test_the_counts_of_one_message(message: Message | None, counted: str) -> None:
    assert counters.of(message) == Counter(name.replace("_Mail", " Mail") for name in counted.split())


def test_two_opens_are_one_message_and_two_times() -> None:
    twice = sent_message(fact(TimelineEventType.OPENED), replace(fact(TimelineEventType.OPENED), dedup_key="another"))
    assert (counters.of(twice)["open"], counters.of(twice)["opens"]) == (1, 2)


def test_latency_counts_from_acceptance_or_due_time() -> None:
    facts = [
        TimelineEvent(type=TimelineEventType.SENT, at="2026-11-23T12:00:02.048Z"),
        TimelineEvent(type=TimelineEventType.DELIVERED, at="2026-11-23T12:00:04.096Z"),
    ]
    taken = {name: number for name, number in counters.of(sent_message(*facts, attempts=1)).items() if ":" in name}
    assert taken == {"accept:33": 1, "delivery:33": 1, "arrival:36": 1}
    due = counters.of(sent_message(*facts, attempts=1, due_at="2026-11-23T12:00:01.024Z"))
    assert (due["accept:30"], due["accept:33"]) == (1, 0)
    over_smtp = counters.of(sent_message(*facts, attempts=0))
    assert [name for name in over_smtp if ":" in name] == ["delivery:33"], "SES itself accepted it"


@pytest.mark.parametrize(
    ("link", "counted"),
    [
        ("https://shop.example/a?who=ada#top", "https://shop.example/a"),
        ("https://ada:secret@shop.example:8443/a/b", "https://shop.example:8443/a/b"),
        ("mailto:ada@example.net", "mailto:"),
        ("https://[bad", "unreadable"),
        ("", ":"),
        ("https://shop.example/" + "x" * 500, "https://shop.example/" + "x" * 179),
    ],
)
def test_a_link_counts_without_its_personal_parts(link: str, counted: str) -> None:
    assert links.plain(link) == counted


def test_a_link_counts_a_person_once_and_every_time() -> None:
    clicks = [
        TimelineEvent(
            type=TimelineEventType.CLICKED,
            at=f"2026-11-23T12:0{minute}:00.000Z",
            details={"link": f"https://s.example/{path}"},
        )
        for minute, path in enumerate(["a?1", "a?2", "b"])
    ]
    scanner = TimelineEvent(
        type=TimelineEventType.CLICKED,
        at="2026-11-23T13:00:00.000Z",
        details={"link": "https://s.example/b", "machine": True},
    )
    assert links.of(sent_message(*clicks, scanner)) == {
        "click https://s.example/a": 1,
        "clicks https://s.example/a": 2,
        "click https://s.example/b": 1,
        "clicks https://s.example/b": 1,
        "machineclicks https://s.example/b": 1,
    }
    assert links.of(sent_message(fact(TimelineEventType.OPENED))) == links.of(None) == {}


@given(st.lists(st.none() | MESSAGES, max_size=8))
def test_the_changes_of_a_message_add_up_to_its_counts(history: list[Message | None]) -> None:
    total: Counter[str] = Counter()
    before = None
    for after in history:
        total.update(counters.change(before, after))
        before = after
    assert +total == counters.of(before)
    assert all(number >= 0 for number in total.values())


def test_ratios_are_percents_with_three_decimals() -> None:
    shares = ratios({"delivered": 3, "open": 1, "click": 1, "sent": 7, "bounce": 2, "selected": 9, "notsent": 2})
    assert (shares["openratio"], shares["clickthroughratio"]) == (33.333, 100.0)
    assert (shares["deliveredratio"], shares["bounceratio"], shares["notsentratio"]) == (42.857, 28.571, 22.222)
    assert shares["spamreportratio"] == 0.0
    assert set(ratios({}).values()) == {0.0}


def count(stored: ShardCounters, shard: str, increments: list[Increment], now: float = NOON) -> ShardCounters:
    for addition in additions(stored, shard, increments, now):
        stored = added(stored, addition)
    return stored


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20), st.data())
def test_one_shards_changes_count_once_in_any_batches(numbers: list[int], data: st.DataObject) -> None:
    """After a worker's death the stream continues at any earlier point. The order never changes."""
    increments = [Increment(100 + i, {"sent": number - 1}) for i, number in enumerate(numbers)]
    stored, done = ShardCounters(), 0
    for _ in range(data.draw(st.integers(0, 6))):
        start = data.draw(st.integers(0, done))
        end = data.draw(st.integers(start, len(increments)))
        stored, done = count(stored, "shard", increments[start:end]), max(done, end)
    stored = count(stored, "shard", increments[data.draw(st.integers(0, done)) :])
    assert stored.counters.get("sent", 0) == sum(number - 1 for number in numbers)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 50)), max_size=30))
def test_shards_do_not_hide_each_others_changes(interleaved: list[tuple[str, int]]) -> None:
    stored, sequences, expected = ShardCounters(), Counter[str](), 0
    for shard, number in interleaved:
        sequences[shard] += number  # each rises, at its own pace
        batch = [Increment(sequences[shard], {"sent": 1})]
        stored = count(count(stored, shard, batch), shard, batch)
        expected += 1
    assert stored.counters.get("sent", 0) == expected


def test_a_counted_increment_is_no_addition() -> None:
    stored = count(ShardCounters(), "shard", [Increment(5, {"sent": 1})])
    assert list(additions(stored, "shard", [Increment(4, {"sent": 1}), Increment(5, {"sent": 1})], NOON)) == []
    assert stored.rules == {bots.RULES_VERSION}


def test_watermarks_of_expired_shards_are_removed() -> None:
    stored = count(ShardCounters(), "old", [Increment(5, {"sent": 1})])
    soon = count(stored, "new", [Increment(6, {"sent": 1})], NOON + 24 * 3600)
    later = count(soon, "new", [Increment(7, {"sent": 1})], NOON + WATERMARK_SECONDS)
    assert (len(soon.watermarks), len(later.watermarks), later.counters) == (2, 1, {"sent": 3})


@pytest.mark.parametrize("family", FAMILIES)
def test_names_of_visitors_grow_an_item_up_to_a_bound(family: str) -> None:
    """Visitors choose user agents, and authors choose links. Stored names stay, and the others count as one."""
    stored = ShardCounters()
    for number in range(3 * FAMILIES[family]):
        stored = count(stored, "shard", [Increment(1 + number, {f"{family}{number:04}": 1, "sent": 1})])
    stored = count(stored, "shard", [Increment(9999, {f"{family}0000": 1, f"{family}zzz": 1})])
    ours = {name: number for name, number in stored.counters.items() if name.startswith(family)}
    assert len(ours) == FAMILIES[family] + 1
    assert (ours[f"{family}0000"], ours[family + OTHER]) == (2, 2 * FAMILIES[family] + 1)
    assert stored.counters["sent"] == 3 * FAMILIES[family]


@given(st.integers(1, 5), st.data())
def test_writes_are_bounded_and_a_crash_between_two_loses_nothing(crash: int, data: st.DataObject) -> None:
    increments = [
        Increment(n + 1, {f"accept:{n}": 1, f"delivery:{n}": 1, "sent": 1}) for n in range(3 * NAMES_MAX // 2)
    ]
    stored = ShardCounters()
    for addition in list(additions(stored, "shard", increments, NOON))[:crash]:
        assert len(addition.counters) <= NAMES_MAX
        stored = added(stored, addition)
    stored = count(stored, "shard", increments[: data.draw(st.integers(0, len(increments)))])
    stored = count(stored, "shard", increments)
    assert stored.counters == {"sent": len(increments)} | {
        f"{stage}:{n}": 1 for n in range(len(increments)) for stage in ("accept", "delivery")
    }
