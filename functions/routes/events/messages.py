"""Messages over HTTP: search, and the history of one send."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from functions import wiring
from functions.core.account.prices import NEW_ACCOUNTS_PLAN, IpPoolType, PlanName, of_message
from functions.core.errors import NotFound
from functions.core.events import message_history, pagination
from functions.core.events.delivery_status import delivery
from functions.core.events.message_history import AttemptOutcome, HistoryEvent
from functions.core.events.pagination import Cursor
from functions.core.events.timeline import TimelineEventType
from functions.core.models.field_errors import FieldErrors
from functions.core.sending.lifecycle import outcome
from functions.core.sending.send import Message
from functions.routes.events.message_models import (
    CostView,
    EmailReference,
    FailedAttemptView,
    HistoryEventView,
    MessageHistory,
    MessagePage,
    MessagesQuery,
    MessageView,
    SenderView,
    SendHistory,
)
from functions.routes.events.pages import page_start, spellings
from functions.routes.events.table import MESSAGES_PATH
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import read_query
from functions.routes.http.paging import next_page
from functions.routes.statistics.table import EMAILS_PATH
from functions.steps.events.get_message import MessageDetails, Sender
from functions.steps.events.search_messages import MessageQuery

_LATEST = "3000-01-01T00:00:00.000Z"  # nothing was sent after
_QUERY_NAMES = ("recipient", "emailId", "tokenId", "keyId", "status", "subject", "since", "until")


def list_messages(request: ApiRequest) -> MessagePage:
    errors = FieldErrors()
    query = read_query(MessagesQuery, request.query, errors)
    since, until = query.since, query.until and min(query.until, _LATEST)
    if since and until and since > until:
        errors.add("until", "is before since")
    email_id = _email_id(query, errors)
    page = page_start(request, "after", _QUERY_NAMES, errors)
    errors.check()
    messages = MessageQuery(
        since=since,
        until=until,
        recipients=spellings(query.recipient),
        email_id=email_id,
        accepted_by=query.key_id,
        statuses=frozenset(query.status or ()),
        subject=query.subject,
    )
    after = page.after.position if page.after else None
    results = wiring.get(wiring.events.search_messages)(messages, after, query.limit)
    cursor = pagination.encode(Cursor(results.next_cursor), page.query) if results.next_cursor else None
    return MessagePage(
        results=[MessageView(**view_fields(message)) for message in results.messages],
        paging=next_page(request, cursor) if cursor else None,
    )


def get_send(request: ApiRequest) -> SendHistory:
    return _history(wiring.get(wiring.events.get_message)(request.path_parameters["statusId"]))


def get_message(request: ApiRequest) -> SendHistory:
    """Returns the same with only one recipient."""
    history, number = get_send(request), request.path_parameters["recipient"]
    recipients = [recipient for recipient in history.recipients if str(recipient.recipient) == number]
    if not recipients:
        last = len(history.recipients) - 1
        raise NotFound(f"the send {history.status_id} has the recipients 0 to {last}, not {number!r}")
    return structs.replace(history, recipients=recipients)


def _email_id(query: MessagesQuery, errors: FieldErrors) -> int | None:
    """A token's mails have an email id of their own."""
    email_id = None if query.email_id is None else int(query.email_id)
    if query.token_id is None:
        return email_id
    campaign_id = wiring.get(wiring.tokens.read_smtp_tokens).campaign_id(query.token_id)
    if campaign_id is None:
        errors.add("tokenId", f"must be the user name of an SMTP token, not {query.token_id[:100]!r}")
    elif email_id not in {None, campaign_id}:
        errors.add("tokenId", f"is of the email {campaign_id}, not of emailId: send only one of the two")
    return campaign_id


def _history(details: MessageDetails) -> SendHistory:
    to = details.messages[0]
    plan = wiring.get(wiring.account.account_plan)() or NEW_ACCOUNTS_PLAN
    return SendHistory(
        status_id=to.key.send_id,
        accepted_at=to.accepted_at,
        sent_by=_sender(details.sender),
        email=_email(to, details.email_name),
        recipients=[_recipient(message, plan) for message in details.messages],
    )


def _sender(sender: Sender) -> SenderView:
    return SenderView(
        kind=sender.kind,
        id=sender.id or None,
        name=sender.name or None,
        prefix=sender.prefix or None,
        owner=sender.owner or None,
        ended=sender.revoked,
    )


def _email(message: Message, name: str | None) -> EmailReference:
    path = f"{EMAILS_PATH}/{message.email_id}"
    link = f"{path}/revisions/{message.revision}" if message.revision else path
    return EmailReference(
        id=message.email_id,
        name=name,
        revision=message.revision or None,
        link=link if name is not None else None,
    )


def _recipient(message: Message, plan: PlanName) -> MessageHistory:
    return MessageHistory(
        **view_fields(message),
        summary=message_history.summary(message),
        tries=[_attempt(attempt) for attempt in message_history.attempts(message)],
        events=[_event(event) for event in message_history.events(message)],
        cost=_cost(message, plan),
    )


def view_fields(message: Message) -> dict[str, Any]:
    return {
        "status_id": message.key.send_id,
        "recipient": message.key.recipient,
        "role": message.role,
        "address": message.address,
        "email_id": message.email_id,
        "status": message_history.status_of(message),
        "state": message.state,
        "accepted_at": message.accepted_at,
        "link": f"{MESSAGES_PATH}/{message.key.send_id}/{message.key.recipient}",
        "send_result": outcome(message),
        "subject": message_history.subject(message) or None,
        "resend_of": message.resend_of or None,
        "delivery": delivery(message.timeline),
        "reason": message.reason or None,
        "send_at": message.due_at,
        "started_at": message.started_at,
        "settled_at": message.settled_at,
        "ses_message_id": message.ses_message_id or None,
        "attempts": message.attempts,
        "tags": dict(message.tags),
    }


def _attempt(attempt: AttemptOutcome) -> FailedAttemptView:
    return FailedAttemptView(
        number=attempt.number, outcome=attempt.outcome, at=attempt.at, answer=attempt.answer or None
    )


def _event(event: HistoryEvent) -> HistoryEventView:
    return HistoryEventView(
        type=TimelineEventType(event.fact["kind"]),
        at=event.fact["at"],
        meaning=event.meaning,
        details={name: value for name, value in event.fact.items() if name not in {"kind", "at"}},
        machine=event.machine,
    )


def _cost(message: Message, plan: PlanName) -> CostView:
    pool = IpPoolType(wiring.container().settings.ip_pool)
    parts = of_message(wiring.get(wiring.account.price_list), message, plan, pool)
    return CostView(currency="USD", plan=plan, total=round(sum(parts.values()), 9), parts=parts)
