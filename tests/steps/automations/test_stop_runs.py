from __future__ import annotations

import pytest

from functions.core.automations.run import RunStatus
from tests.support.automation_scenario import ADA, BY, AutomationScenario
from tests.support.automation_texts import ORDER


def test_all_runs_of_an_automation_are_stopped(scenario: AutomationScenario) -> None:
    number = scenario.publish(ORDER)
    for name in range(250):
        scenario.happen("order_placed", contact=f"c{name}@example.net")
    scenario.editor.stop_runs(number, BY)
    scenario.work()
    assert {run.status for run in scenario.runs.stored.values()} == {RunStatus.STOPPED}
    assert scenario.counts.get(number) == {"entered": 250, "confirm": 250, "stopped": 250}


@pytest.mark.parametrize("enrollment", ["every_event", "again"])
def test_the_runs_of_a_deleted_automation_are_stopped(scenario: AutomationScenario, enrollment: str) -> None:
    """It may be deleted before the worker comes to its runs, which has not read its definition before."""
    number = scenario.publish(ORDER.replace("every_event", enrollment))
    for contact in (ADA, "bob@example.net"):
        scenario.happen("order_placed", contact=contact)
    scenario.editor.stop_runs(number, BY)
    scenario.editor.delete(number, BY)
    scenario.catalog._definitions.clear()
    scenario.work()
    assert {run.status for run in scenario.runs.stored.values()} == {RunStatus.STOPPED}


def test_one_run_is_stopped(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.happen("order_placed")
    stopped = scenario.reader.stop(ADA.upper(), scenario.run().id, BY)
    assert (stopped.status, stopped.history[-1].note) == (RunStatus.STOPPED, "stopped by owner@example.com")
