"""ports.MessageIndex: one suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass

import pytest

from functions import wiring
from functions.adapters import schema
from functions.adapters.sending import message_index
from functions.core import timestamps
from functions.core.contacts.erasure import anonymous
from functions.core.events import pagination
from functions.core.events.pagination import Position
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Message, State
from functions.ports.sending import MessageIndex, Sends
from tests.fakes.sending import MemoryMessageIndex, MemorySends
from tests.support.aws.cloud import aws_of
from tests.support.examples import NOON, NOON_TEXT, a_message

_fresh = itertools.count()
EVER = ("0000", "9999")
EARLIER, LATER = "2026-11-23T11:00:00.000Z", "2026-11-23T13:00:00.000Z"


@dataclass
class World:
    sends: Sends
    messages: MessageIndex

    def add(self, number: int, seconds: float = 0, **changed: object) -> list[Message]:
        """A send of so many messages, accepted so long after noon."""
        send_id = f"listed-{next(_fresh)}"
        at = timestamps.iso(NOON + seconds)
        messages = [a_message(send_id, recipient, accepted_at=at, **changed) for recipient in range(number)]
        assert self.sends.create(messages)
        return messages


@pytest.fixture(params=["memory", "dynamo"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "memory":
        sends = MemorySends()
        return World(sends, MemoryMessageIndex(sends))
    container = aws_of(request)
    return World(container.get(wiring.adapters.sends), container.get(wiring.adapters.message_index))


def newest_first(*groups: list[Message]) -> list[Position]:
    return sorted((pagination.position_of(one) for group in groups for one in group), reverse=True)


def test_an_emails_messages_are_listed_the_newest_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over several pages, which may end within an instant."""
    monkeypatch.setattr(message_index, "PAGE", 7)
    email_id = 700_000 + next(_fresh)
    groups = [world.add(5, second // 2, email_id=email_id) for second in range(6)]
    world.add(1, email_id=email_id + 100_000)
    listed = list(world.messages.of_email(email_id, *EVER))
    assert listed == newest_first(*groups)
    assert world.messages.read(listed) == sorted(
        (one for each in groups for one in each), key=pagination.position_of, reverse=True
    )


def test_a_burst_is_listed_with_the_other_messages(world: World) -> None:
    email_id = 700_000 + next(_fresh)
    quiet = [world.add(1, 2 * second, email_id=email_id) for second in range(3)]
    burst = [world.add(2, second / 2, email_id=email_id, spread=True) for second in range(80)]
    listed = newest_first(*quiet, *burst)
    messages = world.messages.read(listed)
    assert list(world.messages.of_email(email_id, *EVER)) == listed
    assert list(world.messages.of_email(email_id, *EVER, spread=False)) == newest_first(*quiet)
    assert world.messages.by_email(email_id, *EVER, 5) == messages[::-1][:5]
    assert world.messages.by_email(email_id, *EVER, 5, spread=False) == [message for (message,) in quiet]


def test_a_burst_takes_a_tenth_of_a_partitions_limit() -> None:
    """5,000 messages of one email a second, in the index's partitions."""
    writes = Counter(schema.email_part(7, f"send-{number}", spread=True) for number in range(5000))
    assert max(writes.values()) <= 1000 / 10
    assert writes.keys() <= set(schema.email_parts(7, spread=True))


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
        world.sends.create([a_message(send_id, number, email_id=email_id) for number in range(50)])
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
