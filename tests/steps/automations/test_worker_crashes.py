from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from functions.core.automations.jobs import EventHappened
from functions.core.automations.run import RunStatus
from functions.core.errors import Retry
from tests.fakes import Killed, Life
from tests.support.automation_scenario import ADA, AutomationScenario
from tests.support.automation_texts import ORDER


def dies_at_each_call(
    job_of: Callable[[AutomationScenario], Any], text: str, *, after: bool
) -> list[AutomationScenario]:
    """Runs the job with a worker that dies at each of its calls, and then again with one that lives."""
    worlds: list[AutomationScenario] = []
    for calls in range(40):
        world = AutomationScenario()
        world.publish(text)
        job = job_of(world)
        life = Life(calls, after=after)
        try:
            world.do(job, life)
        except Killed:
            world.do(job)
        worlds.append(world)
        if life.calls >= 0:
            return worlds
    raise AssertionError("the worker had more than 40 calls")


@pytest.mark.parametrize("after", [False, True])
def test_a_worker_that_dies_while_entering_sends_once(*, after: bool) -> None:
    event = EventHappened(id="u1", name="order_placed", contact=ADA, at="2026-11-23T12:00:00.000Z")
    for world in dies_at_each_call(lambda _: event, ORDER, after=after):
        world.work()
        world.pass_time(days=11)
        assert [message.email_id for message in world.sent()] == [1001, 1002]
        assert world.run().status is RunStatus.ENDED


@pytest.mark.parametrize("after", [False, True])
def test_a_worker_that_dies_after_the_wait_sends_once(*, after: bool) -> None:
    def waited(world: AutomationScenario) -> Any:
        world.happen("order_placed", uuid="u1")
        world.clock.now += 10 * 86_400
        world.sweep()
        (_, job) = world.queue.waiting.pop()
        return job

    for world in dies_at_each_call(waited, ORDER, after=after):
        world.work()
        assert [message.email_id for message in world.sent()] == [1001, 1002]
        assert world.run().status is RunStatus.ENDED


def test_two_workers_with_one_run_send_once(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.happen("order_placed")
    run, (key,) = scenario.run(), scenario.runs.stored
    scenario.clock.now += 10 * 86_400
    scenario.sweep()
    (_, job) = scenario.queue.waiting[-1]
    scenario.do(job)
    scenario.runs.stored[key], stored = run, scenario.runs.stored[key]
    read = scenario.runs.get
    scenario.runs.get = lambda *_: run  # type: ignore[method-assign]  # the other worker read before the first one wrote
    scenario.runs.stored[key] = stored
    with pytest.raises(Retry):
        scenario.do(job)
    scenario.runs.get = read  # type: ignore[method-assign]  # the test's own
    assert [message.email_id for message in scenario.sent()] == [1001, 1002]
