from __future__ import annotations

from contextlib import suppress

import pytest

from functions.core.errors import Rejected
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import State
from functions.steps.sending.accept import AHEAD_SECONDS
from functions.steps.sending.enqueue_due import SOON_SECONDS
from tests.fakes import Killed, Life
from tests.support.accepting import ScheduleScenario
from tests.support.examples import NOON

HOUR = 3600


def test_a_scheduled_send_is_not_queued() -> None:
    scenario = ScheduleScenario()
    accepted = scenario.accept_for(5 * HOUR)
    assert accepted.message.due_at == "2026-11-23T17:00:00.000Z"
    assert (scenario.states(), scenario.queue.waiting) == ({State.SCHEDULED}, [])
    assert scenario.enqueue_due(5 * HOUR - SOON_SECONDS - 1) == 0


@pytest.mark.parametrize("early", [SOON_SECONDS, 1, 0, -5, -24 * HOUR, -25 * HOUR, -89 * 24 * HOUR])
@pytest.mark.parametrize("swept", [False, True])
def test_a_scheduled_send_is_queued_once_however_late(early: int, swept: bool) -> None:
    scenario = ScheduleScenario()
    scenario.accept_for(5 * HOUR)
    assert not swept or scenario.enqueue_due(HOUR) == 0
    assert scenario.enqueue_due(5 * HOUR - early) == 1
    assert scenario.delays() == [max(0, early)]
    assert scenario.states() == {State.QUEUED}
    assert scenario.enqueue_due(5 * HOUR) == 0


@pytest.mark.parametrize(("later", "delay"), [(SOON_SECONDS, SOON_SECONDS), (1, 1), (0, 0), (-HOUR, 0)])
def test_a_send_that_is_due_soon_is_queued_at_once(later: int, delay: int) -> None:
    scenario = ScheduleScenario()
    scenario.accept_for(later)
    assert (scenario.states(), scenario.delays()) == ({State.QUEUED}, [delay])


def test_a_time_too_far_ahead_is_refused() -> None:
    scenario = ScheduleScenario()
    with pytest.raises(Rejected, match=r"message.sendAt: is too far ahead: .* 2026-12-05T12:00:00.000Z"):
        scenario.accept_for(AHEAD_SECONDS + 1)
    assert not scenario.sends.stored
    scenario.accept_for(AHEAD_SECONDS)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", range(3))
def test_a_retry_repairs_an_accept_that_died(call: int, after: bool) -> None:
    scenario = ScheduleScenario()
    with suppress(Killed):
        scenario.accept_for(5 * HOUR, Life(call, after=after))
    scenario.accept_for(5 * HOUR)
    assert scenario.enqueue_due(5 * HOUR) == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", range(30))
def test_a_worker_killed_at_any_call_loses_no_send(call: int, after: bool) -> None:
    """A duplicate is harmless, and a lost message is not."""
    scenario = ScheduleScenario()
    scenario.accept_for(5 * HOUR)
    with suppress(Killed):
        scenario.enqueue_due(5 * HOUR, Life(call, after=after))
    assert scenario.states() == {State.SCHEDULED} or scenario.queue.waiting
    scenario.enqueue_due(5 * HOUR + 300)
    assert (scenario.states(), bool(scenario.queue.waiting)) == ({State.QUEUED}, True)


def test_a_message_may_be_claimed_before_it_is_marked() -> None:
    scenario = ScheduleScenario()
    key = scenario.accept_for(5 * HOUR).message.key
    assert scenario.sends.claim(key, now=NOON, lease_seconds=60, grace_seconds=300)
    assert scenario.sends.settle(key, Transition.ENQUEUE, now=NOON) is False
