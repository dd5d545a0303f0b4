"""The messages of broadcasts, listed from their pages: each once, the newest first, and only pages of the span are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from functions.core.broadcasts.broadcast import Recipient
from functions.core.errors import Throttled
from functions.core.events import pagination
from functions.core.events.pagination import Position
from functions.core.sending.send import Message
from functions.core.statistics import periods
from functions.steps.broadcasts import prepare, read_audience, send_page
from functions.steps.broadcasts.list_messages import ListBroadcastMessages
from functions.steps.events.search_messages import MessageQuery, SearchMessages
from tests.fakes.broadcasts import MemoryBroadcastFiles
from tests.fakes.statistics import MemoryCounters
from tests.support.broadcasts import BroadcastScenario
from tests.support.examples import a_message

EVERYTHING = (periods.FIRST, periods.LAST)


@dataclass
class CountedFiles(MemoryBroadcastFiles):
    read: list[int] = field(default_factory=list)

    def read_page(self, broadcast_id: str, number: int) -> list[Recipient]:
        self.read.append(number)
        return super().read_page(broadcast_id, number)


class SlowRate:
    """A mail takes a second."""

    def __init__(self) -> None:
        self.scenario: BroadcastScenario | None = None

    def take(self, _: int) -> None:
        assert self.scenario
        self.scenario.clock.now += 1


@pytest.fixture
def scenario(monkeypatch: pytest.MonkeyPatch) -> BroadcastScenario:
    for module, name, size in ((prepare, "PAGE_MAX", 5), (read_audience, "PAGE_MAX", 5), (send_page, "CHUNK", 5)):
        monkeypatch.setattr(module, name, size)
    rate = SlowRate()
    rate.scenario = BroadcastScenario(rate=rate)
    return rate.scenario


def listing(scenario: BroadcastScenario, files: MemoryBroadcastFiles | None = None) -> ListBroadcastMessages:
    return ListBroadcastMessages(
        broadcasts=scenario.broadcasts, pages=scenario.pages, files=files or scenario.files, messages=scenario.index
    )


def sent(scenario: BroadcastScenario, count: int = 23, name: str = "p") -> list[Position]:
    """Sends a broadcast. Returns the positions of its messages, the newest first."""
    before = set(scenario.sends.stored)
    scenario.send(lists=(scenario.a_list(*(f"{name}{number:02}@example.net" for number in range(count))),))
    scenario.run()
    return newest_first([message for key, message in scenario.sends.stored.items() if key not in before])


def newest_first(messages: Sequence[Message]) -> list[Position]:
    return sorted(map(pagination.position_of, messages), reverse=True)


def test_every_message_is_listed_once_and_in_order(scenario: BroadcastScenario) -> None:
    first, second = sent(scenario), sent(scenario, 7, "q")
    assert list(listing(scenario)([7], *EVERYTHING)) == sorted([*first, *second], reverse=True)
    assert list(listing(scenario)([8], *EVERYTHING)) == []


def test_a_span_reads_its_own_pages_only(scenario: BroadcastScenario) -> None:
    positions = sent(scenario)
    span = positions[12:8:-1]
    files = CountedFiles(pages=scenario.files.pages)
    listed = list(listing(scenario, files)([7], span[0].accepted_at, span[-1].accepted_at))
    assert listed == sorted(span, reverse=True)
    assert len(files.read) <= 2
    files.read.clear()
    assert next(listing(scenario, files)([7], *EVERYTHING)) == positions[0]
    assert len(files.read) <= 2


def test_pages_that_overlap_are_merged(scenario: BroadcastScenario) -> None:
    """The quota ends amid each page, so the rest of it comes after other pages."""
    scenario.mailer.answers = [None, None, Throttled("rate")] * 4
    scenario.send(lists=(scenario.a_list(*(f"p{number:02}@example.net" for number in range(10))),))
    scenario.run()
    first, second = scenario.pages.all(next(iter(scenario.broadcasts.stored)))
    assert first.first_at < second.first_at < first.last_at
    positions = newest_first(list(scenario.sends.stored.values()))
    assert list(listing(scenario)([7], *EVERYTHING)) == positions
    assert list(listing(scenario)([7], positions[4].accepted_at, positions[2].accepted_at)) == positions[2:5]


def test_a_repeated_address_is_listed_for_its_first_place(scenario: BroadcastScenario) -> None:
    file = scenario.a_file("email\n" + "ada@example.net\n" * 7)
    scenario.send(file=file)
    scenario.run()
    assert len(list(listing(scenario)([7], *EVERYTHING))) == 1


def test_a_page_without_its_file_is_left_out(scenario: BroadcastScenario) -> None:
    positions = sent(scenario)
    del scenario.files.pages[next(iter(scenario.broadcasts.stored)), 1]
    assert len(list(listing(scenario)([7], *EVERYTHING))) == len(positions) - 5


def test_a_search_by_email_has_single_sends_and_broadcasts(scenario: BroadcastScenario) -> None:
    positions = sent(scenario)
    single = a_message("single", accepted_at=positions[3].accepted_at, email_id=7)
    scenario.sends.create([single])
    search = SearchMessages(
        messages=scenario.index,
        of_broadcasts=listing(scenario),
        metrics=MemoryCounters(),
        clock=scenario.clock,
        retention_days=90,
    )
    listed: list[Position] = []
    after: Position | None = None
    while True:
        page = search(MessageQuery(email_id=7), after, 4)
        listed += map(pagination.position_of, page.messages)
        after = page.next_cursor
        if after is None:
            break
    assert listed == newest_first(list(scenario.sends.stored.values()))
    assert len(listed) == 24
