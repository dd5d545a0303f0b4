"""Automate: a job of the queue → contacts that enter an automation, and runs that go on or end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from functions.core import addresses, timestamps
from functions.core.automations import automation as automations
from functions.core.automations import conditions, rules
from functions.core.automations.definition import DateTrigger, Definition, Enrollment
from functions.core.automations.jobs import (
    PROPERTIES_OCTETS_MAX,
    Arrived,
    BusEventHappened,
    ContactChanged,
    ContactMerged,
    Entry,
    EventHappened,
    Job,
    ListJoined,
    MailHappened,
    RunDue,
    ScanDates,
    StopRuns,
    octets,
)
from functions.core.automations.rules import Arrival
from functions.core.automations.run import Run
from functions.ports import Clock
from functions.ports.automations import AutomationQueue, Runs
from functions.ports.contacts import ContactDirectory
from functions.steps.automations.advance_run import ENTERED, REFUSED, AdvanceRun, part
from functions.steps.automations.definitions import AutomationCatalog
from functions.steps.automations.enroll import Enroll
from functions.steps.sending.enqueue_due import SOON_SECONDS

PAGE = 100  # runs or contacts of one job


class Automate(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    catalog: AutomationCatalog
    runs: Runs
    queue: AutomationQueue
    enroll: Enroll
    advance: AdvanceRun
    directory: ContactDirectory
    clock: Clock

    def __call__(self, job: Job) -> None:
        """Raises Retry if another worker changed the run, and what AWS raises: the job is then repeated."""
        steps: Mapping[type, Callable[[Any], None]] = {
            EventHappened: self._event,
            BusEventHappened: self._bus_event,
            ContactChanged: self._contact_changed,
            ContactMerged: self._merged,
            ListJoined: self._list_joined,
            MailHappened: self._mail,
            Arrived: self._arrive,
            RunDue: self._due,
            Entry: self._entry,
            StopRuns: self._stop,
            ScanDates: self._scan_dates,
        }
        steps[type(job)](job)

    def _event(self, job: EventHappened) -> None:
        all_ = self.catalog.all()
        if any(job.name in one.awaited for one in all_):
            self._arrive(Arrived(contact=job.contact, arrival=Arrival(id=job.id, name=job.name)))
        for one in automations.started_by_event(all_, job.name):
            self.enroll(one, job.contact, job.id, job.properties, at=job.at, by_event=True)

    def _bus_event(self, job: BusEventHappened) -> None:
        event = job.event
        source, detail_type = str(event.get("source", "")), str(event.get("detail-type", ""))
        detail = event.get("detail")
        properties = detail if isinstance(detail, Mapping) else {}
        is_too_large = octets(properties) > PROPERTIES_OCTETS_MAX
        for one in automations.started_by_bus(self.catalog.all(), source, detail_type):
            definition = self.catalog.definition(one.id, one.published_version)
            path = getattr(definition.trigger, "email", "") if definition else ""
            address = _address(conditions.event_value(event, path))
            if not address:
                continue
            if is_too_large:
                self.advance.count(one.id, REFUSED)
            else:
                self.enroll(
                    one, address, str(event.get("id", "")), properties, at=_instant(event.get("time")), by_event=True
                )

    def _contact_changed(self, job: ContactChanged) -> None:
        for one in automations.started_by_contact(self.catalog.all(), job):
            if isinstance(one.trigger, DateTrigger):
                self.enroll.await_date(one, job.contact, job.changed[one.trigger.property])
            else:
                self.enroll(one, job.contact, job.id, dict(job.changed), at=job.at)

    def _merged(self, job: ContactMerged) -> None:
        """Moves what goes on, and what must not begin again. A date waits at each address by itself."""
        page = self.runs.page_of_contact(job.contact, PAGE, job.position)
        for run in page.runs:
            definition = self.catalog.definition(run.automation, run.version)
            if definition is None or (not run.step and isinstance(definition.trigger, DateTrigger)):
                continue
            if run.is_active or definition.enrollment is Enrollment.ONCE:
                self.advance.move(run, job.into, part(run, definition))
        if page.position:
            self.queue.put([replace(job, position=page.position)])

    def _list_joined(self, job: ListJoined) -> None:
        for one in automations.started_by_list(self.catalog.all(), job.list):
            self.enroll(one, job.contact, f"{job.list}@{job.at}", {rules.LIST: job.list}, at=job.at)

    def _mail(self, job: MailHappened) -> None:
        if job.automated and job.was:
            self._arrive(Arrived(contact=job.contact, arrival=Arrival(message=job.message, was=job.was)))
        for one in automations.started_by_mail(self.catalog.all(), job.email_id, job.was):
            properties = {rules.EMAIL_ID: job.email_id}
            self.enroll(one, job.contact, job.id, properties, {"": job.message}, at=job.at)

    def _due(self, job: RunDue) -> None:
        run = self.runs.get(job.contact, job.part)
        if run is None or not run.is_active or not run.due_at:
            return
        wait = timestamps.parse(run.due_at) - self.clock()
        if wait > 0:
            if wait <= SOON_SECONDS:
                self.queue.put([job], delay_seconds=int(wait) + 1)
            return
        definition = self.catalog.definition(run.automation, run.version)
        if definition is None:
            self.advance.save(rules.failed(run, self.clock(), "its automation was deleted"), run, job.part)
            return
        if not run.step:
            self._enter(run, definition)
            return
        facts = self.advance.facts(run)
        self.advance(rules.due(run, definition, facts), run, definition, facts)

    def _enter(self, run: Run, definition: Definition) -> None:
        """Lets a contact enter whose date came, or who did not open a mail. A date waits for its next year in a paused automation, too."""
        one, trigger, facts = self.catalog.find(run.automation), definition.trigger, self.advance.facts(run)
        is_gone = isinstance(trigger, DateTrigger) and self._is_gone(run.contact)
        if is_gone:
            after = rules.ended(run, facts.now, "did not enter: the contact was archived or merged")
        elif one is None or not one.is_active:
            after = rules.ended(run, facts.now, "did not enter: the automation was paused")
        else:
            after = rules.due(run, definition, facts)
        if after.step:
            self.advance.count(run.automation, ENTERED)
        if one and isinstance(trigger, DateTrigger) and trigger.yearly and not is_gone:
            self.enroll.await_date(one, run.contact, facts.contact.get(trigger.property, ""))
        self.advance(after, run, definition, facts)

    def _is_gone(self, email: str) -> bool:
        """A merged contact is archived, too."""
        contact = self.enroll.contacts.get(email)
        return contact is not None and contact.archived_at is not None

    def _arrive(self, job: Arrived) -> None:
        """Runs that have ended are stored for long, so a contact may have any number."""
        page = self.runs.page_of_contact(job.contact, PAGE, job.position)
        for run in page.runs:
            definition = self.catalog.definition(run.automation, run.version) if run.is_active else None
            if definition:
                after = rules.arrived(run, definition, job.arrival, self.clock())
                if after != run:
                    self.advance(after, run, definition, self.advance.facts(run))
        if not job.moved:
            for address in {run.moved_to for run in page.runs} - {"", job.contact}:
                self._arrive(Arrived(contact=address, arrival=job.arrival, moved=True))
        if page.position:
            self.queue.put([replace(job, position=page.position)])

    def _entry(self, job: Entry) -> None:
        one = self.catalog.find(job.automation)
        if one and one.is_active:
            self.enroll(one, job.contact, job.id, job.properties, at=job.at)

    def _stop(self, job: StopRuns) -> None:
        page = self.runs.inside(job.automation, PAGE, job.position)
        for run in page.runs:
            self.advance.stop(run, job.reason)
        if page.position:
            self.queue.put([replace(job, position=page.position)])

    def _scan_dates(self, job: ScanDates) -> None:
        one = self.catalog.find(job.automation)
        if one is None or one.published_version != job.version or not isinstance(one.trigger, DateTrigger):
            return
        page = self.directory.page(job.position, PAGE)
        for contact in page.contacts:
            if not contact.archived_at and (text := contact.values.get(one.trigger.property, "")):
                self.enroll.await_date(one, contact.email, text)
        if page.after:
            self.queue.put([replace(job, position=page.after)])


def _instant(value: Any) -> str:
    """Returns the time of an event, or an empty text."""
    try:
        return timestamps.normalized(value) if isinstance(value, str) else ""
    except ValueError:
        return ""


def _address(value: Any) -> str:
    """Returns the address in a value of an event, which may have a name, or an empty text."""
    try:
        return addresses.parse(value).email if isinstance(value, str) else ""
    except ValueError:
        return ""
