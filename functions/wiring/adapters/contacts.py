"""Settings → the adapters of contacts, their lists, imports and consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.clients import dynamodb, s3, sesv2_account

if TYPE_CHECKING:
    from functions.adapters.contacts.contact_directory import DynamoContactDirectory
    from functions.adapters.contacts.contact_lists import DynamoContactLists, DynamoListMembers
    from functions.adapters.contacts.contacts import DynamoContacts, DynamoSubscriptionTypes
    from functions.adapters.contacts.erasure_requests import DynamoErasureRequests
    from functions.adapters.contacts.imports import DynamoContactImports, S3ImportFiles
    from functions.adapters.contacts.property_definitions import DynamoPropertyDefinitions
    from functions.adapters.contacts.suppressions import SesSuppressions
    from functions.wiring.container import Container


def contacts(c: Container) -> DynamoContacts:
    from functions.adapters.contacts.contacts import DynamoContacts

    return DynamoContacts(c.get(dynamodb), c.settings.contacts_table)


def contact_directory(c: Container) -> DynamoContactDirectory:
    from functions.adapters.contacts.contact_directory import DynamoContactDirectory

    return DynamoContactDirectory(c.get(dynamodb), c.settings.contacts_table)


def contact_lists(c: Container) -> DynamoContactLists:
    from functions.adapters.contacts.contact_lists import DynamoContactLists

    return DynamoContactLists(c.get(dynamodb), c.settings.audience_table)


def contact_imports(c: Container) -> DynamoContactImports:
    from functions.adapters.contacts.imports import DynamoContactImports

    return DynamoContactImports(c.get(dynamodb), c.settings.audience_table)


def import_files(c: Container) -> S3ImportFiles:
    from functions.adapters.contacts.imports import S3ImportFiles

    return S3ImportFiles(lambda: c.get(s3), c.settings.payload_bucket)


def list_members(c: Container) -> DynamoListMembers:
    from functions.adapters.contacts.contact_lists import DynamoListMembers

    return DynamoListMembers(c.get(dynamodb), c.settings.audience_table, c.clock)


def property_definitions(c: Container) -> DynamoPropertyDefinitions:
    from functions.adapters.contacts.property_definitions import DynamoPropertyDefinitions

    return DynamoPropertyDefinitions(c.get(dynamodb), c.settings.contacts_table)


def subscription_types(c: Container) -> DynamoSubscriptionTypes:
    from functions.adapters.contacts.contacts import DynamoSubscriptionTypes

    return DynamoSubscriptionTypes(c.get(dynamodb), c.settings.contacts_table)


def erasure_requests(c: Container) -> DynamoErasureRequests:
    from functions.adapters.contacts.erasure_requests import DynamoErasureRequests

    return DynamoErasureRequests(c.get(dynamodb), c.settings.metrics_table)


def suppressions(c: Container) -> SesSuppressions:
    from functions.adapters.contacts.suppressions import SesSuppressions

    return SesSuppressions(c.get(sesv2_account))
