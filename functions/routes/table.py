"""Every HTTP route, spelled once: infra deploys this table and the functions dispatch by it."""

from __future__ import annotations

from msgspec import Struct

from functions.core.contacts import unsubscribe_link

TRANSACTIONAL_EMAIL = "transactional-email"
MARKETING_EMAIL = "marketing-email"
CONTENT = "content"
ACCOUNT = "account"
SCOPES = (TRANSACTIONAL_EMAIL, MARKETING_EMAIL, CONTENT, ACCOUNT)

DATED_VERSIONS = ("2025-09", "2026-03", "2026-09")


class Route(Struct, frozen=True):
    """One operation. `scopes`: a key needs any one of them; none: it is public."""

    method: str
    path: str  # API Gateway's notation: {name} is one segment
    operation: str
    function: str  # the Lambda file that serves it
    scopes: tuple[str, ...]
    success: int = 200

    @property
    def key(self) -> str:
        """API Gateway's route key."""
        return f"{self.method} {self.path}"


SINGLE_SEND = tuple(
    Route("POST", path, "single_send", "single_send", scopes)
    for path, scopes in (
        ("/marketing/v3/transactional/single-email/send", (TRANSACTIONAL_EMAIL,)),
        ("/marketing/v4/email/single-send", (TRANSACTIONAL_EMAIL, MARKETING_EMAIL)),
        *((f"/marketing/transactional/{v}/single-email/send", (TRANSACTIONAL_EMAIL,)) for v in DATED_VERSIONS),
        ("/marketing/email-campaigns/2026-03/single-send", (TRANSACTIONAL_EMAIL, MARKETING_EMAIL)),
    )
)
SEND_STATUS = Route(
    "GET",
    "/marketing/v3/email/send-statuses/{statusId}",
    "send_status",
    "single_send",
    (TRANSACTIONAL_EMAIL, MARKETING_EMAIL),
)
CANCEL_SEND = Route("DELETE", SEND_STATUS.path, "cancel_send", "single_send", (TRANSACTIONAL_EMAIL, MARKETING_EMAIL))
UPLOAD = Route(
    "POST", "/staffetta/v1/uploads", "offer_upload", "api", (TRANSACTIONAL_EMAIL, MARKETING_EMAIL), success=201
)
STATISTICS_LIST = Route(
    "GET", "/marketing/v3/emails/statistics/list", "statistics_list", "api", (CONTENT, MARKETING_EMAIL)
)
STATISTICS = (
    STATISTICS_LIST,
    Route(
        "GET", "/marketing/v3/emails/statistics/histogram", "statistics_histogram", "api", (CONTENT, MARKETING_EMAIL)
    ),
    *(
        Route("GET", f"/staffetta/v1/statistics/{name}", f"statistics_{name}", "api", (CONTENT, MARKETING_EMAIL))
        for name in ("links", "latency", "breakdown", "tags")
    ),
)

EMAILS_PATH = "/marketing/v3/emails"
EMAILS = tuple(
    Route(method, EMAILS_PATH + path, operation, "api", (CONTENT, MARKETING_EMAIL), success)
    for method, path, operation, success in (
        ("GET", "", "list_emails", 200),
        ("POST", "", "create_email", 201),
        ("GET", "/{emailId}", "get_email", 200),
        ("PATCH", "/{emailId}", "update_email", 200),
        ("DELETE", "/{emailId}", "archive_email", 204),
        ("POST", "/clone", "clone_email", 200),
        ("POST", "/{emailId}/publish", "publish_email", 204),
        ("POST", "/{emailId}/unpublish", "unpublish_email", 204),
        ("GET", "/{emailId}/draft", "get_draft", 200),
        ("PATCH", "/{emailId}/draft", "update_draft", 200),
        ("POST", "/{emailId}/draft/reset", "reset_draft", 204),
        ("GET", "/{emailId}/revisions", "list_revisions", 200),
        ("GET", "/{emailId}/revisions/{revisionId}", "get_revision", 200),
        ("POST", "/{emailId}/revisions/{revisionId}/restore", "restore_revision", 204),
        ("POST", "/{emailId}/revisions/{revisionId}/restore-to-draft", "restore_revision_to_draft", 200),
        ("POST", "/ab-test/create-variation", "create_variation", 201),
        ("GET", "/{emailId}/ab-test/get-variation", "get_variation", 200),
    )
)

