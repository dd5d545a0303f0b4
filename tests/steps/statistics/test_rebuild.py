"""Compares and repairs counters. A correct counter has no difference, and pending changes are not repaired."""

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
from functions.core.errors import Conflict, Rejected
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
from tests.fakes.sending import MemoryListings, MemoryMessageIndex, MemorySends
from tests.fakes.statistics import MemoryCounters
from tests.fakes.tokens import MemorySmtpTokens
from tests.support.examples import NOON_TEXT, a_message

TODAY, LATER = "2026-11-23", "2026-11-23T13:00:00.000Z"


@dataclass
class RebuildScenario:
    """A stage whose stream counts only when `stream` is called."""

    sends: MemorySends = field(default_factory=MemorySends)
    metrics: MemoryCounters = field(default_factory=MemoryCounters)
    archive: MemoryEventArchive = field(default_factory=MemoryEventArchive)
    clock: Clock = field(default_factory=Clock)
    counted: dict[MessageKey, Message] = field(default_factory=dict)
    sequence: int = 0
    lag: float = 0
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
        measure("shard-1", changes, listings=MemoryListings(), metrics=self.metrics, clock=self.clock)

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
            lag=lambda: self.lag,
            sleep=self.sleep,
            retention_days=90,
        )

    def damage(self, kind: SubjectType, wrong: dict[str, int]) -> None:
        """Put other numbers into every cell of a kind."""
        for key, shard in self.metrics.shards.items():
            if key[0].subject.type is kind:
                self.metrics.shards[key] = replace(shard, counters={**shard.counters, **wrong})


@pytest.fixture
def scenario() -> RebuildScenario:
    scenario = RebuildScenario()
    scenario.put("s-1", tags={"kind": "receipt"})
    scenario.put("s-2", email_id=8)
    scenario.put("s-3", state=State.QUEUED, attempts=0)
    scenario.stream()
    return scenario


def event(send_id: str, name: str = "Delivery", **more: Any) -> dict[str, Any]:
    tags = {"staffetta_send": [send_id], "staffetta_recipient": ["0"]}
    mail = {"timestamp": NOON_TEXT, "messageId": "0102", "destination": ["ada@example.net"], "tags": tags}
    return {"eventType": name, "mail": mail, "delivery": {"timestamp": LATER}, **more}


def test_correct_counters_have_no_differences(scenario: RebuildScenario) -> None:
    report = scenario.rebuild().compare(TODAY, TODAY)
    assert (report.messages, report.differences) == (3, {})
    assert report.compared == 8, "hours and days of the account, two emails and a tag"
    assert scenario.rebuild().repair(TODAY, TODAY) == report
    assert scenario.clock.now == Clock().now, "nothing to wait for"


@pytest.mark.parametrize("kind", [SubjectType.ACCOUNT, SubjectType.EMAIL, SubjectType.TAG])
def test_a_damaged_counter_is_repaired(scenario: RebuildScenario, kind: SubjectType) -> None:
    correct = {cell: +counter(shard) for cell, shard in scenario.metrics.shards.items()}
    scenario.damage(kind, {"sent": 7, "dropped": 3})
    differences = scenario.rebuild().compare(TODAY, TODAY).differences
    assert {cell.subject.type for cell in differences} == {kind}
    assert all(one["dropped"] == -3 for one in differences.values())
    assert scenario.rebuild().repair(TODAY, TODAY).differences == differences
    assert scenario.rebuild().compare(TODAY, TODAY).differences == {}
    assert summed(scenario) == summed_of(correct)


def test_lost_counters_are_recomputed_with_their_emails(scenario: RebuildScenario) -> None:
    scenario.metrics.shards.clear()
    scenario.rebuild().repair(TODAY, TODAY)
    assert scenario.rebuild().compare(TODAY, TODAY).differences == {}
    assert scenario.metrics.emails(TODAY, TODAY) == [7, 8]


def test_counters_without_messages_become_zero(scenario: RebuildScenario) -> None:
    del scenario.sends.stored[MessageKey("s-2", 0)]
    scenario.rebuild().repair(TODAY, TODAY)
    assert not any(scenario.metrics.by_email(f"{TODAY}T00", f"{TODAY}T23", [8])[0].counters.values())


def test_pending_changes_are_not_counted_twice(scenario: RebuildScenario) -> None:
    """The stream brings it while the rebuild waits; and what comes then is on its way itself."""
    scenario.put("new")
    scenario.meanwhile = scenario.stream
    assert scenario.rebuild().repair(TODAY, TODAY).differences == {}
    scenario.put("newer")

    def busy() -> None:
        scenario.stream()
        scenario.put(f"newest-{scenario.clock.now}")

    scenario.meanwhile = busy
    assert scenario.rebuild().repair(TODAY, TODAY).differences == {}
    scenario.stream()
    assert scenario.rebuild().compare(TODAY, TODAY).differences == {}


