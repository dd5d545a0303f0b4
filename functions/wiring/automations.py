"""Automations: drafts and versions, runs, and what starts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from functions.core.emails.email import AUTOMATION
from functions.wiring.adapters.automations import automation_queue, automations, runs, runs_watermark, step_counts
from functions.wiring.adapters.contacts import contact_directory, contact_lists, contacts, list_members
from functions.wiring.adapters.emails import emails
from functions.wiring.adapters.sending import sends
from functions.wiring.adapters.webhooks import webhook_endpoints, webhook_queue
from functions.wiring.contacts import contact_properties
from functions.wiring.sending import accept_send

if TYPE_CHECKING:
    from functions.steps.automations.advance_run import AdvanceRun
    from functions.steps.automations.automate import Automate
    from functions.steps.automations.create_from_starter import CreateFromStarter
    from functions.steps.automations.definitions import AutomationCatalog
    from functions.steps.automations.enqueue_due_runs import EnqueueDueRuns
    from functions.steps.automations.manage_automations import AutomationEditor
    from functions.steps.automations.observe import Observe
    from functions.steps.automations.read_runs import RunReader
    from functions.steps.automations.send_events import SendEvents
    from functions.wiring.container import Container


def catalog(c: Container) -> AutomationCatalog:
    from functions.steps.automations.definitions import AutomationCatalog

    return AutomationCatalog(automations=c.get(automations), contact_properties=c.get(contact_properties))


def edit_automations(c: Container) -> AutomationEditor:
    from functions.steps.automations.manage_automations import AutomationEditor

    return AutomationEditor(
        automations=c.get(automations),
        emails=c.get(emails),
        lists=c.get(contact_lists),
        properties=c.get(contact_properties),
        endpoints=c.get(webhook_endpoints),
        queue=c.get(automation_queue),
        clock=c.clock,
        message_days=c.settings.retention_days,
    )


def send_events(c: Container) -> SendEvents:
    from functions.steps.automations.send_events import SendEvents
    from functions.wiring.random_ids import new_id

    return SendEvents(directory=c.get(contact_directory), queue=c.get(automation_queue), clock=c.clock, new_id=new_id)


def observe(c: Container) -> Observe:
    from functions.steps.automations.observe import Observe

    return Observe(catalog=c.get(catalog), queue=c.get(automation_queue))


def advance_run(c: Container) -> AdvanceRun:
    from functions.steps.automations.advance_run import AdvanceRun
    from functions.steps.automations.perform import Perform

    perform = Perform(
        accept=replace(c.get(accept_send), subcategories=AUTOMATION),
        contacts=c.get(contacts),
        members=c.get(list_members),
        properties=c.get(contact_properties),
        queue=c.get(automation_queue),
        webhooks=c.get(webhook_queue),
        clock=c.clock,
    )
    return AdvanceRun(
        catalog=c.get(catalog),
        runs=c.get(runs),
        counts=c.get(step_counts),
        queue=c.get(automation_queue),
        perform=perform,
        contacts=c.get(contacts),
        sends=c.get(sends),
        clock=c.clock,
    )


def automate(c: Container) -> Automate:
    from functions.steps.automations.automate import Automate
    from functions.steps.automations.enroll import Enroll

    enroll = Enroll(
        catalog=c.get(catalog),
        runs=c.get(runs),
        contacts=c.get(contacts),
        advance=c.get(advance_run),
        clock=c.clock,
    )
    return Automate(
        catalog=c.get(catalog),
        runs=c.get(runs),
        queue=c.get(automation_queue),
        enroll=enroll,
        advance=c.get(advance_run),
        directory=c.get(contact_directory),
        clock=c.clock,
    )


def create_from_starter(c: Container) -> CreateFromStarter:
    from functions.adapters.automations import starters
    from functions.core.addresses import Address
    from functions.steps.automations.create_from_starter import CreateFromStarter
    from functions.wiring.emails import publish_email

    return CreateFromStarter(
        names=starters.names,
        load=starters.load,
        emails=c.get(emails),
        publish=c.get(publish_email),
        properties=c.get(contact_properties),
        editor=c.get(edit_automations),
        sender=Address(f"no-reply@{c.settings.domain}"),
    )


def read_runs(c: Container) -> RunReader:
    from functions.steps.automations.read_runs import RunReader

    return RunReader(runs=c.get(runs), counts=c.get(step_counts), advance=c.get(advance_run))


def enqueue_due_runs(c: Container) -> EnqueueDueRuns:
    from functions.steps.automations.enqueue_due_runs import EnqueueDueRuns

    return EnqueueDueRuns(
        catalog=c.get(catalog),
        runs=c.get(runs),
        queue=c.get(automation_queue),
        watermark=c.get(runs_watermark),
        clock=c.clock,
    )
