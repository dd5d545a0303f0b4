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
from tests.support.broadcasts import World
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
        self.world: World | None = None

    def take(self, _: int) -> None:
        assert self.world
        self.world.clock.now += 1


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    for module, name, size in ((prepare, "PAGE_MAX", 5), (read_audience, "PAGE_MAX", 5), (send_page, "CHUNK", 5)):
        monkeypatch.setattr(module, name, size)
    rate = SlowRate()
    rate.world = World(rate=rate)
    return rate.world


def listing(world: World, files: MemoryBroadcastFiles | None = None) -> ListBroadcastMessages:
    return ListBroadcastMessages(
        broadcasts=world.broadcasts, pages=world.pages, files=files or world.files, messages=world.index
    )


def sent(world: World, count: int = 23, name: str = "p") -> list[Position]:
    """Sends a broadcast. Returns the positions of its messages, the newest first."""
    before = set(world.sends.stored)
    world.send(lists=(world.a_list(*(f"{name}{number:02}@example.net" for number in range(count))),))
    world.run()
    return newest_first([message for key, message in world.sends.stored.items() if key not in before])


def newest_first(messages: Sequence[Message]) -> list[Position]:
    return sorted(map(pagination.position_of, messages), reverse=True)


def test_every_message_is_listed_once_and_in_order(world: World) -> None:
    first, second = sent(world), sent(world, 7, "q")
    assert list(listing(world)([7], *EVERYTHING)) == sorted([*first, *second], reverse=True)
    assert list(listing(world)([8], *EVERYTHING)) == []


def test_a_span_reads_its_own_pages_only(world: World) -> None:
    positions = sent(world)
    span = positions[12:8:-1]
    files = CountedFiles(pages=world.files.pages)
    listed = list(listing(world, files)([7], span[0].accepted_at, span[-1].accepted_at))
    assert listed == sorted(span, reverse=True)
    assert len(files.read) <= 2
    files.read.clear()
    assert next(listing(world, files)([7], *EVERYTHING)) == positions[0]
    assert len(files.read) <= 2


def test_pages_that_overlap_are_merged(world: World) -> None:
    """The quota ends amid each page, so the rest of it comes after other pages."""
    world.mailer.answers = [None, None, Throttled("rate")] * 4
    world.send(lists=(world.a_list(*(f"p{number:02}@example.net" for number in range(10))),))
    world.run()
    first, second = world.pages.all(next(iter(world.broadcasts.stored)))
    assert first.first_at < second.first_at < first.last_at
    positions = newest_first(list(world.sends.stored.values()))
    assert list(listing(world)([7], *EVERYTHING)) == positions
    assert list(listing(world)([7], positions[4].accepted_at, positions[2].accepted_at)) == positions[2:5]


def test_a_repeated_address_is_listed_for_its_first_place(world: World) -> None:
    file = world.a_file("email\n" + "ada@example.net\n" * 7)
    world.send(file=file)
    world.run()
    assert len(list(listing(world)([7], *EVERYTHING))) == 1


def test_a_page_without_its_file_is_left_out(world: World) -> None:
    positions = sent(world)
    del world.files.pages[next(iter(world.broadcasts.stored)), 1]
    assert len(list(listing(world)([7], *EVERYTHING))) == len(positions) - 5


def test_a_search_by_email_has_single_sends_and_broadcasts(world: World) -> None:
    positions = sent(world)
    single = a_message("single", accepted_at=positions[3].accepted_at, email_id=7)
    world.sends.create([single])
    search = SearchMessages(
        messages=world.index,
        of_broadcasts=listing(world),
        metrics=MemoryCounters(),
        clock=world.clock,
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
    assert listed == newest_first(list(world.sends.stored.values()))
    assert len(listed) == 24
