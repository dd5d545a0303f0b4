"""Contacts: consent, and erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.access import audit_log
from functions.wiring.adapters.automations import runs
from functions.wiring.adapters.broadcasts import broadcast_queue, broadcast_store
from functions.wiring.adapters.contacts import (
    contact_directory,
    contact_imports,
    contact_lists,
    contacts,
    erasure_requests,
    import_files,
    list_members,
    property_definitions,
    subscription_types,
    suppressions,
)
from functions.wiring.adapters.emails import emails
from functions.wiring.adapters.events import event_archive
from functions.wiring.adapters.sending import message_index, send_queue, sends, sent_contents
from functions.wiring.random_ids import new_campaign_number, new_secret, new_type_id

if TYPE_CHECKING:
    from functions.steps.contacts.erase import EraseContact
    from functions.steps.contacts.evaluate_lists import EvaluateLists
    from functions.steps.contacts.export_contacts import ExportContacts
    from functions.steps.contacts.import_contacts import ImportContacts
    from functions.steps.contacts.legacy_statuses import LegacyStatuses
    from functions.steps.contacts.lift_quarantine import LiftQuarantine
    from functions.steps.contacts.lists import ListEditor
    from functions.steps.contacts.manage_imports import ManageImports
    from functions.steps.contacts.properties import ContactProperties
    from functions.steps.contacts.records import ContactRecords
    from functions.steps.contacts.recount_lists import RecountLists
    from functions.steps.contacts.search import SearchContacts
    from functions.steps.contacts.statuses import Statuses
    from functions.steps.contacts.subscriptions import Subscriptions
    from functions.steps.contacts.unsubscribe import Unsubscribe
    from functions.wiring.container import Container


def subscriptions(c: Container) -> Subscriptions:
    from functions.steps.contacts.subscriptions import Subscriptions

    return Subscriptions(types=c.get(subscription_types), clock=c.clock, new_id=new_type_id)


def statuses(c: Container) -> Statuses:
    from functions.steps.contacts.statuses import Statuses

    return Statuses(contacts=c.get(contacts), subscriptions=c.get(subscriptions), clock=c.clock)


def legacy_statuses(c: Container) -> LegacyStatuses:
    from functions.steps.contacts.legacy_statuses import LegacyStatuses

    return LegacyStatuses(contacts=c.get(contacts), statuses=c.get(statuses))


def lift_quarantine(c: Container) -> LiftQuarantine:
    from functions.steps.contacts.lift_quarantine import LiftQuarantine

    return LiftQuarantine(contacts=c.get(contacts), suppressions=c.get(suppressions), clock=c.clock)


def unsubscribe(c: Container) -> Unsubscribe:
    from functions.steps.contacts.unsubscribe import Unsubscribe

    return Unsubscribe(
        sends=c.get(sends),
        contacts=c.get(contacts),
        types=c.get(subscription_types),
        emails=c.get(emails),
        domain=c.settings.domain,
        clock=c.clock,
        new_secret=new_secret,
    )


def erase_contact(c: Container) -> EraseContact:
    from functions.steps.contacts.erase import EraseContact

    return EraseContact(
        requests=c.get(erasure_requests),
        messages=c.get(message_index),
        sends=c.get(sends),
        payloads=c.get(send_queue),
        contents=c.get(sent_contents),
        contacts=c.get(contacts),
        members=c.get(list_members),
        runs=c.get(runs),
        broadcasts=c.get(broadcast_store),
        archive=c.get(event_archive),
        audit_log=c.get(audit_log),
        clock=c.clock,
        lease_seconds=c.settings.lease_seconds,
    )


def contact_properties(c: Container) -> ContactProperties:
    from functions.steps.contacts.properties import ContactProperties

    return ContactProperties(definitions=c.get(property_definitions), lists=c.get(contact_lists), clock=c.clock)


def contact_records(c: Container) -> ContactRecords:
    from functions.steps.contacts.records import ContactRecords

    return ContactRecords(
        contacts=c.get(contacts),
        directory=c.get(contact_directory),
        members=c.get(list_members),
        properties=c.get(contact_properties),
        clock=c.clock,
    )


def search_contacts(c: Container) -> SearchContacts:
    from functions.steps.contacts.search import SearchContacts

    return SearchContacts(
        records=c.get(contact_records), directory=c.get(contact_directory), properties=c.get(contact_properties)
    )


def export_contacts(c: Container) -> ExportContacts:
    from functions.steps.contacts.export_contacts import ExportContacts

    return ExportContacts(
        contacts=c.get(contacts),
        directory=c.get(contact_directory),
        lists=c.get(contact_lists),
        members=c.get(list_members),
        properties=c.get(contact_properties),
    )


def list_editor(c: Container) -> ListEditor:
    from functions.steps.contacts.lists import ListEditor

    return ListEditor(
        lists=c.get(contact_lists),
        members=c.get(list_members),
        records=c.get(contact_records),
        properties=c.get(contact_properties),
        evaluate=c.get(evaluate_lists),
        broadcasts=c.get(broadcast_store),
        audit_log=c.get(audit_log),
        clock=c.clock,
    )


def recount_lists(c: Container) -> RecountLists:
    from functions.steps.contacts.recount_lists import RecountLists

    return RecountLists(members=c.get(list_members), clock=c.clock)


def evaluate_lists(c: Container) -> EvaluateLists:
    from functions.steps.contacts.evaluate_lists import EvaluateLists

    return EvaluateLists(
        lists=c.get(contact_lists),
        members=c.get(list_members),
        directory=c.get(contact_directory),
        contacts=c.get(contacts),
        properties=c.get(contact_properties),
        queue=c.get(broadcast_queue),
        clock=c.clock,
    )


def import_contacts(c: Container) -> ImportContacts:
    from functions.steps.contacts.import_contacts import ImportContacts

    return ImportContacts(
        imports=c.get(contact_imports),
        files=c.get(import_files),
        queue=c.get(broadcast_queue),
        contacts=c.get(contacts),
        members=c.get(list_members),
        properties=c.get(contact_properties),
        clock=c.clock,
    )


def manage_imports(c: Container) -> ManageImports:
    from functions.steps.contacts.manage_imports import ManageImports

    return ManageImports(
        imports=c.get(contact_imports),
        files=c.get(import_files),
        queue=c.get(broadcast_queue),
        lists=c.get(contact_lists),
        list_editor=c.get(list_editor),
        audit_log=c.get(audit_log),
        types=c.get(subscription_types),
        properties=c.get(contact_properties),
        clock=c.clock,
        new_id=lambda: str(new_campaign_number()),
    )
