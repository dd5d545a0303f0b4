"""Simulates automations: the real steps, SQS by its rules, contacts who act, a clock that moves through the days, and faults between them all.

SQS delivers a job at least once and in any order, and hides it for a while each time. A worker can end anywhere. The sweep runs every five
minutes. What is accepted is counted, not sent: tests/faults/simulation.py holds the way from there.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from functions.core import timestamps
from functions.core.automations.jobs import EventHappened, Job, RunDue
from functions.core.automations.run import Run, RunStatus
from functions.core.errors import Retry
from functions.core.sending.send import State
from functions.steps.automations.automate import Automate
from functions.steps.automations.enqueue_due_runs import LATE_SECONDS, EnqueueDueRuns
from tests.fakes import Clock, Killed
from tests.fakes.automations import MemoryAutomationQueue, MemoryRuns
from tests.faults.weather import Outage, Plan, Weather
from tests.support.automation_scenario import AutomationScenario

VISIBILITY, SWEEP_SECONDS, DAY = 180, 300, 86_400
REPEATED = 0.02  # of the jobs are delivered a second time
ORDER, THANKS, REMINDER = 1001, 1002, 1003
DEFINITION = f"""
name: Order
trigger: {{type: event, event: order_placed}}
steps:
  - {{id: confirm, type: send_email, email: {ORDER}}}
  - {{id: minutes, type: wait, time: 10m}}
  - {{id: night, type: wait, time: 1d}}
  - {{id: paid, type: wait_for, event: order_paid, at_most: 12h, timed_out: remind}}
  - {{id: thank, type: send_email, email: {THANKS}, next: end}}
  - {{id: remind, type: send_email, email: {REMINDER}}}
