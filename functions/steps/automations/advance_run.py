"""Advance a run: perform what it does until it waits or ends, and store it then.

Effects come before the write. A worker that dies in between repeats them with the same ids.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.automations import rules
from functions.core.automations.conditions import Facts
from functions.core.automations.definition import DateTrigger, Definition, Engagement, Enrollment, SetProperty
from functions.core.automations.jobs import RunDue
from functions.core.automations.run import Run, current_part, part_of
from functions.core.contacts.contact_values import values_of
from functions.core.errors import Retry
from functions.core.sending.send import MessageKey
from functions.core.webhooks import webhook_events
from functions.core.webhooks.webhook_events import MessageEventType
from functions.ports import Clock
from functions.ports.automations import AutomationQueue, Runs, StepCounts
from functions.ports.contacts import Contacts
from functions.ports.sending import Sends
from functions.steps.automations.definitions import AutomationCatalog
from functions.steps.automations.perform import Perform
from functions.steps.sending.enqueue_due import SOON_SECONDS

ENTERED = "entered"  # besides the steps, in the counts
REFUSED = "refused"  # entries above a limit, likewise
CONVERTED = "goal"  # runs that reached it, likewise
_ENGAGEMENTS = {
    MessageEventType.DELIVERED: Engagement.DELIVERED,
    MessageEventType.OPENED: Engagement.OPENED,
    MessageEventType.CLICKED: Engagement.CLICKED,
    MessageEventType.BOUNCED: Engagement.BOUNCED,
    MessageEventType.REFUSED: Engagement.NOT_SENT,
    MessageEventType.FAILED: Engagement.NOT_SENT,
}


def engagement(event: webhook_events.MessageEvent) -> Engagement | None:
    """Returns what an event of a message is to an automation. What a machine opened or clicked is nothing."""
    if event.data.get("details", {}).get("machine"):
        return None
    return _ENGAGEMENTS.get(event.type)


def part(run: Run, definition: Definition) -> str:
    """Returns the run's key among its contact's runs."""
    if definition.enrollment is Enrollment.EVERY_EVENT or isinstance(definition.trigger, DateTrigger):
        return part_of(run.automation, run.id)
    return current_part(run.automation)


class _LazyContact(Mapping[str, str]):
    """Reads the contact at its first use: most runs need none of its properties."""

    def __init__(self, read: Callable[[], Mapping[str, str]]) -> None:
        self._read = functools.cache(read)

    def __getitem__(self, name: str) -> str:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


class AdvanceRun(Struct, kw_only=True):
    """The step with its dependencies."""

    catalog: AutomationCatalog
    runs: Runs
    counts: StepCounts
    queue: AutomationQueue
    perform: Perform
    contacts: Contacts
    sends: Sends
    clock: Clock
    _counted: dict[int, Counter[str]] = field(default_factory=dict)

    def __call__(self, run: Run, stored: Run | None, definition: Definition, facts: Facts) -> None:
        """`stored`: the run as it was read, or None for a new one. Raises Retry if another worker changed it meanwhile."""
        run, action = rules.advance(run, definition, facts)
        while action:
            performed = self.perform(action, run)
            self.count(run.automation, run.step)
            run = rules.done(run, definition, facts.now, performed.note, performed.message)
            facts = self.facts(run) if isinstance(action, SetProperty) else self._after(facts, run)
            run, action = rules.advance(run, definition, facts)
        if not run.is_active:
            self.count(run.automation, run.status.lower())
            if rules.reached_goal(run):
                self.count(run.automation, CONVERTED)
        self.save(run, stored, part(run, definition))

    def save(self, run: Run, stored: Run | None, key: str) -> None:
        saved = self.runs.save(run, key) if stored else self.runs.create(run, key)
        if not saved and stored:
            raise Retry(f"run {run.id} was changed meanwhile")
        if saved:
            self.wake(run, key)

    def wake(self, run: Run, key: str) -> None:
        """Queues a run whose wait ends soon. The sweep queues the others."""
        wait = timestamps.parse(run.due_at) - self.clock() if run.due_at else None
        if wait is not None and wait <= SOON_SECONDS and run.is_active:
            job = RunDue(contact=run.contact, part=key, at=run.due_at or "")
            self.queue.put([job], delay_seconds=max(0, int(wait) + 1))

    def stop(self, run: Run, reason: str) -> Run:
        """Stops one run. Returns it as it is then: one that has ended stays as it is. Raises Retry if it was changed meanwhile."""
        definition = self.catalog.definition(run.automation, run.version)
        if not run.is_active:
            return run
        key = part(run, definition) if definition else self._stored_at(run)
        stopped = rules.stopped(run, self.clock(), reason)
        self.save(stopped, run, key)
        self.count(run.automation, stopped.status.lower())
        return stopped

    def _stored_at(self, run: Run) -> str:
        """Returns the key of a run whose automation was deleted."""
        own = part_of(run.automation, run.id)
        return own if self.runs.get(run.contact, own) else current_part(run.automation)

    def move(self, run: Run, address: str, key: str) -> None:
        """Lets a run go on at another address of its contact, with the same ids, so it does nothing twice. A run of the same automation there
        takes its place.
        """
        there = self.runs.get(address, key)
        moved = replace(run, contact=address, moved_to="", change=there.change if there else run.change)
        came_back = there is not None and there.id == run.id and bool(there.moved_to)
        if self.runs.save(moved, key) if came_back else there is None and self.runs.create(moved, key):
            self.wake(moved, key)
        if run.is_active:
            stopped = rules.stopped(run, self.clock(), f"goes on at the contact's present address, {address}")
            self.save(replace(stopped, moved_to=address), run, key)

    def facts(self, run: Run) -> Facts:
        return Facts(
            now=self.clock(),
            contact=_LazyContact(lambda: self._contact(run.contact)),
            definitions=self.catalog.properties(),
            event=run.event,
            engagements=lambda step: self._engagements(run, step),
        )

    def _contact(self, address: str) -> Mapping[str, str]:
        contact = self.contacts.get(address)
        return values_of(contact) if contact and contact.is_stored else {"email": address}

    def _after(self, facts: Facts, run: Run) -> Facts:
        return replace(facts, engagements=lambda step: self._engagements(run, step))

    def _engagements(self, run: Run, step: str) -> Collection[Engagement]:
        """A message that is no longer stored is remembered by its run."""
        status_id = run.messages.get(step, "")
        message = self.sends.get(MessageKey(status_id, 0)) if status_id else None
        if message is None:
            return run.engagements.get(step, ())
        happened = {engagement(event) for event in webhook_events.of(message).values()}
        return {one for one in happened if one}

    def count(self, automation_id: int, name: str) -> None:
        self._counted.setdefault(automation_id, Counter())[name] += 1

    def flush(self) -> None:
        """Adds what was counted since the last time, in one write for each automation."""
        counted, self._counted = self._counted, {}
        for automation_id, counts in counted.items():
            self.counts.add(automation_id, counts)
