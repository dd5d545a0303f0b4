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
from functions.steps.automations.advance_run import ENTERED, AdvanceRun, part
from functions.steps.automations.definitions import AutomationCatalog


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
    ) -> None:
        definition = self.catalog.definition(automation.id, automation.published_version)
        if definition is None:
            return
        run = self._new_run(automation, definition, contact, event_id, event, messages or {})
        facts = self.advance.facts(run)
        if definition.when and not conditions.is_met(definition.when, facts):
            return
        key = part(run, definition)
        stored = self.runs.get(run.contact, key)
        if stored and not self._makes_room(stored, run, definition):
            return
        entered = rules.enter(replace(run, change=stored.change if stored else 0), definition, facts.now)
        if entered.step:
            self.advance.count(automation.id, ENTERED)
        self.advance(entered, stored, definition, facts)

    def _makes_room(self, stored: Run, run: Run, definition: Definition) -> bool:
        """Returns whether a contact that left may enter again. The run that ended moves to a place of its own."""
        if definition.enrollment is not Enrollment.AGAIN or stored.is_active or stored.event_id == run.event_id:
            return False
        self.runs.create(stored, part_of(stored.automation, stored.id))
        return True

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
        zone = (waits.zone_of(stored.values) if stored else "") or definition.zone
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
