"""Automations over fakes, with a clock that moves: events, contacts and mails come in, and each job of the queue is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import unrestricted
from functions.core.automations.jobs import EventHappened, Job
from functions.core.automations.run import Run
from functions.core.contacts.property_definitions import PropertyDefinition, PropertyType
from functions.core.emails.email import AUTOMATION, Subcategory
from functions.core.errors import Retry
from functions.core.sending.send import Message, State
from functions.steps.automations.advance_run import AdvanceRun
from functions.steps.automations.automate import Automate
from functions.steps.automations.definitions import AutomationCatalog
from functions.steps.automations.enqueue_due_runs import DueRuns, EnqueueDueRuns
from functions.steps.automations.enroll import Enroll
from functions.steps.automations.manage_automations import AutomationEditor
from functions.steps.automations.observe import Observe
from functions.steps.automations.perform import Perform
from functions.steps.automations.read_runs import RunReader
from functions.steps.contacts.properties import ContactProperties
from tests.fakes import Clock, Life
from tests.fakes.automations import (
    MemoryAutomationQueue,
    MemoryAutomations,
    MemoryRuns,
    MemoryStepCounts,
)
from tests.fakes.contacts import MemoryContactLists, MemoryPropertyDefinitions
from tests.fakes.sending import MemoryDueWatermark
from tests.support.accepting import AcceptScenario
from tests.support.examples import an_email
from tests.support.webhooks import MemoryEndpoints, MemoryWebhookQueue

ADA = "ada@example.net"
BY = unrestricted("owner@example.com")
SWEEP_SECONDS = 300
BIRTHDAY = PropertyDefinition(name="birthday", label="Birthday", type=PropertyType.DATE)


@dataclass
class AutomationScenario:
    clock: Clock = field(default_factory=Clock)
    automations: MemoryAutomations = field(default_factory=MemoryAutomations)
    runs: MemoryRuns = field(default_factory=MemoryRuns)
    counts: MemoryStepCounts = field(default_factory=MemoryStepCounts)
    lists: MemoryContactLists = field(default_factory=MemoryContactLists)
    endpoints: MemoryEndpoints = field(default_factory=MemoryEndpoints)
    webhooks: MemoryWebhookQueue = field(default_factory=MemoryWebhookQueue)
    watermark: MemoryDueWatermark = field(default_factory=MemoryDueWatermark)

    def __post_init__(self) -> None:
        self.accepting = AcceptScenario(clock=self.clock)
        for number in (1001, 1002):
            self.accepting.emails.live[number] = an_email(
                id=number, subcategory=Subcategory.AUTOMATED, required_properties=()
            )
        self.contacts = self.accepting.contacts
        self.queue = MemoryAutomationQueue(self.clock)
        self.properties = ContactProperties(
            definitions=MemoryPropertyDefinitions({"birthday": BIRTHDAY}), lists=self.lists, clock=self.clock
        )
        self.catalog = AutomationCatalog(automations=self.automations, contact_properties=self.properties)
        self.observe = Observe(catalog=self.catalog, queue=self.queue)
        self.editor = AutomationEditor(
            automations=self.automations,
            emails=self.accepting.emails,
            lists=self.lists,
            properties=self.properties,
            endpoints=self.endpoints,
            queue=self.queue,
            clock=self.clock,
            message_days=90,
        )

    def advance(self, life: Life | None = None) -> AdvanceRun:
        guard = life.guard if life else lambda port: port
        return AdvanceRun(
            catalog=self.catalog,
            runs=guard(self.runs),
            counts=self.counts,
            queue=guard(self.queue),
            perform=Perform(
                accept=replace(self.accepting.step(life), subcategories=AUTOMATION),
                contacts=guard(self.contacts),
                members=guard(self.lists),
                properties=self.properties,
                queue=guard(self.queue),
                webhooks=guard(self.webhooks),
                clock=self.clock,
            ),
            contacts=guard(self.contacts),
            sends=self.accepting.sends,
            clock=self.clock,
        )

    def automate(self, life: Life | None = None) -> Automate:
        guard = life.guard if life else lambda port: port
        advance = self.advance(life)
        return Automate(
            catalog=self.catalog,
            runs=guard(self.runs),
            queue=guard(self.queue),
            enroll=Enroll(
                catalog=self.catalog,
                runs=guard(self.runs),
                contacts=guard(self.contacts),
                advance=advance,
                clock=self.clock,
            ),
            advance=advance,
            directory=self.contacts,
            clock=self.clock,
        )

    @property
    def reader(self) -> RunReader:
        return RunReader(runs=self.runs, counts=self.counts, advance=self.advance())

    def publish(self, text: str) -> int:
        created = self.editor.create(text, BY)
        self.editor.publish(created.id, BY)
        self.clock.now += 10  # the workers' lists are fresh again
        return created.id

    def happen(self, name: str, contact: str = ADA, uuid: str = "", **properties: Any) -> None:
        at = timestamps.iso(self.clock())
        event = EventHappened(id=uuid or f"{name}@{at}", name=name, contact=contact, at=at, properties=properties)
        self.queue.put([event])
        self.work()

    def do(self, job: Job, life: Life | None = None) -> None:
        step = self.automate(life)
        step(job)
        step.advance.flush()

    def work(self) -> None:
        """Does every job that is visible, and the jobs that they queue."""
        while jobs := self.queue.take():
            self.catalog.refresh()
            for job in jobs:
                try:
                    self.do(job)
                except Retry:
                    self.queue.put([job], delay_seconds=1)

    def sweep(self) -> DueRuns:
        step = EnqueueDueRuns(
            catalog=self.catalog, runs=self.runs, queue=self.queue, watermark=self.watermark, clock=self.clock
        )
        return step()

    def pass_time(self, days: float = 0, *, hours: float = 0, minutes: float = 0) -> None:
        """Moves the clock on, to each moment at which something is due, with a sweep before it."""
        end = self.clock.now + days * 86_400 + hours * 3600 + minutes * 60
        while self.clock.now < end:
            due = [timestamps.parse(run.due_at) for run in self.runs.stored.values() if run.due_at]
            visible = [at for at, _ in self.queue.waiting]
            moments = [at for at in (*visible, *(at - SWEEP_SECONDS for at in due)) if at > self.clock.now]
            self.clock.now = min([end, *moments, self.clock.now + 40 * 86_400])
            self.sweep()
            self.work()

    def run(self, contact: str = ADA) -> Run:
        (run,) = self.runs.of_contact(contact)
        return run

    def sent(self) -> list[Message]:
        accepted = [one for one in self.accepting.sends.stored.values() if one.state is not State.REFUSED]
        return sorted(accepted, key=lambda message: message.accepted_at)

    def notes(self, contact: str = ADA) -> list[str]:
        return [record.note for run in self.runs.of_contact(contact) for record in run.history]
