"""What no listing has is found and listed by the same command that repairs the counters: a lost batch, or messages from before listings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from functions.core import timestamps
from functions.core.events import listings, pagination
from functions.core.sending.send import Message
from functions.core.statistics.periods import FIRST, LAST
from functions.steps.statistics.rebuild import SETTLE_SECONDS
from functions.steps.statistics.rebuild_listings import RebuildListings
from tests.fakes import Clock
from tests.fakes.sending import MemoryListings, MemoryMessageIndex, MemorySends
from tests.support.examples import NOON, a_message

TODAY, YESTERDAY = "2026-11-23", "2026-11-22"


@dataclass
class ListingScenario:
    sends: MemorySends = field(default_factory=MemorySends)
    listings: MemoryListings = field(default_factory=MemoryListings)
    clock: Clock = field(default_factory=lambda: Clock(NOON + SETTLE_SECONDS))

    def add(self, number: int, seconds: float = 0, *, listed: bool = False, **changed: Any) -> Message:
        message = a_message(f"s-{number}", accepted_at=timestamps.iso(NOON - seconds), **changed)
        self.sends.create([message])
        self.listings.add(listings.of_messages([message] if listed else []))
        return message

    def rebuild(self) -> RebuildListings:
        index = MemoryMessageIndex(self.sends, self.listings)
        return RebuildListings(accepted=index.accepted, messages=index, listings=self.listings, clock=self.clock)

    def listed(self, email_id: int = 7) -> list[str]:
        return [one.send_id for one in self.listings.oldest_first(email_id, FIRST, LAST)]


def test_what_is_listed_stays_as_it_is() -> None:
    scenario = ListingScenario()
    for number in range(3):
        scenario.add(number, number, listed=True)
    stored = dict(scenario.listings.stored)
    assert scenario.rebuild().compare(TODAY, TODAY) == 0
    assert scenario.rebuild().repair(TODAY, TODAY) == 0
    assert scenario.listings.stored == stored


def test_what_is_not_listed_is_listed_once() -> None:
    scenario = ListingScenario()
    scenario.add(1, 100)
    scenario.add(2, 50, listed=True)
    scenario.add(3, 20, email_id=8)
    scenario.add(4, 10)
    assert scenario.rebuild().compare(TODAY, TODAY) == 3
    assert scenario.rebuild().repair(TODAY, TODAY) == 3
    assert (scenario.listed(), scenario.listed(8)) == (["s-1", "s-2", "s-4"], ["s-3"])
    assert scenario.rebuild().repair(TODAY, TODAY) == 0


def test_an_interrupted_repair_goes_on_with_the_rest() -> None:
    scenario = ListingScenario()
    messages = [scenario.add(number, number) for number in range(9)]
    scenario.listings.add(listings.of_messages(messages[::2]))
    assert scenario.rebuild().repair(TODAY, TODAY) == 4
    assert len(scenario.listed()) == 9


def test_the_latest_messages_are_left_to_measure() -> None:
    scenario = ListingScenario()
    scenario.add(1, -1)
    assert scenario.rebuild().compare(TODAY, TODAY) == 0
    scenario.clock.now += 1
    assert scenario.rebuild().compare(TODAY, TODAY) == 1


def test_other_days_and_broadcasts_are_no_concern() -> None:
    scenario = ListingScenario()
    old = scenario.add(1, 86_400)
    scenario.add(2, broadcast="b#1#2")
    assert scenario.rebuild().compare(TODAY, TODAY) == 0
    assert scenario.rebuild().repair(YESTERDAY, TODAY) == 1
    assert list(scenario.listings.oldest_first(7, FIRST, LAST)) == [pagination.position_of(old)]


def test_a_position_without_its_message_is_not_enough() -> None:
    """A corrected request has a listed position, which is that of its refusal."""
    scenario = ListingScenario()
    refused = a_message("s-1", accepted_at=timestamps.iso(NOON - 60))
    scenario.listings.add(listings.of_messages([refused]))
    scenario.add(1, 30)
    assert scenario.rebuild().compare(TODAY, TODAY) == 1
