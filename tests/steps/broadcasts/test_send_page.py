"""A page is sent in attempts: throttled, of unknown outcome, slow, or redriven."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.broadcasts.jobs import PageJob
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.errors import OutcomeUnknown, Retry, Throttled
from functions.core.sending.send import FAILED_ATTEMPTS_MAX, State
from functions.steps.broadcasts.send_page import CHUNK
from tests.fakes.sending import MemoryMailer
from tests.support.broadcasts import (
    ADA,
    ATTEMPTS,
    CANCELED,
    FAILED,
    GRACE,
    LEASE,
    SENT,
    World,
)
from tests.support.examples import NOON

MANY = [f"person-{number}@example.net" for number in range(2500)]


def test_a_slow_worker_continues_in_another_job() -> None:
    world = World()
    broadcast = world.send(lists=(world.a_list(*MANY[:300]),))
    while world.queue.waiting:
        world.step(seconds=0.0001)  # each job sees its time over
        world.clock.now += 1
        if len(world.mailer.taken) == 0 and len(world.queue.waiting) > 50:
            break
    world.run()
    assert world.mailed() == sorted(MANY[:300])
    assert world.editor.get(broadcast.id).state is BroadcastState.DONE


def test_what_ses_refuses_for_now_is_sent_again() -> None:
    world = World(mailer=MemoryMailer([Retry("SES is down"), Throttled("slow", after_seconds=1)]))
    broadcast = world.send(lists=(world.a_list(*MANY[:20]),))
    world.run()
    assert world.mailed() == sorted(MANY[:20])
    assert world.outcomes(broadcast.id) == {SENT: 20}


def test_a_throttled_message_of_a_resumed_page_is_sent() -> None:
    """The page reads first what it did. A throttle is no failure, however often SES throttled the message."""
    world = World(mailer=MemoryMailer([None, *[Throttled("slow")] * (ATTEMPTS + 2)]))
    broadcast = world.send(lists=(world.a_list("a@example.net", "b@example.net"),))
    while len(world.mailer.answers) > 1:
        world.step()
    world.editor.pause(broadcast.id, "by hand", ADA)
    world.run()
    world.editor.resume(broadcast.id, ADA)
    world.run()
    assert world.outcomes(broadcast.id) == {SENT: 2}


def test_a_throttled_message_of_an_unknown_outcome_is_attempted_again() -> None:
    """A throttle costs the message no attempt, so the lost answer is its first failure."""
    throttled = [Throttled("slow")] * (FAILED_ATTEMPTS_MAX + 1)
    world = World(mailer=MemoryMailer([*throttled, OutcomeUnknown("the answer was lost")]))
    broadcast = world.send(lists=(world.a_list("a@example.net"),))
    world.run()
    assert world.outcomes(broadcast.id) == {SENT: 1}
    message = world.message("a@example.net")
    assert message.attempts == len(throttled) + 2
    assert [one.number for one in message.failed_attempts] == list(range(1, FAILED_ATTEMPTS_MAX + 1))


def test_unknown_outcomes_are_attempts() -> None:
    world = World(mailer=MemoryMailer([OutcomeUnknown("the answer was lost")] * 1000))
    broadcast = world.send(lists=(world.a_list("a@example.net"),))
    world.run()
    assert world.outcomes(broadcast.id) == {FAILED: 1}
    assert world.message("a@example.net").attempts == ATTEMPTS


def test_a_redriven_recipient_has_all_attempts_again() -> None:
    world = World(mailer=MemoryMailer([Retry("SES is down")] * ATTEMPTS))
    broadcast = world.send(lists=(world.a_list("a@example.net"),))
    world.run()
    assert world.outcomes(broadcast.id) == {FAILED: 1}
    world.clock.now += LEASE + GRACE
    redriven_at = timestamps.iso(world.clock())
    world.mailer.answers = [OutcomeUnknown("the answer was lost")] * (ATTEMPTS - 1)
    world.queue.enqueue(world.queue.dead_letters[0][0])
    world.run()
    assert world.mailed() == ["a@example.net"]
    assert world.outcomes(broadcast.id) == {SENT: 1}
    assert world.editor.get(broadcast.id).redriven_at >= redriven_at, "an erasure waits for its worker"


def test_a_page_redriven_at_once_waits_for_late_events() -> None:
    """An event of SES may still come, so the mail goes out a grace period later."""
    world = World(mailer=MemoryMailer([Retry("SES is down")] * ATTEMPTS))
    broadcast = world.send(lists=(world.a_list("a@example.net"),))
    world.run()
    assert world.outcomes(broadcast.id) == {FAILED: 1}
    lease_until = world.message("a@example.net").lease_until
    world.queue.enqueue(world.queue.dead_letters[0][0])
    world.run()
    assert world.mailed() == ["a@example.net"]
    assert world.clock() >= lease_until + GRACE


def test_a_page_that_waits_for_late_events_still_gives_up() -> None:
    """Another recipient of the page has no attempt left: its dead letter is not lost."""
    world = World(mailer=MemoryMailer([Retry("SES is down")] * (2 * ATTEMPTS)))
    world.send(lists=(world.a_list("a@example.net", "b@example.net"),))
    world.run()
    ((letter, _),) = world.queue.dead_letters
    assert isinstance(letter, PageJob)
    failed, exhausted = letter.only
    key = next(key for key, one in world.sends.stored.items() if one.broadcast.endswith(f"#{exhausted}"))
    world.sends.stored[key] = replace(world.sends.stored[key], state=State.QUEUED)
    world.queue.enqueue(replace(letter, only=(failed,)))
    world.step()
    _, (hopeless, reason) = world.queue.dead_letters
    assert isinstance(hopeless, PageJob)
    assert (hopeless.only, reason) == ((exhausted,), f"given up after {ATTEMPTS} attempts: 1 of the page's recipients")
    assert [job for job, _ in world.queue.waiting] == [replace(letter, only=(failed,))]


def test_a_redriven_page_waits_while_its_broadcast_is_paused() -> None:
    world = World(mailer=MemoryMailer([Retry("SES is down")] * ATTEMPTS))
    broadcast = world.send(lists=(world.a_list("a@example.net"),))
    world.run()
    world.clock.now += LEASE + GRACE
    _set_state(world, broadcast.id, BroadcastState.PAUSED)  # another page of it is not done
    world.queue.enqueue(world.queue.dead_letters[0][0])
    for _ in range(3):
        world.step()
    assert world.mailed() == []
    _set_state(world, broadcast.id, BroadcastState.SENDING)
    world.run()
    assert world.mailed() == ["a@example.net"]


def _set_state(world: World, broadcast_id: str, state: BroadcastState) -> None:
    world.broadcasts.edit(broadcast_id, lambda one: replace(one, state=state))


def test_a_redriven_page_sends_to_all_however_slow_ses_is() -> None:
    """The broadcast is done by then, so only the redriven page can send the rest."""
    count = 2 * CHUNK + 1
    world = World(mailer=MemoryMailer([Retry("SES is down")] * (count * ATTEMPTS)))
    broadcast = world.send(lists=(world.a_list(*MANY[:count]),))
    world.run()
    assert world.outcomes(broadcast.id) == {FAILED: count}
    world.clock.now += LEASE + GRACE
    world.mailer.answers = [None] * (CHUNK + 2) + [Retry("SES is down"), Throttled("slow")]
    world.queue.enqueue(world.queue.dead_letters[0][0])
    world.run()
    assert world.mailed() == sorted(MANY[:count])


def test_a_redriven_page_ends_without_its_recipients() -> None:
    world = World(mailer=MemoryMailer([Retry("SES is down")] * ATTEMPTS))
    broadcast = world.send(lists=(world.a_list("a@example.net"),))
    world.run()
    world.files.pages.clear()
    for state in (BroadcastState.DONE, BroadcastState.CANCELED):
        _set_state(world, broadcast.id, state)
        world.queue.enqueue(world.queue.dead_letters[0][0])
        world.run()
    assert (world.mailed(), world.outcomes(broadcast.id)) == ([], {FAILED: 1})


@pytest.mark.parametrize("end", ["resume", "cancel"])
def test_a_broadcast_ends_without_its_recipients(end: str) -> None:
    """Who had no turn gets no mail, so a late resumption leaves no broadcast that sends for ever."""
    world = World()
    broadcast = world.send(lists=(world.a_list(*MANY),))
    while len(world.mailer.taken) < 1000:
        world.step()
    world.editor.pause(broadcast.id, "a typo", ADA)
    world.run()
    world.files.pages.clear()
    getattr(world.editor, end)(broadcast.id, ADA)
    world.run()
    done = world.editor.get(broadcast.id)
    assert done.state is (BroadcastState.DONE if end == "resume" else BroadcastState.CANCELED)
    assert world.editor.progress(done).pages_done == done.pages
    assert world.outcomes(broadcast.id)[CANCELED] == 2500 - len(world.mailer.taken)


def test_a_page_that_always_fails_is_one_dead_letter() -> None:
    world = World(mailer=MemoryMailer([Retry("SES is down")] * 1000))
    broadcast = world.send(lists=(world.a_list(*MANY[:20]),))
    world.run()
    assert world.outcomes(broadcast.id) == {FAILED: 20}
    assert len(world.queue.dead_letters) == 1
    world.clock.now += 5000
    world.mailer.answers.clear()
    world.queue.enqueue(world.queue.dead_letters[0][0])
    world.run()
    assert world.mailed() == sorted(MANY[:20])


def test_a_mail_without_an_event_is_sent_again() -> None:
    world = World()
    world.events_arrive = False
    broadcast = world.send(lists=(world.a_list("a@example.net"),))
    for _ in range(30):
        world.step()
        if len(world.mailer.taken) == 2:
            break
    assert world.clock() > NOON + 900
    world.confirm()
    world.run()
    assert world.outcomes(broadcast.id) == {SENT: 1}
