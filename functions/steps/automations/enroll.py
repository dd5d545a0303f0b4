"""Enroll a contact in an automation: once, once for each event, or again after it left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.automations import conditions, rules, waits
from functions.core.automations.automation import Automation
from functions.core.automations.definition import DateTrigger, Definition, Enrollment
from functions.core.automations.run import Run, part_of, run_id
from functions.ports import Clock
from functions.ports.automations import Runs
from functions.ports.contacts import Contacts
from functions.steps.automations.advance_run import ENTERED, REFUSED, AdvanceRun, part
from functions.steps.automations.definitions import AutomationCatalog

DAY = 86_400
ENTRIES_PER_DAY = 30  # of a contact into one automation, besides entries by events: automations may start each other


class Enroll(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    catalog: AutomationCatalog
    runs: Runs
    contacts: Contacts
    advance: AdvanceRun
    clock: Clock

    def __call__(
        self,
        automation: Automation,
        contact: str,
        event_id: str,
        event: Mapping[str, Any],
        messages: Mapping[str, str] | None = None,
        *,
        at: str = "",
        by_event: bool = False,
    ) -> None:
        """`at`: when it happened, if the job has it: a job may wait longer than a contact exists. `by_event`: a custom event of a caller
        starts the run, and not what an automation may have done itself.
        """
        definition = self.catalog.definition(automation.id, automation.published_version)
        if definition is None or (at and self._was_erased_since(contact, at)):
            return
        run = self._new_run(automation, definition, contact, event_id, event, messages or {})
        facts = self.advance.facts(run)
        if definition.when and not conditions.is_met(definition.when, facts):
            return
        key = part(run, definition)
        stored = self.runs.get(run.contact, key)
        if stored and not _may_enter_again(stored, run, definition):
            return
        if not by_event and self._is_looping(run, definition):
            self.advance.count(automation.id, REFUSED)
            return
        if stored:  # the run that ended moves to a place of its own
            self.runs.create(stored, part_of(stored.automation, stored.id))
        entered = rules.enter(replace(run, change=stored.change if stored else 0), definition, facts.now)
        if entered.step:
            self.advance.count(automation.id, ENTERED)
        self.advance(entered, stored, definition, facts)

    def _was_erased_since(self, contact: str, at: str) -> bool:
        stored = self.contacts.get(contact)
        return stored is not None and stored.was_erased_since(at)

    def _is_looping(self, run: Run, definition: Definition) -> bool:
        """Two automations can start each other, and one starts itself by a property, a list or its own mail: without an end, and with a
        mail each time.
        """
        if definition.enrollment is Enrollment.ONCE:
            return False
        until = (int(self.clock()) // DAY + 1) * DAY
        return self.runs.count_entry(run.contact, run.automation, until) > ENTRIES_PER_DAY

    def _new_run(
        self,
        automation: Automation,
        definition: Definition,
        contact: str,
        event_id: str,
        event: Mapping[str, Any],
        messages: Mapping[str, str],
    ) -> Run:
        once = definition.enrollment is Enrollment.ONCE
        return Run(
            id=run_id(automation.id, contact, "" if once else event_id),
            automation=automation.id,
            version=automation.published_version,
            contact=contact.lower(),
            entered_at=timestamps.iso(self.clock()),
            event_id=event_id,
            event=event,
            messages=messages,
        )

    def await_date(self, automation: Automation, contact: str, text: str) -> None:
        """Stores a run that enters when the contact's date is due. The same date makes one run."""
        definition = self.catalog.definition(automation.id, automation.published_version)
        if definition is None or not isinstance(definition.trigger, DateTrigger):
            return
        trigger = definition.trigger
        stored = self.contacts.get(contact)
        if stored is None or not stored.is_stored:  # the person was erased
            return
        zone = waits.zone_of(stored.values) or definition.zone
        due = waits.date_due(text, trigger.offset, trigger.time, zone, yearly=trigger.yearly, now=self.clock())
        if due is None:
            return
        due_at = timestamps.iso(due)
        run = Run(
            id=run_id(automation.id, contact, due_at),
            automation=automation.id,
            version=automation.published_version,
            contact=contact.lower(),
            entered_at=timestamps.iso(self.clock()),
            due_at=due_at,
            event_id=due_at,
            event={rules.DATE: text},
        )
        key = part(run, definition)
        if self.runs.create(run, key):
            self.advance.wake(run, key)


def _may_enter_again(stored: Run, run: Run, definition: Definition) -> bool:
    """Returns whether a contact that left may enter again."""
    return definition.enrollment is Enrollment.AGAIN and not stored.is_active and stored.event_id != run.event_id
