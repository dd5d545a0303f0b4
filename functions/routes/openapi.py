"""The OpenAPI 3.1 document, generated: paths from the route table, shapes from the models of the wire."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from functions.core.webhooks.webhook_events import MEANING
from functions.routes.http import Operation, Request
from functions.routes.shapes import (
    api_keys,
    audit,
    contacts,
    email_events,
    email_previews,
    emails,
    messages,
    partials,
    preferences,
    sending,
    single_send,
    smtp_tokens,
    statistics,
    uploads,
    webhooks,
)
from functions.routes.shapes.problem import Problem
from functions.routes.shapes.wire import Open, Wire
from functions.routes.table import ROUTES, Route

JSON = dict[str, Any]

_REF = "#/components/schemas/{name}"
_INFO = {
    "title": "Staffetta",
    "version": "1",
    "description": "Transactional email from your own AWS account, over HubSpot's single-send API. "
    "What HubSpot's API does not have says so, or stands below /staffetta/.",
}
_REFUSAL = "What is wrong, and what would be right"
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 512},
    "description": "stands in for message.sendId where the body has none (not HubSpot's)",
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "the `version` that was read: 409 if it is not the latest any more (not HubSpot's)",
}


class Described(Struct, frozen=True):
    """What the route table does not say of an operation."""

    summary: str
    answer: type[Wire] | None
    body: type[Wire] | None = None
    query: type[Wire] | None = None
    headers: Sequence[JSON] = ()
    page: bool = False  # it answers a person, in HTML


DESCRIBED: dict[str, Described] = {
    "single_send": Described(
        "Send an email to one person",
        single_send.EmailSendStatusView,
        single_send.SingleSendRequest,
        single_send.SingleSendQuery,
        [_IDEMPOTENCY_KEY],
    ),
    "send_status": Described(
        "What became of a send, and of each of its recipients. A mail over SMTP goes by the id in the server's answer to it",
        single_send.EmailSendStatusView,
    ),
    "cancel_send": Described(
        "Cancel a send that no worker has taken yet; 409 where it is too late (not HubSpot's)",
        single_send.EmailSendStatusView,
    ),
    "offer_upload": Described(
        "Upload a file that is too large for a request: where to PUT it, and the id by which a send's attachment names it",
        uploads.UploadOffer,
        uploads.UploadRequest,
    ),
    "statistics_list": Described(
        "Totals of the sends accepted within a span, in whole hours (UTC)",
        statistics.AggregateEmailStatistics,
        query=statistics.StatisticsQuery,
    ),
    "statistics_histogram": Described(
        "The same over time: intervals (UTC) of hours and longer for any span, shorter ones for spans of up to 5,000 sends",
        statistics.Histogram,
        query=statistics.HistogramQuery,
    ),
    "statistics_links": Described(
        "The click map: how often each link was followed, in whole days (UTC)",
        statistics.LinkList,
        query=statistics.SpanQuery,
    ),
    "statistics_latency": Described("How long mails take", statistics.LatencyList, query=statistics.SpanQuery),
    "statistics_breakdown": Described(
        "Totals, machines, reasons of what was not sent, mail clients",
        statistics.BreakdownList,
        query=statistics.SpanQuery,
    ),
    "statistics_tags": Described("Totals by tag of the message", statistics.TagList, query=statistics.TagsQuery),
    "list_emails": Described("Emails, those that are not archived", emails.EmailList, query=emails.EmailListQuery),
    "create_email": Described("Make an email", emails.EmailView, emails.EmailCreateRequest),
    "get_email": Described(
        "The live email; the draft of one that is not published", emails.EmailView, query=emails.EmailQuery
    ),
    "update_email": Described(
        "Change the email's draft: what is sent changes when it is published",
        emails.EmailView,
        emails.EmailUpdateRequest,
        headers=[_IF_MATCH],
    ),
    "archive_email": Described("Archive an email: it is listed and sent no more", None, headers=[_IF_MATCH]),
    "clone_email": Described("Make an email with the same draft", emails.EmailView, emails.EmailCloneRequest),
    "publish_email": Described("Check and compile the draft, and send it from now on", None, headers=[_IF_MATCH]),
    "unpublish_email": Described("Accept no more sends of an email; accepted ones go out", None, headers=[_IF_MATCH]),
    "get_draft": Described("What would be published", emails.EmailView),
    "update_draft": Described("Change the draft", emails.EmailView, emails.EmailUpdateRequest, headers=[_IF_MATCH]),
    "reset_draft": Described("Make the draft what was published last", None, headers=[_IF_MATCH]),
    "list_revisions": Described(
        "What was published, the latest first", emails.EmailVersionList, query=emails.VersionListQuery
    ),
    "get_revision": Described("What was published as one revision", emails.EmailVersion),
    "restore_revision": Described("Publish an earlier revision anew, under a new number", None, headers=[_IF_MATCH]),
    "restore_revision_to_draft": Described(
        "Make the draft what was published as one revision", emails.EmailView, headers=[_IF_MATCH]
    ),
    "create_variation": Described(
        "Make the B of an A/B test, a copy of the A's draft", emails.EmailView, emails.VariationCreateRequest
    ),
    "get_variation": Described("The other email of an A/B test", emails.EmailView),
    "create_key": Described(
        "Make an API key and show it once", api_keys.ApiKeyCreatedView, api_keys.ApiKeyCreateRequest
    ),
    "list_keys": Described("Every API key, revoked ones too", api_keys.ApiKeyList),
    "rename_key": Described("Give an API key another name", api_keys.ApiKeyView, api_keys.ApiKeyRenameRequest),
    "revoke_key": Described("End an API key; it stays listed", None),
    "email_contract": Described("Which properties the published email asks a send for", partials.EmailContract),
    "check_email": Described("What publishing the draft would say, without publishing it", partials.EmailCheck),
    "preview_email": Described(
        "What an email reads like: its draft or a published revision, for a contact or with given or sample data",
        email_previews.EmailPreview,
        email_previews.EmailPreviewRequest,
        email_previews.EmailPreviewQuery,
    ),
    "test_email": Described(
        "Send an email, its draft too, to up to 10 addresses: marked, and outside of the statistics",
        email_previews.EmailTest,
        email_previews.EmailTestRequest,
    ),
    "diff_email": Described(
        "What differs between two revisions, or one and the draft, as both read with the same data",
        email_previews.EmailDiff,
        query=email_previews.EmailDiffQuery,
    ),
    "list_partials": Described("Texts that emails share by including them", partials.PartialList),
    "get_partial": Described("A partial", partials.PartialView),
    "put_partial": Described(
        "Store a partial, over a bundled one too: emails have it when they are published next",
        partials.PartialView,
        partials.PartialPutRequest,
    ),
    "delete_partial": Described("Remove a stored partial; a bundled one of its name shows again", None),
    "create_webhook": Described(
        "Register a webhook and show its secret once: its host must be of the public Internet",
        webhooks.WebhookSecretView,
        webhooks.WebhookCreateRequest,
    ),
    "list_webhooks": Described("Every webhook", webhooks.WebhookList),
    "get_webhook": Described("A webhook, and how it fares", webhooks.WebhookView),
    "change_webhook": Described(
        "Change a webhook, or resume one that was paused", webhooks.WebhookView, webhooks.WebhookUpdateRequest
    ),
    "delete_webhook": Described("End a webhook", None),
    "rotate_webhook_secret": Described(
        "Give a webhook a new secret and show it once; for a day the old one signs too", webhooks.WebhookSecretView
    ),
    "try_webhook": Described("Post a sample event to a webhook", webhooks.WebhookQueued),
    "list_deliveries": Described(
        "What became of events at a webhook, the latest events first; kept for 30 days",
        webhooks.WebhookDeliveryList,
        query=webhooks.DeliveriesQuery,
    ),
    "replay_delivery": Described("Post one event again", webhooks.WebhookQueued),
    "replay_deliveries": Described(
        "Post the events of a span that the webhook missed", webhooks.ReplayQueued, webhooks.ReplayRequest
    ),
    "create_token": Described(
        "Make an SMTP token and show its password once; 409 where the AWS account has no room for another IAM user",
        smtp_tokens.SmtpApiTokenView,
        smtp_tokens.SmtpApiTokenRequestEgg,
    ),
    "list_tokens": Described(
        "Every SMTP token, the oldest first",
        smtp_tokens.CollectionResponseSmtpApiTokenView,
        query=smtp_tokens.SmtpTokensQuery,
    ),
    "get_token": Described("One SMTP token, by its SMTP user name or an earlier one", smtp_tokens.SmtpApiTokenView),
    "reset_token": Described(
        "Give an SMTP token a new user name and password, and show them once",
        smtp_tokens.SmtpApiTokenView,
        query=smtp_tokens.PasswordResetQuery,
    ),
    "delete_token": Described("End an SMTP token: its password works no more", None),
    "sending": Described("Whether SES lets us send, how mail fares, and what is paused", sending.SendingView),
    "pause_sending": Described(
        "Refuse the sends of an email, or of all that is not transactional", sending.PauseAnswer, sending.PauseRequest
    ),
    "resume_sending": Described(
        "End a pause; what it refused of accepted sends is in the dead letters: `staffetta redrive`",
        sending.PauseAnswer,
        sending.ResumeRequest,
    ),
    "list_definitions": Described("Every subscription type", preferences.SubscriptionDefinitionsResponse),
    "email_status": Described(
        "Where an address stands with each subscription type", preferences.PublicSubscriptionStatusesResponse
    ),
    "subscribe_contact": Described(
        "Subscribe an address to a subscription type; 400 for who unsubscribed by themselves",
        preferences.PublicSubscriptionStatus,
        preferences.PublicUpdateSubscriptionStatusRequest,
    ),
    "unsubscribe_contact": Described(
        "Unsubscribe an address from a subscription type",
        preferences.PublicSubscriptionStatus,
        preferences.PublicUpdateSubscriptionStatusRequest,
    ),
    "create_type": Described(
        "Make a subscription type", preferences.SubscriptionDefinition, preferences.SubscriptionTypeCreateRequest
    ),
    "list_types": Described("Every subscription type", preferences.SubscriptionTypeList),
    "change_type": Described(
        "Change a subscription type, or end its use",
        preferences.SubscriptionDefinition,
        preferences.SubscriptionTypeChangeRequest,
    ),
    "lift_quarantine": Described(
        "Mail an address again that bounced: ours and SES's suppression list forget it; 404 where no bounce keeps mail from it",
        None,
    ),
    "unsubscribe_page": Described(
        "The page that an unsubscribe link leads to: it changes nothing",
        None,
        query=preferences.UnsubscribeQuery,
        page=True,
    ),
    "unsubscribe": Described(
        "What that page's button, and a mail program's own (RFC 8058), ask for",
        None,
        query=preferences.UnsubscribeQuery,
        page=True,
    ),
    "list_messages": Described(
        "Messages, one for each recipient, the newest first: by recipient, email, token, status and time. What was accepted within the "
        "last half minute may be missing",
        messages.MessagePage,
        query=messages.MessagesQuery,
    ),
    "send_story": Described(
        "A send's whole story: who sent what to whom, each try, each event in plain words, and what it cost. A mail over SMTP goes "
        "by the id in the server's answer to it, too",
        messages.SendStory,
    ),
    "message_story": Described("The same of one recipient: 0 is the To, cc and bcc follow", messages.SendStory),
    "list_email_events": Described(
        "HubSpot's email events. Without a recipient, those of mails that were accepted up to 7 days before startTimestamp",
        email_events.EmailEventList,
        query=email_events.EmailEventsQuery,
    ),
    "get_email_event": Described("One email event; a send's eventId names its own", email_events.EmailEventView),
    "get_campaign": Described("An email or SMTP token, with all that it ever counted", email_events.CampaignView),
    "get_contact": Described("What is known of one person; 404 of who was erased", contacts.ContactView),
    "erase_contact": Described(
        "Forget one person: their messages are nobody's, their contact and events go, the counters stay",
        contacts.ErasureView,
    ),
    "list_audit": Described("Who did what to the account, the latest first", audit.AuditPage, query=audit.AuditQuery),
    "openapi": Described("This document", None),
}


def openapi(request: Request) -> JSON:
    return document()


OPERATIONS: dict[str, Operation] = {"openapi": openapi}


@functools.cache
def document() -> JSON:
    """The whole document. Do not change it: it is made once."""
    types = [type_ for one in DESCRIBED.values() for type_ in (one.answer, one.body) if type_]
    _, schemas = msgspec.json.schema_components([*types, webhooks.WebhookEvent, Problem], ref_template=_REF)
    for model in Open.__subclasses__():
        schemas.get(model.__name__, {})["additionalProperties"] = True
    paths: dict[str, JSON] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": _INFO,
        "security": [{"key": []}],
        "paths": paths,
        "webhooks": {str(type_): {"post": _webhook(meaning)} for type_, meaning in MEANING.items()},
        "components": {
            "schemas": schemas,
            "responses": {"Refusal": {"description": _REFUSAL, "content": _content(Problem)}},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "an API key"}},
        },
    }


def _operation(route: Route) -> JSON:
    described = DESCRIBED[route.operation]
    told: JSON = {
        "operationId": _id(route),
        "summary": described.summary,
        "parameters": [*_path_parameters(route), *_query_parameters(described), *described.headers],
        "responses": {
            str(route.success): _success(described),
            "4XX": {"$ref": "#/components/responses/Refusal"},
            "5XX": {"$ref": "#/components/responses/Refusal"},
        },
    }
    if described.body:
        told["requestBody"] = {"required": True, "content": _content(described.body)}
    if route.scopes:
        told["description"] = f"Needs a key with the scope {' or '.join(route.scopes)}."
    else:
        told["security"] = []
    return told


def _webhook(meaning: str) -> JSON:
    """What we ask of a receiver."""
    return {
        "summary": meaning,
        "requestBody": {"required": True, "content": _content(webhooks.WebhookEvent)},
        "responses": {"2XX": {"description": "taken"}, "410": {"description": "send no more: the webhook is paused"}},
        "security": [],
    }


def _id(route: Route) -> str:
    """The operation's name; where it has several paths, the later ones are numbered."""
    same = [other for other in ROUTES if other.operation == route.operation]
    number = same.index(route)
    return f"{route.operation}_{number + 1}" if number else route.operation


def _path_parameters(route: Route) -> list[JSON]:
    names = re.findall(r"{(\w+)}", route.path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(described: Described) -> list[JSON]:
    """One parameter for each field of the query's model."""
    if described.query is None:
        return []
    _, schemas = msgspec.json.schema_components([described.query], ref_template=_REF)
    properties: dict[str, JSON] = schemas[described.query.__name__]["properties"]
    return [{"name": name, "in": "query", "schema": schema} for name, schema in properties.items()]


def _success(described: Described) -> JSON:
    if described.page:
        return {"description": described.summary, "content": {"text/html": {"schema": {"type": "string"}}}}
    if described.answer is None:
        return {"description": described.summary}
    return {"description": described.summary, "content": _content(described.answer)}


def _content(model: type[Wire]) -> JSON:
    return {"application/json": {"schema": {"$ref": _REF.format(name=model.__name__)}}}
