"""A broadcast loses no recipient and mails none twice: under every fault, many pairs of faults, and storms; and the suite bites."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core.broadcasts.broadcast import Broadcast, BroadcastPage
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.sending.send import Message, MessageKey, State
from functions.ports.broadcasts import Broadcasts
from tests.fakes.broadcasts import MemoryBroadcastPages
from tests.fakes.sending import MemorySends
from tests.faults.broadcast_simulation import EXPECTED, LINES, BroadcastSimulation, small_pages
from tests.faults.schedules import ran
from tests.faults.weather import Plan, faults_at, no_faults, possible, seeded

pytestmark = pytest.mark.timeout(600)  # thousands of schedules take long on a slow or busy machine
SCRIPTS = ("", "pause", "cancel", "redrive")
Simulate = Callable[[Plan, str], BroadcastSimulation]  # a mutation is another way to set a simulation up


@pytest.fixture(autouse=True, scope="module")
def _small_pages() -> Iterator[None]:
    with small_pages():
        yield


def broken(plans: Iterable[Plan], script: str, simulate: Simulate = BroadcastSimulation) -> Iterator[str]:
    for plan in plans:
        ran["of a broadcast"] += 1
        simulation = simulate(plan, script)
        try:
            simulation.run()
        except AssertionError as error:
            yield str(error)
            continue
        yield from (f"{promise}, after {simulation.weather.happened}" for promise in simulation.broken_promises())


def single(script: str) -> Iterator[Plan]:
    calls = BroadcastSimulation(no_faults, script).run().weather.calls
    for number, call in enumerate(calls):
        yield from (faults_at({number: fault}) for fault in possible(call))


def pairs(script: str, every: int) -> Iterator[Plan]:
    """Plans every n-th pair of faults: all of them would take an hour."""
    calls = BroadcastSimulation(no_faults, script).run().weather.calls
    all_pairs = (
        faults_at({first: one, second: other})
        for first, name in enumerate(calls)
        for second, later in enumerate(calls[first + 1 :], start=first + 1)
        for one in possible(name)
        for other in possible(later)
    )
    return (plan for number, plan in enumerate(all_pairs) if number % every == 0)


def test_without_faults_each_person_gets_one_mail() -> None:
    simulation = BroadcastSimulation(no_faults).run()
    assert sorted(mail.recipient for mail in simulation.ses.taken) == sorted(EXPECTED)
    assert list(simulation.broken_promises()) == []


@pytest.mark.parametrize(("script", "state"), [("pause", BroadcastState.DONE), ("cancel", BroadcastState.CANCELED)])
def test_an_operator_acts_amid_the_mails(script: str, state: BroadcastState) -> None:
    simulation = BroadcastSimulation(no_faults, script).run()
    assert (simulation.state, list(simulation.broken_promises())) == (state, [])
    assert simulation.is_done_by_operator


def test_an_operator_redrives_who_was_given_up() -> None:
    simulation = BroadcastSimulation(no_faults, "redrive").run()
    assert simulation.ses.refused
    assert sorted(mail.recipient for mail in simulation.ses.taken) == sorted(EXPECTED)
    assert list(simulation.broken_promises()) == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_one_fault_at_any_call(script: str) -> None:
    assert next(broken(single(script), script), None) is None


@pytest.mark.parametrize("script", SCRIPTS)
def test_pairs_of_faults(script: str) -> None:
    assert next(broken(pairs(script, 101), script), None) is None


@pytest.mark.parametrize("script", SCRIPTS)
def test_storms_of_a_broadcast(script: str) -> None:
    plans = (seeded(seed, share=0.05, most=8) for seed in range(300))
    assert next(broken(plans, script), None) is None


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_worst_weather(script: str) -> None:
    """Every fourth call fails, hangs, or kills its worker."""
    plans = (seeded(seed, share=0.25, most=60) for seed in range(300))
    assert next(broken(plans, script), None) is None


class NoCondition(MemorySends):
    """The write that accepts a message replaces one that is there."""

    def create(self, messages: list[Message]) -> bool:  # type: ignore[override]  # a sequence
        self.stored.update({message.key: message for message in messages})
        return True


class NoLease(MemorySends):
    """A message that another worker has is claimed at once."""

    def claim(self, key: MessageKey, **arguments: object) -> int | None:
        message = self.stored.get(key)
        return message.attempts + 1 if message and message.state is not State.SENT else None


class NoConfirmation(MemorySends):
    """The Send event settles nothing."""

    def confirm(self, *arguments: object, **more: object) -> None:
        return None

    def settle(self, key: MessageKey, act: object, **facts: object) -> bool:
        return True


class FinishTwice(MemoryBroadcastPages):
    """A page that is done counts again."""

    def finish(
        self, broadcast_id: str, page: BroadcastPage, outcomes: Mapping[str, int], since: str, until: str
    ) -> None:
        self.stored[broadcast_id, page.number] = page
        super().finish(broadcast_id, page, outcomes, since, until)


def with_ports(**kinds: type[Any]) -> Simulate:
    return lambda plan, script: BroadcastSimulation(plan, script, **{name: kind() for name, kind in kinds.items()})


def changed(change: Callable[[BroadcastSimulation], None]) -> Simulate:
    def simulate(plan: Plan, script: str) -> BroadcastSimulation:
        simulation = BroadcastSimulation(plan, script)
        change(simulation)
        return simulation

    return simulate


def no_grace(simulation: BroadcastSimulation) -> None:
    """An old claim is taken although SES's event may come."""
    page = simulation.scenario.page
    attempts = replace(page.attempts, grace_seconds=-75, events_recorded=lambda: True)
    simulation.scenario.page = replace(page, attempts=attempts)


