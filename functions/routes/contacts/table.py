"""The routes of contacts, communication preferences and the unsubscribe page."""

from __future__ import annotations

from functions.core.access.scopes import ACCOUNT, CONTACT_DATA, CONTENT, MARKETING_EMAIL, TRANSACTIONAL_EMAIL
from functions.core.contacts.subscriptions import unsubscribe_link
from functions.http.route import DATED_VERSIONS, Base, Route, routes_of

_STATUS_SCOPES = (MARKETING_EMAIL, TRANSACTIONAL_EMAIL)
_TYPE_SCOPES = (CONTENT, MARKETING_EMAIL)
_V3 = Base("/communication-preferences/v3")
_DATED_PATH = "/communication-preferences/{version}"
_DATED_WITH_V3 = Base(_DATED_PATH, ("2025-09", "2026-09"))  # these have v3's operations too: HubSpot's 2026-03 has not
_DATED = Base(_DATED_PATH, ("v4", *DATED_VERSIONS))
_STATUS_BY_ADDRESS = (
    ("GET", "/status/email/{emailAddress}", "get_subscription_status", 200),
    ("POST", "/subscribe", "subscribe_contact", 200),
    ("POST", "/unsubscribe", "unsubscribe_contact", 200),
)
_STATUSES = (  # a route without parameters comes first
    ("POST", "/links/generate", "generate_links", 200),
    ("POST", "/statuses/batch/read", "read_statuses", 200),
    ("POST", "/statuses/batch/write", "write_statuses", 200),
    ("POST", "/statuses/batch/unsubscribe-all", "unsubscribe_all_contacts", 200),
    ("POST", "/statuses/batch/unsubscribe-all/read", "read_unsubscribe_all_statuses", 200),
    ("GET", "/statuses/{subscriberIdString}", "get_statuses", 200),
    ("POST", "/statuses/{subscriberIdString}", "update_status", 200),
    ("GET", "/statuses/{subscriberIdString}/unsubscribe-all", "get_unsubscribe_all_status", 200),
    ("POST", "/statuses/{subscriberIdString}/unsubscribe-all", "unsubscribe_all", 200),
)
_DEFINITION_SCOPES = (MARKETING_EMAIL, TRANSACTIONAL_EMAIL, CONTENT)
PREFERENCES = (
    *routes_of((_V3,), (("GET", "/definitions", "list_subscription_definitions", 200),), "api", _DEFINITION_SCOPES),
    *routes_of((_DATED,), (("GET", "/definitions", "list_definitions", 200),), "api", _DEFINITION_SCOPES),
    *routes_of((_V3, _DATED_WITH_V3), _STATUS_BY_ADDRESS, "api", _STATUS_SCOPES),
    *routes_of((_DATED_WITH_V3,), (("POST", "/resubscribe", "resubscribe_contact", 200),), "api", _STATUS_SCOPES),
    *routes_of((_DATED,), _STATUSES, "api", _STATUS_SCOPES),
    Route("POST", "/staffetta/v1/subscription-types", "create_subscription_type", "api", _TYPE_SCOPES, 201),
    Route("GET", "/staffetta/v1/subscription-types", "list_subscription_types", "api", _TYPE_SCOPES),
    Route("PATCH", "/staffetta/v1/subscription-types/{typeId}", "update_subscription_type", "api", _TYPE_SCOPES),
    Route("DELETE", "/staffetta/v1/contacts/{email}/quarantine", "lift_quarantine", "api", (MARKETING_EMAIL,)),
)
UNSUBSCRIBE = (
    Route("GET", unsubscribe_link.PATH, "get_unsubscribe_page", "api", ()),
    Route("HEAD", unsubscribe_link.PATH, "check_unsubscribe_link", "api", ()),
    Route("POST", unsubscribe_link.PATH, "unsubscribe", "api", ()),
)
CONTACTS = (
    Route("GET", "/staffetta/v1/contacts/{email}", "get_contact", "api", (ACCOUNT,)),
    Route("DELETE", "/staffetta/v1/contacts/{email}", "erase_contact", "api", (ACCOUNT,), 202),
)