"""


@dataclass
class IndexedRuns(MemoryRuns):
    """Answers as MemoryRuns does, without a look at all runs."""

    by_contact: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_hour: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))

    def create(self, run: Run, part: str) -> bool:
        return super().create(run, part) and self._index(run, part, None)

    def save(self, run: Run, part: str) -> bool:
        before = self.stored.get((run.contact, part))
        return super().save(run, part) and self._index(run, part, before)

    def _index(self, run: Run, part: str, before: Run | None) -> bool:
        self.by_contact[run.contact].add(part)
        if before and before.due_at:
            self.by_hour[timestamps.hour(before.due_at)].discard((run.contact, part))
        if run.due_at:
            self.by_hour[timestamps.hour(run.due_at)].add((run.contact, part))
        return True

    def of_contact(self, contact: str) -> list[Run]:
        return [self.stored[contact, part] for part in sorted(self.by_contact[contact])]

    def due(self, hour: str, until: str) -> Iterator[RunDue]:
        for contact, part in sorted(self.by_hour[hour]):
            run = self.stored[contact, part]
            if run.due_at and run.due_at <= until:
                yield RunDue(contact=contact, part=part, at=run.due_at)


class AutomationSimulation:
    """One schedule of faults: `run` it, then check `broken_promises`."""

    def __init__(self, plan: Plan, people: int, *, seed: int = 1, hours: int = 2) -> None:
        self.clock = Clock()
        self.chance = random.Random(seed)  # noqa: S311 - a plan, not a secret
        self.weather = Weather(plan, self.clock, self._let_others_act)
        self.runs = IndexedRuns()
        self.scenario = AutomationScenario(clock=self.clock, runs=self.runs)
        emails = self.scenario.accepting.emails.live
        emails[REMINDER] = replace(emails[THANKS], id=REMINDER)
        self.people = [f"c{number}@example.net" for number in range(people)]
        self.payers = set(self.people[::2])
        self.scenario.publish(DEFINITION)
        self.jobs: MemoryAutomationQueue = self.scenario.queue
        self.deaths, self.late = 0, 0
        self._worker: Automate | None = None
        self._arrivals = self._planned(hours * 3600)

    def _planned(self, seconds: int) -> list[tuple[float, EventHappened]]:
        """Returns who orders and who pays, by when it happens, the last one first. Each event comes once or twice."""
        planned = []
        for person in self.people:
            ordered = self.clock.now + self.chance.random() * seconds
            planned.append((ordered, _event("order_placed", person)))
            if person in self.payers:
                planned.append((ordered + DAY + 3600 * (1 + 10 * self.chance.random()), _event("order_paid", person)))
        planned += [one for one in planned if self.chance.random() < REPEATED]
        return sorted(planned, key=lambda one: one[0], reverse=True)

    def run(self, days: float = 2) -> AutomationSimulation:
        end = self.clock.now + days * DAY
        while self.clock.now < end:
            self.clock.now += SWEEP_SECONDS
            while self._arrivals and self._arrivals[-1][0] <= self.clock.now:
                self.jobs.put([self._arrivals.pop()[1]])
            self._sweep()
            self._work()
        return self

    def broken_promises(self) -> list[str]:
        """Returns what is lost, doubled or late."""
        accepted = [one for one in self.scenario.accepting.sends.stored.values() if one.state is not State.REFUSED]
        mails = Counter((one.address, one.email_id) for one in accepted)
        queued = {send.id for send in self.scenario.accepting.queued()}
        expected = {(person, ORDER) for person in self.people}
        expected |= {(person, THANKS if person in self.payers else REMINDER) for person in self.people}
        statuses = Counter(run.status for run in self.runs.stored.values())
        return [
            *(f"{key} was sent {count} times" for key, count in mails.items() if count > 1),
            *(f"{key} was not sent" for key in sorted(expected - mails.keys())),
            *(f"{key} was sent" for key in sorted(mails.keys() - expected)),
            *(f"{one.key} is in no queue" for one in accepted if one.key.send_id not in queued),
            *([] if statuses == {RunStatus.ENDED: len(self.people)} else [f"runs: {dict(statuses)}"]),
            *([f"{self.late} runs were late"] if self.late else []),
        ]

    def _sweep(self) -> None:
        step = EnqueueDueRuns(
            catalog=self.scenario.catalog,
            runs=self.weather.guard("sweep.runs", self.runs),
            queue=self.weather.guard("sweep.jobs", self.jobs),
            watermark=self.weather.guard("sweep.watermark", self.scenario.watermark),
            clock=self.clock,
        )
        self._attempt(step)

    def _work(self) -> None:
        """Does every visible job, in any order. A job that fails comes again when its visibility ends."""
        while jobs := self.jobs.take():
            self.chance.shuffle(jobs)
            jobs += [job for job in jobs if self.chance.random() < REPEATED]
            for job in jobs:
                self._do(job)

    def _do(self, job: Job) -> None:
        if isinstance(job, RunDue) and timestamps.parse(job.at) < self.clock.now - LATE_SECONDS - SWEEP_SECONDS:
            run = self.runs.get(job.contact, job.part)
            self.late += bool(run and run.due_at == job.at)
        if not self._attempt(lambda: self._automate()(job)):
            self.jobs.waiting.append((self.clock.now + VISIBILITY, job))

    def _automate(self) -> Automate:
        if self._worker is None:
            self._worker = self.scenario.automate(_Guard(self))  # type: ignore[arg-type]  # it guards as a Life does
        return self._worker

    def _attempt(self, work: Callable[[], Any]) -> bool:
        try:
            work()
        except (Killed, Outage, Retry) as error:
            if isinstance(error, Killed):
                self.deaths += 1
                self._worker = None
            return False
        return True

    def _let_others_act(self) -> None:
        """Another worker has the same job, and what else is visible."""
        worker, self._worker = self._worker, None
        self._work()
        self._worker = worker


@dataclass
class _Guard:
    simulation: AutomationSimulation

    def guard(self, port: Any) -> Any:
        names = {id(self.simulation.jobs): "jobs", id(self.simulation.runs): "runs"}
        return self.simulation.weather.guard(names.get(id(port), type(port).__name__), port)


def _event(name: str, person: str) -> EventHappened:
    return EventHappened(id=f"{name}-{person}", name=name, contact=person, at="2026-11-23T12:00:00.000Z")
