"""Accepted means explained, and never twice: under every single fault, every two faults, and storms of them."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from functions.core.sending.send import SendRequest, State
from tests.faults import schedules
from tests.faults.weather import Fault, Plan
from tests.faults.world import BATCH, NEWS, ONE, World
from tests.support.examples import a_request, recipients

pytestmark = pytest.mark.timeout(600)  # thousands of schedules: a slow or busy machine takes its time

TWO_RECIPIENTS = (a_request(send_id="pair", recipients=recipients(cc=("bob@example.net",))),)


def hold(kind: str, plans: Iterable[Plan], requests: tuple[SendRequest, ...]) -> None:
    broken = [fault for plan in plans for fault in schedules.broken_by(kind, plan, requests)]
    assert not broken, f"{len(broken)} faults, the first: {broken[0]}"


def test_in_fair_weather_everything_is_sent() -> None:
    world = World(lambda _number, _call: None).run()
    assert len(world.ses.taken) == 6
    assert (world.faults(), world.unsent()) == ([], [])


def test_any_one_fault_at_any_one_call_of_a_batch() -> None:
    hold("with one fault", schedules.single(), BATCH)


def test_any_one_fault_at_any_one_call_of_what_is_not_transactional() -> None:
    """Who left is told so and gets nothing; who did not gets one mail, whose link works."""
    world = World(lambda _number, _call: None, NEWS).run()
    assert [mail.recipient for mail in world.ses.taken] == ["ada@example.net"]
    hold("with one fault", schedules.single(NEWS), NEWS)


def test_any_two_faults_at_any_two_calls() -> None:
    hold("with two faults", schedules.pairs(ONE), ONE)


def test_any_two_faults_at_any_two_calls_with_two_recipients() -> None:
    """Events are recorded one by one, so for them one recipient shows it all."""
    hold("with two faults", schedules.pairs(TWO_RECIPIENTS, spared="sends.record"), TWO_RECIPIENTS)


@pytest.mark.parametrize(("share", "most"), [(0.1, 14), (0.25, 60)], ids=["rough", "worse"])
def test_storms(share: float, most: int) -> None:
    """Seeded: a failure names what went wrong in it, and comes again."""
    hold("in a storm", schedules.storms(range(1000), share=share, most=most), BATCH)


def test_a_throttle_is_never_a_failure_however_long_it_lasts() -> None:
    """A hundred throttles in a row use up none of the eight tries."""
    left = iter(range(100))

    def plan(_number: int, call: str) -> Fault | None:
        return Fault.THROTTLED if call == "mailer.send" and next(left, None) is not None else None

    world = World(plan, ONE).run()
    assert [message.state for message in world.sends.stored.values()] == [State.SENT]
    assert not world.queue.dead_letters
