"""Performs what a run does at a step. A repeat has the same id, so its receiver does nothing twice. Returns a note for the run's history."""

from __future__ import annotations

from msgspec import Struct

from functions.core import addresses, ids, timestamps
from functions.core.automations import conditions, rules
from functions.core.automations.definition import (
    AddToList,
    CallWebhook,
    RemoveFromList,
    SendEmail,
    SetProperty,
    StartAutomation,
)
from functions.core.automations.jobs import Entry
from functions.core.automations.rules import Action
from functions.core.automations.run import Run
from functions.core.errors import Rejected
from functions.core.sending.send import AUTOMATION, RecipientRole, SendRecipient, SendRequest
from functions.core.webhooks.webhook import DeliveryJob
from functions.core.webhooks.webhook_events import MessageEvent, MessageEventType
from functions.ports import Clock
from functions.ports.automations import AutomationQueue
from functions.ports.contacts import Contacts, ListMembers
from functions.ports.webhooks import WebhookQueue
from functions.steps.contacts.properties import ContactProperties
from functions.steps.sending.accept import AcceptSend


class Performed(Struct, frozen=True):
    note: str
    message: str = ""  # the status id of the mail


class Perform(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    accept: AcceptSend
    contacts: Contacts
    members: ListMembers
    properties: ContactProperties
    queue: AutomationQueue
    webhooks: WebhookQueue
    clock: Clock

    def __call__(self, action: Action, run: Run) -> Performed:
        match action:
            case SendEmail():
                return self._send(action, run)
            case SetProperty():
                return self._set(action, run)
            case AddToList(list=number):
                self.contacts.upsert(run.contact, {}, self._now())
                self.members.add(number, [run.contact], self._now())
                return Performed(f"added to list {number}")
            case RemoveFromList(list=number):
                self.members.remove(number, [run.contact])
                return Performed(f"removed from list {number}")
            case CallWebhook(endpoint=endpoint):
                self.webhooks.put([DeliveryJob(endpoint_id=endpoint, event=_event(run, self._now()))])
                return Performed(f"called webhook {endpoint}")
            case StartAutomation(automation=number):
                self.queue.put([_entry(run, number)])
                return Performed(f"started automation {number}")

    def _send(self, step: SendEmail, run: Run) -> Performed:
        """A refused mail does not stop the run: its note has the reason."""
        custom = rules.custom_properties(step, run.event)
        request = SendRequest(
            email_id=step.email,
            recipients=(SendRecipient(RecipientRole.TO, addresses.parse(run.contact)),),
            send_id=run.step_id(),
            custom=custom,
            digest=ids.digest(run.step_id(), str(step.email)),
        )
        try:
            message = self.accept(request, f"{AUTOMATION}{run.automation}").message
        except Rejected as error:
            return Performed(f"email {step.email} not sent: {error}")
        if message.result:
            return Performed(f"email {step.email} not sent: {message.reason}", message.key.send_id)
        return Performed(f"sent email {step.email}", message.key.send_id)

    def _set(self, step: SetProperty, run: Run) -> Performed:
        definition = self.properties.list().get(step.property)
        if definition and not definition.is_plain_value:  # it was published before the check refused it
            return Performed(f"{step.property} cannot be set")
        text = conditions.text_of(step.value)
        try:
            value = definition.read(text) if definition else text
        except ValueError as error:  # its type was changed
            return Performed(f"{step.property} not set: it {error}")
        now = self._now()
        self.contacts.edit(run.contact, now, lambda contact: contact.with_values({step.property: value}, now))
        return Performed(f"set the property {step.property}")

    def _now(self) -> str:
        return timestamps.iso(self.clock())


def _entry(run: Run, automation: int) -> Entry:
    return Entry(id=run.step_id(), automation=automation, contact=run.contact, at=run.entered_at, properties=run.event)


def _event(run: Run, at: str) -> MessageEvent:
    data = {
        "automationId": run.automation,
        "version": run.version,
        "runId": run.id,
        "step": run.step,
        "contact": run.contact,
        "enteredAt": run.entered_at,
        "event": dict(run.event),
    }
    return MessageEvent(ids.for_event(run.step_id()), MessageEventType.AUTOMATION, at, data)
