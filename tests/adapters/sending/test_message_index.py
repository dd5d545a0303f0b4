from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest

from functions import wiring
from functions.adapters.sending import message_index
from functions.core import timestamps
from functions.core.events import pagination
from functions.core.events.pagination import Position
from functions.core.sending.send import Message
from functions.ports.messages import MessageIndex, Sends
from tests.fakes.messages import MemoryListings, MemorySends
from tests.support.cloud import aws_of
from tests.support.examples import NOON, NOON_TEXT, a_message

_fresh = itertools.count()
EVER = ("0000", "9999")


@dataclass
class World:
    sends: Sends
    listings: MessageIndex

    def add(self, number: int, seconds: float = 0, **changed: object) -> list[Message]:
        """A send of so many messages, accepted so long after noon."""
        send_id = f"listed-{next(_fresh)}"
        at = timestamps.iso(NOON + seconds)
        made = [a_message(send_id, recipient, accepted_at=at, **changed) for recipient in range(number)]
        assert self.sends.create(made)
        return made


@pytest.fixture(params=["memory", "dynamo"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "memory":
        sends = MemorySends()
        return World(sends, MemoryListings(sends))
    container = aws_of(request)
    return World(container.get(wiring.adapters.sends), container.get(wiring.adapters.message_index))


def newest_first(*messages: list[Message]) -> list[Position]:
    return sorted((pagination.position_of(one) for made in messages for one in made), reverse=True)


def test_an_emails_messages_are_listed_the_newest_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over several pages, which may end within an instant."""
    monkeypatch.setattr(message_index, "PAGE", 7)
    email_id = 700_000 + next(_fresh)
    made = [world.add(5, second // 2, email_id=email_id) for second in range(6)]
    world.add(1, email_id=email_id + 100_000)
    listed = list(world.listings.of_email(email_id, *EVER))
    assert listed == newest_first(*made)
    assert world.listings.read(listed) == sorted(
        (one for each in made for one in each), key=pagination.position_of, reverse=True
    )


def test_a_recipients_messages_are_listed_of_every_email(world: World) -> None:
    address = f"ada{next(_fresh)}@example.net"
    made = [world.add(1, second, email_id=second + 1, address=address) for second in range(3)]
    world.add(1, address=f"x{address}")
    assert list(world.listings.of_address(address, *EVER)) == newest_first(*made)
    assert list(world.listings.of_address(address.upper(), *EVER)) == []


def test_both_ends_of_a_span_are_included(world: World) -> None:
    email_id = 700_000 + next(_fresh)
    made = [world.add(1, second, email_id=email_id) for second in range(4)]
    span = timestamps.iso(NOON + 1), timestamps.iso(NOON + 2)
    assert list(world.listings.of_email(email_id, *span)) == newest_first(*made[1:3])
    assert list(world.listings.of_email(email_id, *reversed(span))) == []


def test_what_is_gone_is_left_out(world: World) -> None:
    (kept,) = world.add(1)
    gone = Position(NOON_TEXT, "gone", 0)
    assert world.listings.read([gone, pagination.position_of(kept)]) == [kept]
    assert world.listings.read([]) == []
