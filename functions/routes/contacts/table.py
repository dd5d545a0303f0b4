"""The routes of contacts, communication preferences and the unsubscribe page."""

from __future__ import annotations

from functions.core.contacts import unsubscribe_link
from functions.routes.http.route import ACCOUNT, CONTENT, MARKETING_EMAIL, TRANSACTIONAL_EMAIL, Route

_PREFERENCES = "/communication-preferences/v3"
_STATUS_SCOPES = (MARKETING_EMAIL, TRANSACTIONAL_EMAIL)
_TYPE_SCOPES = (CONTENT, MARKETING_EMAIL)
PREFERENCES = (
    Route(
        "GET",
        f"{_PREFERENCES}/definitions",
        "list_subscription_definitions",
        "api",
        (MARKETING_EMAIL, TRANSACTIONAL_EMAIL, CONTENT),
    ),
    Route("GET", f"{_PREFERENCES}/status/email/{{emailAddress}}", "get_subscription_status", "api", _STATUS_SCOPES),
    Route("POST", f"{_PREFERENCES}/subscribe", "subscribe_contact", "api", _STATUS_SCOPES),
    Route("POST", f"{_PREFERENCES}/unsubscribe", "unsubscribe_contact", "api", _STATUS_SCOPES),
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