def no_settling(simulation: BroadcastSimulation) -> None:
    """A page is done as soon as each recipient had a turn."""
    queue, pages = simulation.queue, simulation.scenario.pages
    enqueue = queue.enqueue

    def dropped(*jobs: object, delay_seconds: int = 0) -> None:
        for job in jobs:
            if getattr(job, "settling", 0):
                page = pages.get(job.broadcast_id, job.number)  # type: ignore[attr-defined]  # a page's job
                if page:
                    pages.finish(simulation.broadcast_id, page, {"sent": page.recipients}, "", "")
            else:
                enqueue(job, delay_seconds=delay_seconds)  # type: ignore[arg-type]  # a job

    queue.enqueue = dropped  # type: ignore[method-assign]  # the mutation


@dataclass
class _Uncounted:
    """A broadcast counts pages that its writer did not finish."""

    broadcasts: Broadcasts

    def __getattr__(self, name: str) -> Any:
        return getattr(self.broadcasts, name)

    def get(self, broadcast_id: str) -> Broadcast | None:
        broadcast = self.broadcasts.get(broadcast_id)
        return broadcast and replace(broadcast, pages=LINES)


def pages_before_they_count(simulation: BroadcastSimulation) -> None:
    release = simulation.scenario.release
    simulation.scenario.release = replace(release, broadcasts=_Uncounted(release.broadcasts))


def no_lease_of_pages(simulation: BroadcastSimulation) -> None:
    """Several workers write pages at once, and each stores its progress."""
    simulation.scenario.prepare = replace(simulation.scenario.prepare, lease_seconds=0)


def no_sweeper(simulation: BroadcastSimulation) -> None:
    """What is due is never queued again."""
    simulation.scenario.enqueue_due = lambda: 0  # type: ignore[assignment]  # the mutation


MUTATIONS: dict[str, Simulate] = {
    "the accepting write has no condition": with_ports(sends=NoCondition),
    "a claim has no lease": with_ports(sends=NoLease),
    "the Send event settles nothing": with_ports(sends=NoConfirmation),
    "a page counts twice": with_ports(pages=FinishTwice),
    "no grace period": changed(no_grace),
    "no settling": changed(no_settling),
    "a page is sent before it counts": changed(pages_before_they_count),
    "no lease of the pages' writer": changed(no_lease_of_pages),
    "no sweeper": changed(no_sweeper),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_without_a_safeguard_a_promise_breaks(mutation: str) -> None:
    assert next(broken_by(MUTATIONS[mutation]), None) is not None


def broken_by(mutation: Simulate) -> Iterator[str]:
    """Runs one schedule of each kind in turn: each safeguard is missed early by one of them."""
    kinds = ((script, plans) for script in SCRIPTS for plans in (single(script), *_storms()))
    turns = zip_longest(*([(script, plan) for plan in plans] for script, plans in kinds))
    for script, plan in (schedule for turn in turns for schedule in turn if schedule):
        yield from broken([plan], script, mutation)


def _storms() -> list[Iterator[Plan]]:
    return [(seeded(seed, share=share, most=most) for seed in range(200)) for share, most in ((0.1, 12), (0.25, 60))]
