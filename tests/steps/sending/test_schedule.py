from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from functions.core import timestamps
from functions.core.errors import Conflict, NotFound, Rejected
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import MessageKey, State
from functions.steps.sending.accept import AHEAD_SECONDS, AcceptResult, AcceptSend
from functions.steps.sending.cancel_send import cancel_send
from functions.steps.sending.enqueue_due import SOON_SECONDS, EnqueueDue, FindDue
from tests.fakes import Clock, Killed, Life
from tests.fakes.contacts import MemoryContacts, MemorySubscriptionTypes
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import (
    MemoryDueWatermark,
    MemoryMessageIndex,
    MemoryQueue,
    MemorySends,
    MemoryUploads,
    never_paused,
)
from tests.support.examples import DOMAIN, NOON, a_request, an_email, recipients

HOUR = 3600
TWO = recipients(cc=("bob@example.net",))


@dataclass
class World:
    sends: MemorySends = field(default_factory=MemorySends)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    clock: Clock = field(default_factory=Clock)
    watermark: MemoryDueWatermark = field(default_factory=MemoryDueWatermark)

    def accept(self, later: float, life: Life | None = None) -> AcceptResult:
        guard = life.guard if life else lambda port: port
        step = AcceptSend(
            domain=DOMAIN,
            sends=guard(self.sends),
            emails=MemoryEmails(live={7: an_email()}),
            contacts=MemoryContacts(),
            subscription_types=MemorySubscriptionTypes(),
            pauses=never_paused(),
            queue=guard(self.queue),
            uploads=MemoryUploads(),
            clock=self.clock,
            new_id=lambda: "s-1",
        )
        return step(a_request(send_id="one", recipients=TWO, send_at=timestamps.iso(NOON + later)), "key")

    def sweep(self, later: float, life: Life | None = None) -> int:
        guard = life.guard if life else lambda port: port
        self.clock.now = NOON + later
        step = EnqueueDue(
            sends=guard(self.sends),
            queue=guard(self.queue),
            due=FindDue(
                messages=guard(MemoryMessageIndex(self.sends)),
                watermark=guard(self.watermark),
                clock=self.clock,
                retention_days=90,
            ),
            watermark=guard(self.watermark),
            clock=self.clock,
        )
        return step()

    def states(self) -> set[State]:
        return {message.state for message in self.sends.stored.values()}

    def delays(self) -> list[int]:
        return [delay for _, delay in self.queue.waiting]


def test_what_is_for_later_waits_in_no_queue() -> None:
    world = World()
    accepted = world.accept(5 * HOUR)
    assert accepted.message.due_at == "2026-11-23T17:00:00.000Z"
    assert (world.states(), world.queue.waiting) == ({State.SCHEDULED}, [])
    assert world.sweep(5 * HOUR - SOON_SECONDS - 1) == 0


@pytest.mark.parametrize("early", [SOON_SECONDS, 1, 0, -5, -24 * HOUR, -25 * HOUR, -89 * 24 * HOUR])
@pytest.mark.parametrize("swept", [False, True])
def test_it_is_queued_once_before_its_time_however_late_the_sweep(early: int, swept: bool) -> None:
    world = World()
    world.accept(5 * HOUR)
    assert not swept or world.sweep(HOUR) == 0
    assert world.sweep(5 * HOUR - early) == 1
    assert world.delays() == [max(0, early)]
    assert world.states() == {State.QUEUED}
    assert world.sweep(5 * HOUR) == 0


@pytest.mark.parametrize(("later", "delay"), [(SOON_SECONDS, SOON_SECONDS), (1, 1), (0, 0), (-HOUR, 0)])
def test_what_is_due_soon_or_was_is_queued_at_once(later: int, delay: int) -> None:
    world = World()
    world.accept(later)
    assert (world.states(), world.delays()) == ({State.QUEUED}, [delay])


def test_a_time_too_far_ahead_is_refused_with_the_latest_that_is_possible() -> None:
    world = World()
    with pytest.raises(Rejected, match=r"message.sendAt: is too far ahead: .* 2026-12-05T12:00:00.000Z"):
        world.accept(AHEAD_SECONDS + 1)
    assert not world.sends.stored
    world.accept(AHEAD_SECONDS)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", range(3))
def test_a_client_s_repeat_mends_an_accept_that_died(call: int, after: bool) -> None:
    world = World()
    with suppress(Killed):
        world.accept(5 * HOUR, Life(call, after=after))
    world.accept(5 * HOUR)
    assert world.sweep(5 * HOUR) == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", range(30))
def test_a_sweep_killed_anywhere_leaves_nothing_behind(call: int, after: bool) -> None:
    """A copy too many is harmless; a mark without a copy would be a send that nobody delivers."""
    world = World()
    world.accept(5 * HOUR)
    with suppress(Killed):
        world.sweep(5 * HOUR, Life(call, after=after))
    assert world.states() == {State.SCHEDULED} or world.queue.waiting
    world.sweep(5 * HOUR + 300)
    assert (world.states(), bool(world.queue.waiting)) == ({State.QUEUED}, True)


def test_a_copy_may_be_quicker_than_its_mark() -> None:
    world = World()
    key = world.accept(5 * HOUR).message.key
    assert world.sends.claim(key, now=NOON, lease_seconds=60, grace_seconds=300)
    assert world.sends.settle(key, Transition.ENQUEUE, now=NOON) is False


@pytest.mark.parametrize("later", [5 * HOUR, 60])
def test_what_no_worker_has_can_be_canceled_and_again(later: int) -> None:
    world = World()
    key = world.accept(later).message.key
    for _ in range(2):
        assert {one.state for one in cancel_send(key.send_id, sends=world.sends, clock=world.clock)} == {State.CANCELED}
    assert world.sweep(later) == 0
    assert world.sends.claim(key, now=NOON, lease_seconds=60, grace_seconds=300) is None


def test_what_is_canceled_for_some_recipients_is_sent_to_the_others() -> None:
    world = World()
    key = world.accept(0).message.key
    world.sends.claim(key, now=NOON, lease_seconds=60, grace_seconds=300)
    states = [one.state for one in cancel_send(key.send_id, sends=world.sends, clock=world.clock)]
    assert states == [State.SENDING, State.CANCELED]


def test_it_is_too_late_once_a_worker_has_it() -> None:
    world = World()
    send_id = world.accept(0).message.key.send_id
    for number in range(2):
        world.sends.claim(MessageKey(send_id, number), now=NOON, lease_seconds=60, grace_seconds=300)
    with pytest.raises(Conflict, match="cannot be canceled any more"):
        cancel_send(send_id, sends=world.sends, clock=world.clock)
    with pytest.raises(NotFound):
        cancel_send("nobody", sends=world.sends, clock=world.clock)