_RECORDS = (
    ("GET", "", "list_contacts", 200),
    ("POST", "", "create_contact", 201),
    ("POST", "/search", "search_contacts", 200),
    ("POST", "/merge", "merge_contacts", 200),
    ("POST", "/batch/create", "batch_create_contacts", 201),
    ("POST", "/batch/read", "batch_read_contacts", 200),
    ("POST", "/batch/update", "batch_update_contacts", 200),
    ("POST", "/batch/upsert", "batch_upsert_contacts", 200),
    ("POST", "/batch/archive", "batch_archive_contacts", 204),
    ("GET", "/{contactId}", "get_contact_record", 200),
    ("PATCH", "/{contactId}", "update_contact", 200),
    ("DELETE", "/{contactId}", "archive_contact", 204),
)
_ERASURES = (("POST", "/gdpr-delete", "gdpr_delete_contact", 204),)
_RECORD_BASES = (Base("/crm/v3/objects/contacts"), Base("/crm/objects/{version}/contacts", DATED_VERSIONS))
RECORDS = (
    *routes_of(_RECORD_BASES, _RECORDS, "api", (CONTACT_DATA, ACCOUNT)),
    *routes_of(_RECORD_BASES, _ERASURES, "api", (ACCOUNT,)),
)
PROPERTIES = routes_of(
    (Base("/crm/v3/properties/{objectType}"), Base("/crm/properties/{version}/{objectType}", DATED_VERSIONS)),
    (
        ("GET", "", "list_contact_properties", 200),
        ("POST", "", "create_contact_property", 201),
        ("GET", "/{propertyName}", "get_contact_property", 200),
        ("PATCH", "/{propertyName}", "update_contact_property", 200),
        ("DELETE", "/{propertyName}", "delete_contact_property", 204),
    ),
    "api",
    (CONTACT_DATA, ACCOUNT),
)
LISTS = (
    *routes_of(
        (Base("/crm/v3/lists"), Base("/crm/lists/{version}", DATED_VERSIONS)),
        (
            ("GET", "", "list_lists", 200),
            ("POST", "", "create_list", 200),
            ("POST", "/search", "search_lists", 200),
            ("GET", "/object-type-id/{objectTypeId}/name/{listName}", "get_list_by_name", 200),
            ("GET", "/records/{objectTypeId}/{recordId}/memberships", "list_record_lists", 200),
            ("GET", "/{listId}", "get_list", 200),
            ("DELETE", "/{listId}", "delete_list", 204),
            ("PUT", "/{listId}/restore", "restore_list", 204),
            ("PUT", "/{listId}/update-list-name", "rename_list", 200),
            ("PUT", "/{listId}/update-list-filters", "update_list_filters", 200),
            ("GET", "/{listId}/memberships", "list_list_members", 200),
            ("DELETE", "/{listId}/memberships", "clear_list", 204),
            ("PUT", "/{listId}/memberships/add", "add_list_members", 200),
            ("PUT", "/{listId}/memberships/remove", "remove_list_members", 200),
            ("PUT", "/{listId}/memberships/add-and-remove", "change_list_members", 200),
            ("PUT", "/{listId}/memberships/add-from/{sourceListId}", "add_list_members_from", 204),
        ),
        "api",
        (CONTACT_DATA, ACCOUNT),
    ),
    Route("POST", "/staffetta/v1/lists/{listId}/evaluate", "evaluate_list", "api", (CONTACT_DATA, ACCOUNT), 202),
)
IMPORTS = (
    *routes_of(
        (Base("/crm/v3/imports"), Base("/crm/imports/{version}", DATED_VERSIONS)),
        (
            ("GET", "", "list_imports", 200),
            ("POST", "", "create_import", 200),
            ("GET", "/{importId}", "get_import", 200),
            ("POST", "/{importId}/cancel", "cancel_import", 200),
            ("GET", "/{importId}/errors", "list_import_errors", 200),
        ),
        "api",
        (CONTACT_DATA, ACCOUNT),
    ),
    Route("POST", "/staffetta/v1/imports", "create_import_of_upload", "api", (CONTACT_DATA, ACCOUNT), 201),
)
