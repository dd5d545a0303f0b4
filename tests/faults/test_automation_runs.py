"""No run is lost and no mail doubled: under every single fault, and in 20,000 runs whose workers die, over days of a moved clock."""

from __future__ import annotations

from functions.core.automations.run import RunStatus
from tests.faults import weather
from tests.faults.automation_simulation import AutomationSimulation
from tests.faults.weather import Fault, Plan, faults_at, no_faults

RUNS = 20_000
SUDDEN = frozenset({Fault.KILLED_BEFORE, Fault.KILLED_AFTER, Fault.FAILS, Fault.FAILS_AFTER, Fault.TWICE})


def sudden(seed: int, share: float) -> Plan:
    """Plans faults of the calls themselves. A sweep makes a thousand calls, and one fault ends it."""
    workers, sweeps = (weather.seeded(seed, share=part, most=10**9) for part in (share, share / 100))

    def plan(number: int, call: str) -> Fault | None:
        fault = (sweeps if call.startswith("sweep") else workers)(number, call)
        return fault if fault in SUDDEN else None

    return plan


def test_one_fault_at_each_call_of_enter_wait_and_advance() -> None:
    calls = AutomationSimulation(no_faults, 2).run().weather.calls
    steps = {call for call in calls if not call.startswith("sweep")}
    assert {"runs.create", "runs.save", "runs.get", "jobs.put"} <= steps
    broken = []
    for number, call in enumerate(calls):
        if call in steps:
            for fault in weather.possible(call):
                promises = AutomationSimulation(faults_at({number: fault}), 2).run().broken_promises()
                broken += [(number, call, fault, promise) for promise in promises]
    assert broken == []


def test_twenty_thousand_runs_lose_and_double_nothing() -> None:
    simulation = AutomationSimulation(sudden(20, share=0.02), RUNS).run()
    assert simulation.broken_promises() == []
    assert len(simulation.runs.stored) == RUNS
    assert {run.status for run in simulation.runs.stored.values()} == {RunStatus.ENDED}
    assert simulation.deaths > RUNS / 20
