from __future__ import annotations

from dataclasses import dataclass, field

from functions.steps.events.recording_progress import CheckRecorded, NoteProgress
from tests.fakes import Clock
from tests.fakes.events import MemoryEventsQueue, MemoryRecordingProgress

GRACE = 900


@dataclass
class Scenario:
    """The events queue is never empty: only the progress shows whether record is alive."""

    clock: Clock = field(default_factory=Clock)
    store: MemoryRecordingProgress = field(default_factory=MemoryRecordingProgress)
    queue: MemoryEventsQueue = field(default_factory=lambda: MemoryEventsQueue(waiting=1))

    def __post_init__(self) -> None:
        self.note = NoteProgress(store=self.store, clock=self.clock, grace_seconds=GRACE)

    def read(self, seconds: int, *, age: float = 5, every: int = 20) -> None:
        """Lets record read a batch from time to time, whose oldest event has an age."""
        for _ in range(0, seconds, every):
            self.clock.now += every
            self.note(self.clock.now - age)

    def recorded(self) -> bool:
        return CheckRecorded(store=self.store, queue=self.queue, clock=self.clock, grace_seconds=GRACE)()


def test_without_a_reading_only_an_empty_queue_is_recorded() -> None:
    scenario = Scenario()
    assert not scenario.recorded()
    scenario.queue.waiting = 0
    assert scenario.recorded()


def test_a_busy_record_that_is_in_time_is_alive() -> None:
    scenario = Scenario()
    scenario.read(540)
    assert not scenario.recorded(), "an event may still be invisible in the queue"
    scenario.read(120)
    assert scenario.recorded()


def test_a_dead_record_is_noticed() -> None:
    scenario = Scenario()
    scenario.read(GRACE)
    scenario.clock.now += 301
    assert not scenario.recorded()


def test_a_record_that_begins_again_must_catch_up_first() -> None:
    scenario = Scenario()
    scenario.read(GRACE)
    scenario.clock.now += 2000
    scenario.read(100)  # it got new events first
    assert not scenario.recorded()
    scenario.read(400, age=2000)
    assert not scenario.recorded()
    scenario.read(580)
    assert not scenario.recorded()
    scenario.read(60)
    assert scenario.recorded()


def test_one_late_event_between_others_is_enough_to_wait() -> None:
    scenario = Scenario()
    scenario.read(GRACE)
    scenario.read(20, age=301)
    scenario.read(300)
    assert not scenario.recorded()


def test_events_in_the_dead_letters_are_not_recorded() -> None:
    scenario = Scenario(queue=MemoryEventsQueue(waiting=0, dead=1))
    scenario.read(2 * GRACE)
    assert not scenario.recorded()


def test_a_worker_that_reads_in_time_writes_seldom() -> None:
    scenario = Scenario()
    writes = []
    scenario.store.in_time = lambda now, **_: writes.append(now)  # type: ignore[method-assign]  # the test's own
    scenario.read(GRACE, every=1)
    assert len(writes) <= 31
