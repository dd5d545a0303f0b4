"""Automations, their runs, and their queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from functions.core import ids, timestamps
from functions.core.automations.automation import Automation, AutomationVersion
from functions.core.automations.jobs import Job, RunDue
from functions.core.automations.run import Run
from functions.ports.automations import RunPage
from tests.fakes import Clock


@dataclass
class MemoryAutomations:
    stored: dict[int, Automation] = field(default_factory=dict)
    drafts: dict[int, str] = field(default_factory=dict)
    last_id: int = 0
    published: dict[tuple[int, int], AutomationVersion] = field(default_factory=dict)

    def get(self, automation_id: int) -> Automation | None:
        return self.stored.get(automation_id)

    def all(self) -> list[Automation]:
        return [self.stored[number] for number in sorted(self.stored)]

    def next_id(self, least: int) -> int:
        self.last_id = (self.last_id or least - 1) + 1
        return self.last_id

    def save(self, automation: Automation) -> Automation | None:
        before = self.stored.get(automation.id)
        if (before.change if before else 0) != automation.change:
            return None
        self.stored[automation.id] = replace(automation, change=automation.change + 1)
        return self.stored[automation.id]

    def delete(self, automation: Automation) -> bool:
        if self.stored.get(automation.id) != automation:
            return False
        del self.stored[automation.id]
        self.drafts.pop(automation.id, None)
        self.published = {key: one for key, one in self.published.items() if key[0] != automation.id}
        return True

    def draft(self, automation_id: int) -> str:
        return self.drafts.get(automation_id, "")

    def save_draft(self, automation_id: int, text: str) -> None:
        self.drafts[automation_id] = text

    def version(self, automation_id: int, number: int) -> AutomationVersion | None:
        return self.published.get((automation_id, number))

    def versions(self, automation_id: int) -> list[AutomationVersion]:
        return [one for (owner, _), one in sorted(self.published.items(), reverse=True) if owner == automation_id]

    def add_version(self, automation_id: int, version: AutomationVersion) -> bool:
        return self.published.setdefault((automation_id, version.number), version) is version


@dataclass
class MemoryRuns:
    stored: dict[tuple[str, str], Run] = field(default_factory=dict)
    entries: Counter[tuple[str, int, int]] = field(default_factory=Counter)

    def count_entry(self, contact: str, automation_id: int, until: int) -> int:
        self.entries[ids.address_hash(contact), automation_id, until] += 1
        return self.entries[ids.address_hash(contact), automation_id, until]

    def get(self, contact: str, part: str) -> Run | None:
        return self.stored.get((contact.lower(), part))

    def of_contact(self, contact: str) -> list[Run]:
        return [run for (owner, _), run in sorted(self.stored.items()) if owner == contact.lower()]

    def page_of_contact(self, contact: str, most: int, position: str = "") -> RunPage:
        """A position is the number of runs before it."""
        runs, end = self.of_contact(contact), int(position or 0) + most
        return RunPage(runs[end - most : end], str(end) if end < len(runs) else "")

    def create(self, run: Run, part: str) -> bool:
        if (run.contact, part) in self.stored:
            return False
        self.stored[run.contact, part] = run
        return True

    def save(self, run: Run, part: str) -> bool:
        stored = self.stored.get((run.contact, part))
        if stored is None or stored.change != run.change:
            return False
        self.stored[run.contact, part] = replace(run, change=run.change + 1)
        return True

    def due(self, hour: str, until: str) -> Iterator[RunDue]:
        return (job for job in self.overdue(until) if timestamps.hour(job.at) == hour)

    def overdue(self, until: str) -> Iterator[RunDue]:
        for (contact, part), run in sorted(self.stored.items()):
            if run.due_at and run.due_at <= until:
                yield RunDue(contact=contact, part=part, at=run.due_at)

    def inside(self, automation_id: int, most: int, position: str = "") -> RunPage:
        keys = sorted(key for key, run in self.stored.items() if run.automation == automation_id)
        start = int(position or 0)
        page = [self.stored[key] for key in keys[start : start + most]]
        return RunPage(page, str(start + most) if start + most < len(keys) else "")

    def erase(self, contact: str) -> int:
        keys = [key for key in self.stored if key[0] == contact.lower()]
        for key in keys:
            del self.stored[key]
        return len(keys)


@dataclass
class MemoryStepCounts:
    counted: dict[int, dict[str, int]] = field(default_factory=dict)

    def add(self, automation_id: int, counted: Mapping[str, int]) -> None:
        counts = self.counted.setdefault(automation_id, {})
        for name, count in counted.items():
            counts[name] = counts.get(name, 0) + count

    def get(self, automation_id: int) -> Mapping[str, int]:
        return self.counted.get(automation_id, {})


@dataclass
class MemoryAutomationQueue:
    clock: Clock
    waiting: list[tuple[float, Job]] = field(default_factory=list)  # with the time when they are visible

    def put(self, jobs: Collection[Job], *, delay_seconds: int = 0) -> None:
        self.put_later([(job, delay_seconds) for job in jobs])

    def put_later(self, delayed: Collection[tuple[Job, int]]) -> None:
        assert all(delay_seconds <= 901 for _, delay_seconds in delayed)
        self.waiting += [(self.clock() + delay_seconds, job) for job, delay_seconds in delayed]

    def take(self) -> list[Job]:
        """Returns the jobs that are visible now, and removes them."""
        visible = [job for at, job in self.waiting if at <= self.clock()]
        self.waiting = [(at, job) for at, job in self.waiting if at > self.clock()]
        return visible
