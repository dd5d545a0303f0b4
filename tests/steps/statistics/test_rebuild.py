"""Rebuild: a sound counter is proved, a damaged one found and mended, and what is on its way left alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core import ids
from functions.core.contacts.erasure import anonymous
from functions.core.errors import Rejected
from functions.core.sending.send import Message, MessageKey, State
from functions.core.statistics.counter_diff import difference
from functions.core.statistics.counter_updates import (
    FAMILIES,
    OTHER,
    Change,
    Increment,
    ShardCounters,
    SubjectType,
    additions,
)
from functions.core.statistics.periods import FIRST, LAST, DateRange
from functions.ports.events import RawEvent
from functions.steps.events.record import RecordEvents
from functions.steps.statistics.measure import measure
from functions.steps.statistics.rebuild import SETTLE_SECONDS, RebuildCounters
from tests.fakes import Clock
from tests.fakes.contacts import MemoryContacts
from tests.fakes.events import MemoryEventArchive
from tests.fakes.sending import MemoryMessageIndex, MemorySends
from tests.fakes.statistics import MemoryCounters
from tests.fakes.tokens import MemorySmtpTokens
from tests.support.examples import NOON_TEXT, a_message

TODAY, LATER = "2026-11-23", "2026-11-23T13:00:00.000Z"


@dataclass
class World:
    """A stage with its stream, which counts when it is told to."""

    sends: MemorySends = field(default_factory=MemorySends)
    metrics: MemoryCounters = field(default_factory=MemoryCounters)
    archive: MemoryEventArchive = field(default_factory=MemoryEventArchive)
    clock: Clock = field(default_factory=Clock)
    counted: dict[MessageKey, Message] = field(default_factory=dict)
    sequence: int = 0
    meanwhile: Callable[[], None] = lambda: None

    def put(self, send_id: str, **changed: Any) -> MessageKey:
        message = a_message(send_id, **{"state": State.SENT, "attempts": 1, **changed})
        self.sends.create([message])
        return message.key

    def stream(self) -> None:
        changes = []
        for key, message in self.sends.stored.items():
            if self.counted.get(key) != message:
                self.sequence += 1
                changes.append(Change(self.sequence, self.counted.get(key), message))
                self.counted[key] = message
        measure("shard-1", changes, metrics=self.metrics, clock=self.clock)

    def sleep(self, seconds: float) -> None:
        self.clock.now += seconds
        self.meanwhile()

    def rebuild(self) -> RebuildCounters:
        return RebuildCounters(
            accepted=MemoryMessageIndex(self.sends).accepted,
            sends=self.sends,
            events=self.archive,
            recording=RecordEvents(
                sends=self.sends,
                contacts=MemoryContacts(),
                tokens=MemorySmtpTokens(),
                clock=self.clock,
                retention_days=90,
            ),
            metrics=self.metrics,
            clock=self.clock,
            sleep=self.sleep,
            retention_days=90,
        )

    def damage(self, kind: SubjectType, wrong: dict[str, int]) -> None:
        """Put other numbers into every cell of a kind."""
        for key, tally in self.metrics.shards.items():
            if key[0].subject.type is kind:
                self.metrics.shards[key] = replace(tally, counters={**tally.counters, **wrong})


@pytest.fixture
def world() -> World:
    made = World()
    made.put("s-1", tags={"kind": "receipt"})
    made.put("s-2", email_id=8)
    made.put("s-3", state=State.QUEUED, attempts=0)
    made.stream()
    return made


def event(send_id: str, name: str = "Delivery", **more: Any) -> dict[str, Any]:
    tags = {"staffetta_send": [send_id], "staffetta_recipient": ["0"]}
    mail = {"timestamp": NOON_TEXT, "messageId": "0102", "destination": ["ada@example.net"], "tags": tags}
    return {"eventType": name, "mail": mail, "delivery": {"timestamp": LATER}, **more}


def test_sound_counters_are_proved(world: World) -> None:
    report = world.rebuild().compare(TODAY, TODAY)
    assert (report.messages, report.differences) == (3, {})
    assert report.compared == 8, "hours and days of the account, two emails and a tag"
    assert world.rebuild().repair(TODAY, TODAY) == report
    assert world.clock.now == Clock().now, "nothing to wait for"


@pytest.mark.parametrize("kind", [SubjectType.ACCOUNT, SubjectType.EMAIL, SubjectType.TAG])
def test_a_damaged_counter_is_found_and_mended(world: World, kind: SubjectType) -> None:
    sound = {cell: +counter(tally) for cell, tally in world.metrics.shards.items()}
    world.damage(kind, {"sent": 7, "dropped": 3})
    found = world.rebuild().compare(TODAY, TODAY).differences
    assert {cell.subject.type for cell in found} == {kind}
    assert all(one["dropped"] == -3 for one in found.values())
    assert world.rebuild().repair(TODAY, TODAY).differences == found
    assert world.rebuild().compare(TODAY, TODAY).differences == {}
    assert summed(world) == summed_of(sound)


def test_a_lost_tally_is_made_anew_with_the_emails_it_listed(world: World) -> None:
    world.metrics.shards.clear()
    world.rebuild().repair(TODAY, TODAY)
    assert world.rebuild().compare(TODAY, TODAY).differences == {}
    assert world.metrics.emails(TODAY, TODAY) == [7, 8]


def test_counters_of_messages_that_never_were_go(world: World) -> None:
    del world.sends.stored[MessageKey("s-2", 0)]
    world.rebuild().repair(TODAY, TODAY)
    assert not any(world.metrics.by_email(f"{TODAY}T00", f"{TODAY}T23", [8])[0].counters.values())


def test_what_is_on_its_way_is_not_counted_twice(world: World) -> None:
    """The stream brings it while the rebuild waits; and what comes then is on its way itself."""
    world.put("new")
    world.meanwhile = world.stream
    assert world.rebuild().repair(TODAY, TODAY).differences == {}
    world.put("newer")

    def busy() -> None:
        world.stream()
        world.put(f"newest-{world.clock.now}")

    world.meanwhile = busy
    assert world.rebuild().repair(TODAY, TODAY).differences == {}
    world.stream()
    assert world.rebuild().compare(TODAY, TODAY).differences == {}


def test_the_stream_goes_on_after_a_mending(world: World) -> None:
    world.damage(SubjectType.EMAIL, {"sent": 7})
    world.rebuild().repair(TODAY, TODAY)
    world.put("later")
    world.stream()
    assert world.rebuild().compare(TODAY, TODAY).differences == {}
    world.damage(SubjectType.EMAIL, {"sent": 9})
    world.rebuild().repair(TODAY, TODAY)
    assert world.rebuild().compare(TODAY, TODAY).differences == {}
    assert world.clock.now == Clock().now + 2 * SETTLE_SECONDS


def test_an_event_that_was_never_recorded_is_recorded_and_counted(world: World) -> None:
    world.archive.append([RawEvent(json.dumps(event(send_id)), LATER) for send_id in ("s-1", "s-1", "gone")])
    rebuild = world.rebuild()
    lacking = list(rebuild.unrecorded(TODAY))
    assert [one.fact.type for one in lacking] == ["DELIVERED", "DELIVERED"]
    for one in lacking:
        rebuild.record(one)
    assert list(rebuild.unrecorded(TODAY)) == []
    world.stream()
    assert rebuild.compare(TODAY, TODAY).differences == {}
    assert world.metrics.by_email(f"{TODAY}T00", f"{TODAY}T23", [7])[0].counters["delivered"] == 1


def test_mail_over_smtp_that_no_event_made_a_message_of_is_made_now(world: World) -> None:
    mail = {**event("")["mail"], "tags": {"ses:caller-identity": ["staffetta-smtp-9"]}}
    world.archive.append([RawEvent(json.dumps({"eventType": "Send", "mail": mail, "send": {}}), LATER)])
    rebuild = world.rebuild()
    for one in list(rebuild.unrecorded(TODAY)):
        rebuild.record(one)
    assert MessageKey(ids.for_ses_message("0102"), 0) in world.sends.stored
    assert list(rebuild.unrecorded(TODAY)) == []


def test_an_erased_message_lacks_nothing_and_counts_on(world: World) -> None:
    world.archive.append([RawEvent(json.dumps(event("s-1")), LATER)])
    key = MessageKey("s-1", 0)
    world.sends.stored[key] = anonymous(world.sends.stored[key])
    assert list(world.rebuild().unrecorded(TODAY)) == []
    assert world.rebuild().compare(TODAY, TODAY).differences == {}


def test_what_expired_cannot_be_told_anew_and_says_so(world: World) -> None:
    rebuild = world.rebuild()
    assert rebuild.earliest_day() == "2026-08-26"
    assert rebuild.compare("2026-08-26", TODAY).differences == {}
    for refused in (lambda: rebuild.compare("2026-08-25", TODAY), lambda: list(rebuild.unrecorded("2026-08-25"))):
        with pytest.raises(Rejected, match="kept for 90 days"):
            refused()


def test_a_full_family_is_held_against_the_truth_as_a_whole() -> None:
    """Which names were counted apart depended on who came first."""
    most = FAMILIES["client:"]
    true = {f"client:{number}": 1 for number in range(most + 5)} | {"open": 3}
    tally = ShardCounters()
    for addition in additions(tally, "s", [Increment(1, dict(reversed(true.items())))], 0):
        tally = replace(tally, counters=addition.counters)
    assert tally.counters[f"client:{OTHER}"] == 5
    assert difference(tally.counters, true) == {}
    assert difference({**tally.counters, "open": 1}, {**true, "client:0": 3}) == {"open": 2, f"client:{OTHER}": 2}


def counter(tally: ShardCounters) -> Any:
    return Counter(tally.counters)


def summed(world: World) -> Any:
    spans = [DateRange(FIRST, LAST, days=days) for days in (True, False)]
    subjects = {cell.subject for cell, _ in world.metrics.shards}
    return {
        (subject, one.period): +Counter(one.counters)
        for subject in subjects
        for span in spans
        for one in world.metrics.read(subject, span)
    }


def summed_of(sound: dict[Any, Any]) -> Any:
    return {(cell.subject, cell.period): total for (cell, _), total in sound.items()}
