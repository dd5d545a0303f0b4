"""ports.MessageIndex: one suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.adapters.sending import listings as dynamo_listings
from functions.adapters.sending.listings import DynamoListings
from functions.adapters.sending.message_items import message_item
from functions.core import ids, timestamps
from functions.core.contacts.erasure import anonymous
from functions.core.events import listings, pagination
from functions.core.events.pagination import Position
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Message, State
from functions.ports.sending import MessageIndex, MessageListings, Sends
from tests.fakes.sending import MemoryListings, MemoryMessageIndex, MemorySends
from tests.support.aws.cloud import aws_of
from tests.support.examples import NOON, NOON_TEXT, a_message

_fresh = itertools.count()
EVER = ("0000", "9999")
EARLIER, LATER = "2026-11-23T11:00:00.000Z", "2026-11-23T13:00:00.000Z"


@dataclass
class World:
    sends: Sends
    messages: MessageIndex
    listings: MessageListings

    def add(self, number: int, seconds: float = 0, **changed: object) -> list[Message]:
        """A send of so many messages, accepted so long after noon."""
        send_id = f"listed-{next(_fresh)}"
        at = timestamps.iso(NOON + seconds)
        messages = [a_message(send_id, recipient, accepted_at=at, **changed) for recipient in range(number)]
        assert self.sends.create(messages)
        self.list(messages)
        return messages

    def list(self, messages: Sequence[Message]) -> None:
        """What measure does with a batch."""
        self.listings.add(listings.of_messages(messages))


@pytest.fixture(params=["memory", "dynamo"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "memory":
        sends, memory = MemorySends(), MemoryListings()
        return World(sends, MemoryMessageIndex(sends, memory), memory)
    container = aws_of(request)
    adapters, get = wiring.adapters.sending, container.get
    return World(get(adapters.sends), get(adapters.message_index), get(adapters.listings))


def newest_first(*groups: list[Message]) -> list[Position]:
    return sorted((pagination.position_of(one) for group in groups for one in group), reverse=True)


def test_an_emails_messages_are_listed_the_newest_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over several pages, which may end within an instant."""
    monkeypatch.setattr(dynamo_listings, "PAGE", 7)
    email_id = 700_000 + next(_fresh)
    groups = [world.add(5, second // 2, email_id=email_id) for second in range(6)]
    world.add(1, email_id=email_id + 100_000)
    listed = list(world.messages.of_email(email_id, *EVER))
    assert listed == newest_first(*groups)
    assert world.messages.read(listed) == sorted(
        (one for each in groups for one in each), key=pagination.position_of, reverse=True
    )


def test_what_is_listed_twice_comes_once(world: World) -> None:
    email_id = 700_000 + next(_fresh)
    messages = [one for second in range(3) for one in world.add(2, second, email_id=email_id)]
    world.list(messages[1:4])
    world.list(messages)
    assert list(world.messages.of_email(email_id, *EVER)) == newest_first(messages)
    assert world.messages.by_email(email_id, *EVER, 9) == messages


def test_a_message_that_left_its_position_is_left_out(world: World) -> None:
    """One was rolled back after it was listed. Another was refused, and its request was corrected."""
    email_id = 700_000 + next(_fresh)
    (gone,) = world.add(1, 0, email_id=email_id)
    (refused,) = world.add(1, 1, email_id=email_id, state=State.REFUSED)
    (last,) = world.add(1, 2, email_id=email_id)
    world.sends.rollback([gone])
    corrected = replace(refused, state=State.QUEUED, accepted_at=timestamps.iso(NOON + 9))
    assert world.sends.replace_refused([refused], [corrected])
    world.list([corrected])
    assert world.messages.read(list(world.messages.of_email(email_id, *EVER))) == [corrected, last]
    assert world.messages.by_email(email_id, *EVER, 2) == [last, corrected]
    assert world.messages.by_email(email_id, *EVER, 1) == [last], "a page is full while there are more messages"


def test_ids_of_sends_are_listed_as_they_are(world: World) -> None:
    """UUIDs take 16 octets, and a batch with another id keeps all of them as texts."""
    email_id = 700_000 + next(_fresh)
    send_ids = [ids.for_send_id(str(next(_fresh))) for _ in range(3)]
    messages = [a_message(send_id, number, email_id=email_id) for number, send_id in enumerate(send_ids)]
    world.list(messages)
    assert list(world.messages.of_email(email_id, *EVER)) == newest_first(messages)
    more = a_message(ids.for_send_id("x").upper(), email_id=email_id)
    world.list([*messages, more])
    assert list(world.messages.of_email(email_id, *EVER)) == newest_first(messages, [more])


def test_a_scheduled_message_stays_listed() -> None:
    client: Any = SimpleNamespace()
    adapter = DynamoListings(client, "metrics", 90)
    scheduled = a_message(due_at=timestamps.iso(NOON + 86_400))
    (listing,) = listings.of_messages([scheduled, a_message("other")])
    expires = [adapter._item(listing)["expires_at"], message_item(scheduled, 90)["expires_at"]]
    assert expires[0] == expires[1]


def test_a_recipients_messages_are_listed_of_every_email(world: World) -> None:
    address = f"ada{next(_fresh)}@example.net"
    groups = [world.add(1, second, email_id=second + 1, address=address) for second in range(3)]
    world.add(1, address=f"x{address}")
    assert list(world.messages.of_address(address, *EVER)) == newest_first(*groups)
    assert list(world.messages.of_address(address.upper(), *EVER)) == []


def test_both_ends_of_a_span_are_included(world: World) -> None:
    email_id = 700_000 + next(_fresh)
    groups = [world.add(1, second, email_id=email_id) for second in range(4)]
    span = timestamps.iso(NOON + 1), timestamps.iso(NOON + 2)
    assert list(world.messages.of_email(email_id, *span)) == newest_first(*groups[1:3])
    assert list(world.messages.of_email(email_id, *reversed(span))) == []


def test_what_is_gone_is_left_out(world: World) -> None:
    (stored,) = world.add(1)
    gone = Position(NOON_TEXT, "gone", 0)
    assert world.messages.read([gone, pagination.position_of(stored)]) == [stored]
    assert world.messages.read([]) == []


def test_an_index_of_more_than_a_batch_is_read_whole(world: World) -> None:
    email_id = 900_000 + next(_fresh)
    for _ in range(3):
        send_id = f"listed-{next(_fresh)}"
        messages = [a_message(send_id, number, email_id=email_id) for number in range(50)]
        assert world.sends.create(messages)
        world.list(messages)
    assert len(world.messages.by_email(email_id, *EVER, 1_000)) == 150


def scheduled(world: World, due_at: str) -> Message:
    (message,) = world.add(1, state=State.SCHEDULED, due_at=due_at)
    return message


def test_due_messages_are_those_still_scheduled(world: World) -> None:
    hour = f"2027-01-{next(_fresh) % 28 + 1:02}T17"
    early, second, third, late = (scheduled(world, f"{hour}:{minute}:00.000Z") for minute in ("10", "20", "30", "50"))
    until = f"{hour}:30:00.000Z"
    assert world.sends.get(early.key) == early
    assert {message.key for message in world.messages.due(hour, until)} == {early.key, second.key, third.key}
    assert list(world.messages.due(f"{hour[:-2]}18", "2030")) == []
    world.sends.settle(early.key, Transition.ENQUEUE, now=NOON)
    assert world.sends.claim(second.key, now=NOON, lease_seconds=60, grace_seconds=300)
    world.sends.settle(third.key, Transition.CANCEL, now=NOON)
    assert list(world.messages.due(hour, "2030")) == [late]


def test_overdue_messages_are_found_in_any_hour(world: World) -> None:
    """No other test schedules a message as early as this."""
    first, second = scheduled(world, "2020-01-01T17:00:00.000Z"), scheduled(world, "2020-03-01T09:00:00.000Z")
    assert {message.key for message in world.messages.overdue("2020-03-01T09:00:00.000Z")} == {first.key, second.key}
    world.sends.settle(first.key, Transition.ENQUEUE, now=NOON)
    assert list(world.messages.overdue("2020-12")) == [second]
    world.sends.settle(second.key, Transition.CANCEL, now=NOON)
    assert list(world.messages.overdue("2020-12")) == []


def test_messages_are_found_by_whom_they_are_to(world: World) -> None:
    address = f"ada{next(_fresh)}@example.net"
    messages = [
        a_message(f"{address}-{number}", address=address, accepted_at=at, state=State.SENT)
        for number, at in enumerate((EARLIER, NOON_TEXT, LATER))
    ]
    for one in reversed(messages):
        world.sends.create([one])
    assert world.messages.by_recipient(address, NOON_TEXT, 9) == messages[:2]
    assert world.messages.by_recipient(address, LATER, 1) == messages[:1]
    assert world.messages.by_recipient("nobody@example.net", LATER, 9) == []


def test_an_anonymised_message_is_not_found_by_its_recipient(world: World) -> None:
    address = f"ada{next(_fresh)}@example.net"
    (before,) = world.add(1, address=address, state=State.SENT)
    assert world.sends.replace(before, anonymous(before))
    assert world.messages.by_recipient(address, LATER, 9) == []


def test_an_emails_messages_are_read_by_acceptance_time(world: World) -> None:
    messages = [
        a_message(
            f"accepted-{number:03}", email_id=71, accepted_at=f"2026-11-23T12:00:{number // 4:02}.{number % 4:03}Z"
        )
        for number in range(120)
    ]
    for message in [*messages, a_message("of-another", email_id=72)]:
        world.sends.create([message])
        world.list([message])
    assert world.messages.by_email(71, "2026-11-23T12:00:00.000Z", "2026-11-23T12:01:00.000Z", 500) == messages
    assert world.messages.by_email(71, "2026-11-23T12:00:01.001Z", "2026-11-23T12:00:02.000Z", 500) == messages[5:8]
    assert world.messages.by_email(71, "2026-11-23T12:00:00.000Z", "2026-11-23T12:01:00.000Z", 7) == messages[:7]
    assert world.messages.by_email(73, "2026-11-23T12:00:00.000Z", "2026-11-23T12:01:00.000Z", 7) == []


def test_a_census_finds_every_message_of_its_days(world: World) -> None:
    """More than a page of them: DynamoDB reads a megabyte at once."""
    days = ("2031-02-01T00:00:00.000Z", "2031-02-02T23:59:59.999Z", "2031-02-03T00:00:00.000Z")
    messages = [
        a_message(f"census-{next(_fresh)}", accepted_at=at, reason="x" * 300_000) for at in days for _ in range(2)
    ]
    for one in messages:
        world.sends.create([one])
    accepted = list(world.messages.accepted("2031-02-01", "2031-02-02"))
    assert sorted(one.key.send_id for one in accepted) == sorted(one.key.send_id for one in messages[:4])
