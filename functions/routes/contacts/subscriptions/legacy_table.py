"""The routes of subscriptions in HubSpot's v1 API."""

from __future__ import annotations

from functions.core.access.scopes import CONTENT, MARKETING_EMAIL
from functions.http.route import Route

_SUBSCRIPTIONS = "/email/public/v1/subscriptions"
LEGACY_SUBSCRIPTIONS = tuple(
    Route(method, _SUBSCRIPTIONS + path, operation, "api", (CONTENT, MARKETING_EMAIL))
    for method, path, operation in (
        ("GET", "", "list_email_subscription_types"),
        ("GET", "/timeline", "list_subscription_changes"),
        ("GET", "/{emailAddress}", "get_email_subscriptions"),
        ("PUT", "/{emailAddress}", "update_email_subscriptions"),
    )
)