def test_nothing_is_repaired_while_the_stream_is_late(scenario: RebuildScenario) -> None:
    """What waits in the stream looks lost, and would be counted twice."""
    scenario.put("new")
    scenario.lag = SETTLE_SECONDS + 1
    with pytest.raises(Conflict, match="121 seconds late"):
        scenario.rebuild().repair(TODAY, TODAY)
    scenario.lag = 0
    scenario.meanwhile = lambda: setattr(scenario, "lag", 3600)
    with pytest.raises(Conflict, match="3600 seconds late"):
        scenario.rebuild().repair(TODAY, TODAY)
    scenario.stream()
    assert scenario.rebuild().compare(TODAY, TODAY).differences == {}


def test_a_repair_by_another_clock_counts_too(scenario: RebuildScenario) -> None:
    scenario.damage(SubjectType.EMAIL, {"sent": 7})
    scenario.rebuild().repair(TODAY, TODAY)
    scenario.clock.now -= 3600
    scenario.damage(SubjectType.EMAIL, {"sent": 9})
    scenario.rebuild().repair(TODAY, TODAY)
    assert scenario.rebuild().compare(TODAY, TODAY).differences == {}


def test_the_stream_continues_after_a_repair(scenario: RebuildScenario) -> None:
    scenario.damage(SubjectType.EMAIL, {"sent": 7})
    scenario.rebuild().repair(TODAY, TODAY)
    scenario.put("later")
    scenario.stream()
    assert scenario.rebuild().compare(TODAY, TODAY).differences == {}
    scenario.damage(SubjectType.EMAIL, {"sent": 9})
    scenario.rebuild().repair(TODAY, TODAY)
    assert scenario.rebuild().compare(TODAY, TODAY).differences == {}
    assert scenario.clock.now == Clock().now + 2 * SETTLE_SECONDS


def test_an_event_that_was_never_recorded_is_recorded_and_counted(scenario: RebuildScenario) -> None:
    scenario.archive.append([RawEvent(json.dumps(event(send_id)), LATER) for send_id in ("s-1", "s-1", "gone")])
    rebuild = scenario.rebuild()
    lacking = list(rebuild.unrecorded(TODAY))
    assert [one.fact.type for one in lacking] == ["DELIVERED", "DELIVERED"]
    for one in lacking:
        rebuild.record(one)
    assert list(rebuild.unrecorded(TODAY)) == []
    scenario.stream()
    assert rebuild.compare(TODAY, TODAY).differences == {}
    assert scenario.metrics.by_email(f"{TODAY}T00", f"{TODAY}T23", [7])[0].counters["delivered"] == 1


def test_a_missing_smtp_message_is_created(scenario: RebuildScenario) -> None:
    mail = {**event("")["mail"], "tags": {"ses:caller-identity": ["staffetta-smtp-9"]}}
    scenario.archive.append([RawEvent(json.dumps({"eventType": "Send", "mail": mail, "send": {}}), LATER)])
    rebuild = scenario.rebuild()
    for one in list(rebuild.unrecorded(TODAY)):
        rebuild.record(one)
    assert MessageKey(ids.for_ses_message("0102"), 0) in scenario.sends.stored
    assert list(rebuild.unrecorded(TODAY)) == []


def test_an_erased_message_still_counts(scenario: RebuildScenario) -> None:
    scenario.archive.append([RawEvent(json.dumps(event("s-1")), LATER)])
    key = MessageKey("s-1", 0)
    scenario.sends.stored[key] = anonymous(scenario.sends.stored[key])
    assert list(scenario.rebuild().unrecorded(TODAY)) == []
    assert scenario.rebuild().compare(TODAY, TODAY).differences == {}


def test_days_before_the_retention_are_refused(scenario: RebuildScenario) -> None:
    rebuild = scenario.rebuild()
    assert rebuild.earliest_day() == "2026-08-26"
    assert rebuild.compare("2026-08-26", TODAY).differences == {}
    for refused in (lambda: rebuild.compare("2026-08-25", TODAY), lambda: list(rebuild.unrecorded("2026-08-25"))):
        with pytest.raises(Rejected, match="kept for 90 days"):
            refused()


def test_a_full_family_of_counters_is_compared_as_a_whole() -> None:
    """Which names were counted apart depended on who came first."""
    most = FAMILIES["client:"]
    true = {f"client:{number}": 1 for number in range(most + 5)} | {"open": 3}
    shard = ShardCounters()
    for addition in additions(shard, "s", [Increment(1, dict(reversed(true.items())))], 0):
        shard = replace(shard, counters=addition.counters)
    assert shard.counters[f"client:{OTHER}"] == 5
    assert difference(shard.counters, true) == {}
    assert difference({**shard.counters, "open": 1}, {**true, "client:0": 3}) == {"open": 2, f"client:{OTHER}": 2}


def counter(shard: ShardCounters) -> Any:
    return Counter(shard.counters)


def summed(scenario: RebuildScenario) -> Any:
    spans = [DateRange(FIRST, LAST, days=days) for days in (True, False)]
    subjects = {cell.subject for cell, _ in scenario.metrics.shards}
    return {
        (subject, one.period): +Counter(one.counters)
        for subject in subjects
        for span in spans
        for one in scenario.metrics.read(subject, span)
    }


def summed_of(correct: dict[Any, Any]) -> Any:
    return {(cell.subject, cell.period): total for (cell, _), total in correct.items()}
