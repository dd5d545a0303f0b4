"""The routes of messages and of HubSpot's email events."""

from __future__ import annotations

from functions.core.access.scopes import CONTENT, REPORTS, TRANSACTIONAL_EMAIL
from functions.core.sending import web_version
from functions.http.route import Route

MESSAGES_PATH = "/staffetta/v1/messages"
MESSAGES = tuple(
    Route("GET", MESSAGES_PATH + path, operation, "api", (CONTENT, TRANSACTIONAL_EMAIL, REPORTS))
    for path, operation in (
        ("", "list_messages"),
        ("/{statusId}", "get_send"),
        ("/{statusId}/{recipient}", "get_message"),
    )
)
# A mail has the values of its request, so a key that may send reads it, and no other.
SENT_MAIL = (
    Route("GET", MESSAGES_PATH + "/{statusId}/{recipient}/content", "get_sent_mail", "api", (TRANSACTIONAL_EMAIL,)),
    Route(
        "POST", MESSAGES_PATH + "/{statusId}/{recipient}/resend", "resend_message", "api", (TRANSACTIONAL_EMAIL,), 201
    ),
)
WEB_VERSION = (
    Route("GET", web_version.PATH, "get_web_version", "api", ()),
    Route("HEAD", web_version.PATH, "check_web_version", "api", ()),
)
EMAIL_EVENTS = tuple(
    Route("GET", f"/email/public/v1{path}", operation, "api", (CONTENT, REPORTS))
    for path, operation in (
        ("/events", "list_email_events"),
        ("/events/{created}/{eventId}", "get_email_event"),
        ("/campaigns", "list_recent_campaigns"),
        ("/campaigns/by-id", "list_campaign_ids"),
        ("/campaigns/{campaignId}", "get_campaign"),
    )
)
