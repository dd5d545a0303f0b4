"""Examples of the pages of messages and contacts, and what they show."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from functions import smtp_tokens, wiring
from functions.adapters.tokens.token_changes import EVENT, changed_or_raised
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import Message, MessageKey, State
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from functions.core.tokens.token_change import ChangedToken, TokenChange, TokenChangeAnswer
from functions.core.webhooks import webhook, webhook_events
from functions.core.webhooks.webhook import DeliveryAttempt, WebhookEndpoint
from functions.wiring import Container
from tests.fakes.contacts import MemorySuppressions
from tests.support.console.example import Example
from tests.support.events import CONTEXT
from tests.support.examples import NOON_TEXT, a_message
from tests.support.sent_mail import store_sent

CONDITION = "groups=1&rows-0=1&property-0-0=city&comparison-0-0=has_no_value"
MESSAGE, PERSON = "/console/messages/s-page/0", "/console/contacts/page%40example.net"
CONSENT = f"{PERSON}/consent/news"
_GROUND = {"basis": "NON_GDPR", "explanation": "asked by phone"}
TOKENS, KEY = "/console/smtp-tokens", "AKIAPAGE"
HOOK = "/console/webhooks/hook"
SUBJECT = "Order <42> & more"

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "GET /console/messages": (
        Example("/console/messages"),
        Example(
            "/console/messages?address=page%40example.net&subject=order&status=SENT&since=2026-11-01&until=2026-11-30"
        ),
        Example("/console/messages?email=x&token=y&key=z&since=never&after=a"),
    ),
    "GET /console/messages/{sendId}": (Example("/console/messages/s-page"),),
    "GET /console/messages/{sendId}/{recipient}": (Example(MESSAGE), Example("/console/messages/s-refused/0")),
    "GET /console/messages/{sendId}/{recipient}/mail": (Example(f"{MESSAGE}/mail"),),
    "GET /console/messages/{sendId}/{recipient}/resend": (Example(f"{MESSAGE}/resend"),),
    "POST /console/messages/{sendId}/{recipient}/resend": (Example(f"{MESSAGE}/resend", {"form": "once"}),),
    "GET /console/smtp-tokens": (Example("/console/smtp-tokens"),),
    "GET /console/smtp-tokens/generate": (Example("/console/smtp-tokens/generate"),),
    "POST /console/smtp-tokens/generate": (Example("/console/smtp-tokens/generate", {"name": "Till"}),),
    "GET /console/smtp-tokens/{tokenId}": (Example(f"{TOKENS}/{KEY}"), Example(f"{TOKENS}/unknown")),
    "GET /console/smtp-tokens/{tokenId}/reset": (Example(f"{TOKENS}/{KEY}/reset"),),
    "POST /console/smtp-tokens/{tokenId}/reset": (Example(f"{TOKENS}/unknown/reset", {"grace": "3600"}),),
    "GET /console/smtp-tokens/{tokenId}/delete": (Example(f"{TOKENS}/{KEY}/delete"),),
    "POST /console/smtp-tokens/{tokenId}/delete": (Example(f"{TOKENS}/unknown/delete"),),
    "GET /console/webhooks": (Example("/console/webhooks"),),
    "GET /console/webhooks/create": (Example("/console/webhooks/create"),),
    "POST /console/webhooks/create": (
        Example("/console/webhooks/create", {"url": "ftp://shop.example", "description": "d", "eventTypes": "*"}),
    ),
    "GET /console/webhooks/{webhookId}": (Example(HOOK), Example(f"{HOOK}-paused"), Example(f"{HOOK}?after=x")),
    "POST /console/webhooks/{webhookId}/test": (Example(f"{HOOK}/test"),),
    "POST /console/webhooks/{webhookId}/replay": (Example(f"{HOOK}/replay", {"span": "24"}),),
    "POST /console/webhooks/{webhookId}/active": (Example(f"{HOOK}/active", {"active": "on"}),),
    "GET /console/webhooks/{webhookId}/rotate": (Example(f"{HOOK}/rotate"),),
    "POST /console/webhooks/{webhookId}/rotate": (Example(f"{HOOK}/rotate"),),
    "GET /console/webhooks/{webhookId}/delete": (Example(f"{HOOK}/delete"),),
    "POST /console/webhooks/{webhookId}/delete": (Example("/console/webhooks/unknown/delete"),),
    "GET /console/contacts": (
        Example("/console/contacts"),
        Example("/console/contacts?text=nobody"),
        Example(f"/console/contacts?text=Ada&{CONDITION}"),
        Example(f"/console/contacts?{CONDITION}&more=0"),
        Example("/console/contacts?groups=1&rows-0=1&property-0-0=createdate&value-0-0=soon"),
    ),
    "GET /console/contacts/new": (Example("/console/contacts/new"),),
    "POST /console/contacts/new": (
        Example("/console/contacts/new", {"properties.email": "new@example.net", "properties.city": "Rome"}),
    ),
    "GET /console/contacts/{email}/edit": (Example(f"{PERSON}/edit"),),
    "POST /console/contacts/{email}/edit": (
        Example(f"{PERSON}/edit", {"properties.email": "page@example.net", "properties.city": "Rome"}),
    ),
    "GET /console/contacts/{email}": (Example(PERSON),),
    "GET /console/contacts/{email}/release": (Example(f"{PERSON}/release"),),
    "POST /console/contacts/{email}/release": (Example(f"{PERSON}/release"),),
    "GET /console/contacts/{email}/erase": (Example(f"{PERSON}/erase"),),
    "POST /console/contacts/{email}/erase": (Example(f"{PERSON}/erase"),),
    "GET /console/contacts/{email}/consent/{typeId}/subscribe": (Example(f"{CONSENT}/subscribe"),),
    "POST /console/contacts/{email}/consent/{typeId}/subscribe": (
        Example(f"{CONSENT}/subscribe", {**_GROUND, "confirmed": "on"}),
    ),
    "GET /console/contacts/{email}/consent/{typeId}/unsubscribe": (
        Example(f"{CONSENT}/unsubscribe"),
        Example(f"{PERSON}/consent/%2A/unsubscribe"),
    ),
    "POST /console/contacts/{email}/consent/{typeId}/unsubscribe": (Example(f"{CONSENT}/unsubscribe", _GROUND),),
}


def prepare(container: Container) -> None:
    """Stores a delivered message with its content, one that was refused, and a contact in quarantine."""
    wiring.container().override(wiring.adapters.contacts.suppressions, MemorySuppressions())  # type: ignore[arg-type]  # not in moto
    use_smtp_tokens()
    sends, contacts = container.get(wiring.adapters.sending.sends), container.get(wiring.adapters.contacts.contacts)
    message = store_sent(container, "s-page", address="page@example.net", accepted_by="editor@example.com")
    sends.record(
        message.key,
        TimelineEvent(type=TimelineEventType.SENT, at=NOON_TEXT, details={"subject": SUBJECT}),
        TimelineEvent(type=TimelineEventType.DELIVERED, at=NOON_TEXT, details={"response": "250 ok"}),
    )
    store_webhooks(container, sends.get(message.key) or message)
    refused = a_message(
        key=MessageKey("s-refused", 0), address="page@example.net", state=State.REFUSED, reason="a <role>"
    )
    sends.create([refused])
    contacts.upsert("page@example.net", {"firstname": "Ada <b>", "lastname": "L"}, NOON_TEXT)
    contacts.quarantine("page@example.net", NOON_TEXT, "550 no such user")


def store_webhooks(container: Container, message: Message) -> None:
    """Stores an endpoint with a delivery that failed, and a paused one."""
    endpoints = container.get(wiring.adapters.webhooks.webhook_endpoints)
    endpoint = WebhookEndpoint(
        id="hook",
        url="http://127.0.0.1:9/<in>",
        event_types=("*",),
        description="Shop <b>",
        active=True,
        created_at=NOON_TEXT,
        updated_at=NOON_TEXT,
        secret_version=container.get(wiring.adapters.webhooks.webhook_secrets).put("hook", "whsec_x"),
    )
    endpoints.save(endpoint)
    endpoints.save(replace(endpoint, id="hook-paused", paused_at=NOON_TEXT, pause_reason="410 Gone"))
    event = webhook_events.of(message)
    first = webhook.first("hook", next(iter(event.values())))
    failed = webhook.attempted(first, DeliveryAttempt(NOON_TEXT, 500, 9, "no <answer>"), 5)
    container.get(wiring.adapters.webhooks.webhook_deliveries).save(failed)


def use_smtp_tokens() -> None:
    """Runs the function smtp_tokens in this process, and stores one token."""
    container = wiring.container()
    container.override(wiring.adapters.tokens.token_changes, change_in_process)
    tokens = container.get(wiring.adapters.tokens.smtp_tokens)
    token = SmtpToken(
        campaign_id=77,
        name="Shop <b>",
        create_contact=True,
        created_at=NOON_TEXT,
        created_by="editor@example.com",
        state=TokenState.ACTIVE,
        key_id=KEY,
    )
    tokens.save(token)
    tokens.index_key(KEY, 77)
    tokens.touch(77, NOON_TEXT, "192.0.2.7")


def change_in_process(change: TokenChange) -> ChangedToken:
    answer = smtp_tokens.handler({EVENT: msgspec.to_builtins(change)}, CONTEXT)
    return changed_or_raised(msgspec.convert(answer, TokenChangeAnswer))