API_KEYS = (
    Route("POST", "/staffetta/v1/api-keys", "create_key", "api", (ACCOUNT,), 201),
    Route("GET", "/staffetta/v1/api-keys", "list_keys", "api", (ACCOUNT,)),
    Route("PATCH", "/staffetta/v1/api-keys/{keyId}", "rename_key", "api", (ACCOUNT,)),
    Route("DELETE", "/staffetta/v1/api-keys/{keyId}", "revoke_key", "api", (ACCOUNT,), 204),
)

SMTP_TOKENS = tuple(
    Route(method, f"{base}{path}", operation, "smtp_tokens", (TRANSACTIONAL_EMAIL,), success)
    for base in (
        "/marketing/v3/transactional/smtp-tokens",
        *(f"/marketing/transactional/{v}/smtp-tokens" for v in DATED_VERSIONS),
    )
    for method, path, operation, success in (
        ("POST", "", "create_token", 201),
        ("GET", "", "list_tokens", 200),
        ("GET", "/{tokenId}", "get_token", 200),
        ("POST", "/{tokenId}/password-reset", "reset_token", 200),
        ("DELETE", "/{tokenId}", "delete_token", 204),
    )
)

PREFERENCES = (
    Route(
        "GET",
        "/communication-preferences/v3/definitions",
        "list_definitions",
        "api",
        (MARKETING_EMAIL, TRANSACTIONAL_EMAIL, CONTENT),
    ),
    Route(
        "GET",
        "/communication-preferences/v3/status/email/{emailAddress}",
        "email_status",
        "api",
        (MARKETING_EMAIL, TRANSACTIONAL_EMAIL),
    ),
    Route(
        "POST",
        "/communication-preferences/v3/subscribe",
        "subscribe_contact",
        "api",
        (MARKETING_EMAIL, TRANSACTIONAL_EMAIL),
    ),
    Route(
        "POST",
        "/communication-preferences/v3/unsubscribe",
        "unsubscribe_contact",
        "api",
        (MARKETING_EMAIL, TRANSACTIONAL_EMAIL),
    ),
    Route("POST", "/staffetta/v1/subscription-types", "create_type", "api", (CONTENT, MARKETING_EMAIL), 201),
    Route("GET", "/staffetta/v1/subscription-types", "list_types", "api", (CONTENT, MARKETING_EMAIL)),
    Route("PATCH", "/staffetta/v1/subscription-types/{typeId}", "change_type", "api", (CONTENT, MARKETING_EMAIL)),
    Route("DELETE", "/staffetta/v1/contacts/{email}/quarantine", "lift_quarantine", "api", (MARKETING_EMAIL,), 204),
)
UNSUBSCRIBE = (
    Route("GET", unsubscribe_link.PATH, "unsubscribe_page", "api", ()),
    Route("POST", unsubscribe_link.PATH, "unsubscribe", "api", ()),
)

