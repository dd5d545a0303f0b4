"""Accepted means explained, and never twice: under every single fault, every two faults, and storms of them."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from functions.core.sending.send import SendRequest, State
from tests.faults import schedules, weather
from tests.faults.schedules import Mutation
from tests.faults.simulation import BATCH, NEWS, ONE, RECORD_DEAD_UNTIL, Simulation
from tests.faults.weather import Fault, Plan, no_faults
from tests.support.examples import a_request, recipients

pytestmark = pytest.mark.timeout(600)  # thousands of schedules take long on a slow or busy machine

TWO_RECIPIENTS = (a_request(send_id="pair", recipients=recipients(cc=("bob@example.net",))),)


def check(
    kind: str, plans: Iterable[Plan], requests: tuple[SendRequest, ...], mutate: Mutation = schedules.no_mutation
) -> None:
    broken = [promise for plan in plans for promise in schedules.broken_promises(kind, plan, requests, mutate)]
    assert not broken, f"{len(broken)} broken promises, the first: {broken[0]}"


def test_without_faults_every_mail_is_sent() -> None:
    simulation = Simulation(no_faults).run()
    assert len(simulation.ses.taken) == 6
    assert (simulation.broken_promises(), simulation.unsent()) == ([], [])


def test_a_batch_makes_each_call_with_faults_of_its_own() -> None:
    """A call of SES or the queue under another name would lose its faults."""
    calls = {
        *Simulation(no_faults).run().weather.calls,
        *Simulation(weather.seeded(1, share=0.25, most=60)).run().weather.calls,
    }
    assert {call for call in calls if weather.possible(call) == weather.OF_SES} == {"mailer.send"}
    assert {call for call in calls if weather.possible(call) == weather.OF_QUEUE} == {
        "queue.enqueue",
        "queue.enqueue_saved",
    }


def test_one_fault_at_any_call_of_a_batch() -> None:
    check("with one fault", schedules.single(), BATCH)


def test_marketing_mail_goes_to_subscribers_only() -> None:
    simulation = Simulation(no_faults, NEWS).run()
    assert [mail.recipient for mail in simulation.ses.taken] == ["ada@example.net"]


def test_one_fault_at_any_call_of_marketing_mail() -> None:
    """The unsubscribed recipient is refused. The other gets one mail, whose link is valid."""
    check("with one fault", schedules.single(NEWS), NEWS)


def test_two_faults_at_any_two_calls() -> None:
    check("with two faults", schedules.pairs(ONE), ONE)


def test_two_faults_at_any_two_calls_with_two_recipients() -> None:
    """Events are recorded one by one, so one recipient is enough for faults there."""
    check("with two faults", schedules.pairs(TWO_RECIPIENTS, spared="sends.record"), TWO_RECIPIENTS)


@pytest.mark.parametrize(("share", "most"), [(0.1, 14), (0.25, 60)], ids=["rough", "worse"])
def test_storms(share: float, most: int) -> None:
    """A storm is seeded: a failure names its faults, and can be repeated."""
    check("in a storm", schedules.storms(range(1000), share=share, most=most), BATCH)


def record_is_dead(simulation: Simulation) -> None:
    simulation.record_dead_until = RECORD_DEAD_UNTIL


def test_one_fault_while_record_is_dead() -> None:
    check("while record is dead", schedules.single(), BATCH, record_is_dead)


def test_two_faults_while_record_is_dead() -> None:
    check("while record is dead", schedules.pairs(ONE, mutate=record_is_dead), ONE, record_is_dead)


def test_a_throttle_is_never_a_failure_however_long() -> None:
    """A hundred throttles in a row use up none of the eight attempts."""
    left = iter(range(100))

    def plan(_number: int, call: str) -> Fault | None:
        return Fault.THROTTLED if call == weather.SEND and next(left, None) is not None else None

    simulation = Simulation(plan, ONE).run()
    assert [message.state for message in simulation.sends.stored.values()] == [State.SENT]
    assert not simulation.queue.dead_letters