PARTIALS = tuple(
    Route(method, f"/staffetta/v1/partials{path}", operation, "api", (CONTENT,), success)
    for method, path, operation, success in (
        ("GET", "", "list_partials", 200),
        ("GET", "/{name}", "get_partial", 200),
        ("PUT", "/{name}", "put_partial", 200),
        ("DELETE", "/{name}", "delete_partial", 204),
    )
)
EMAIL_CHECKS = (
    Route(
        "GET",
        "/staffetta/v1/emails/{emailId}/contract",
        "email_contract",
        "api",
        (CONTENT, MARKETING_EMAIL, TRANSACTIONAL_EMAIL),
    ),
    Route("GET", "/staffetta/v1/emails/{emailId}/check", "check_email", "api", (CONTENT, MARKETING_EMAIL)),
)
EMAIL_PREVIEWS = (
    Route("POST", "/staffetta/v1/emails/{emailId}/preview", "preview_email", "api", (CONTENT, MARKETING_EMAIL)),
    Route("POST", "/staffetta/v1/emails/{emailId}/test", "test_email", "api", (TRANSACTIONAL_EMAIL, MARKETING_EMAIL)),
    Route("GET", "/staffetta/v1/emails/{emailId}/diff", "diff_email", "api", (CONTENT, MARKETING_EMAIL)),
)

WEBHOOKS = tuple(
    Route(method, f"/staffetta/v1/webhooks{path}", operation, "api", (ACCOUNT,), success)
    for method, path, operation, success in (
        ("POST", "", "create_webhook", 201),
        ("GET", "", "list_webhooks", 200),
        ("GET", "/{webhookId}", "get_webhook", 200),
        ("PATCH", "/{webhookId}", "change_webhook", 200),
        ("DELETE", "/{webhookId}", "delete_webhook", 204),
        ("POST", "/{webhookId}/rotate-secret", "rotate_webhook_secret", 200),
        ("POST", "/{webhookId}/test", "try_webhook", 202),
        ("GET", "/{webhookId}/deliveries", "list_deliveries", 200),
        ("POST", "/{webhookId}/deliveries/{deliveryId}/replay", "replay_delivery", 202),
        ("POST", "/{webhookId}/replay", "replay_deliveries", 202),
    )
)

SENDING = tuple(
    Route(method, f"/staffetta/v1/sending{path}", operation, "api", (ACCOUNT,))
    for method, path, operation in (
        ("GET", "", "sending"),
        ("POST", "/pause", "pause_sending"),
        ("POST", "/resume", "resume_sending"),
    )
)

MESSAGES_PATH = "/staffetta/v1/messages"
MESSAGES = tuple(
    Route("GET", MESSAGES_PATH + path, operation, "api", (CONTENT, TRANSACTIONAL_EMAIL))
    for path, operation in (
        ("", "list_messages"),
        ("/{statusId}", "send_story"),
        ("/{statusId}/{recipient}", "message_story"),
    )
)
EMAIL_EVENTS = tuple(
    Route("GET", f"/email/public/v1{path}", operation, "api", (CONTENT,))
    for path, operation in (
        ("/events", "list_email_events"),
        ("/events/{created}/{eventId}", "get_email_event"),
        ("/campaigns/{campaignId}", "get_campaign"),
    )
)

CONTACTS = (
    Route("GET", "/staffetta/v1/contacts/{email}", "get_contact", "api", (ACCOUNT,)),
    Route("DELETE", "/staffetta/v1/contacts/{email}", "erase_contact", "api", (ACCOUNT,), 202),
)
AUDIT = Route("GET", "/staffetta/v1/audit", "list_audit", "api", (ACCOUNT,))

OPENAPI = Route("GET", "/openapi.json", "openapi", "api", ())

ROUTES = (
    *SINGLE_SEND,
    SEND_STATUS,
    CANCEL_SEND,
    UPLOAD,
    *STATISTICS,
    *EMAILS,
    *EMAIL_CHECKS,
    *EMAIL_PREVIEWS,
    *PARTIALS,
    *API_KEYS,
    *PREFERENCES,
    *UNSUBSCRIBE,
    *SMTP_TOKENS,
    *CONTACTS,
    AUDIT,
    *MESSAGES,
    *EMAIL_EVENTS,
    *WEBHOOKS,
    *SENDING,
    OPENAPI,
)

# What no route key matches (another spelling of a known path, or an unknown one) goes to the function that knows every route.
DEFAULT_FUNCTION = "api"
