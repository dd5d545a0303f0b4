"""Messages on the wire: search, and each one's whole story."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from functions import wiring
from functions.core.account import prices
from functions.core.errors import NotFound
from functions.core.events import message_history, pagination
from functions.core.events.delivery import delivery
from functions.core.events.message_history import AttemptOutcome, HistoryEvent, MessageStatus
from functions.core.events.pagination import Cursor
from functions.core.events.timeline import TimelineEventType
from functions.core.sending.lifecycle import outcome
from functions.core.sending.send import Message
from functions.routes.emails.table import EMAILS_PATH
from functions.routes.events.models import (
    FATES,
    CostView,
    EmailReference,
    FailedAttemptView,
    HistoryEventView,
    MessageHistory,
    MessagePage,
    MessageView,
    SenderView,
    SendHistory,
)
from functions.routes.events.table import MESSAGES_PATH
from functions.routes.http.dispatch import Operation, Request
from functions.routes.http.paging import further
from functions.routes.http.query_params import PageParams, QueryParser
from functions.steps.events.get_message import MessageDetails, Sender
from functions.steps.events.search_messages import MessageQuery

LIMIT, LIMIT_MAX = 20, 100
_ASKED = ("recipient", "emailId", "tokenId", "keyId", "status", "since", "until")


def list_messages(request: Request) -> MessagePage:
    question, section = _read(request)
    page = wiring.get(wiring.events.search_messages)(
        question, section.after.position if section.after else None, section.limit
    )
    paging = None
    if page.next_cursor:
        after = pagination.encode(Cursor(page.next_cursor), section.question)
        paging = further(request.path, request.query, after)
    return MessagePage(results=[MessageView(**_fields(message)) for message in page.messages], paging=paging)


def get_send(request: Request) -> SendHistory:
    return _story(wiring.get(wiring.events.get_message)(request.path_parameters["statusId"]))


def get_message(request: Request) -> SendHistory:
    """The same of one recipient alone."""
    told, wanted = get_send(request), request.path_parameters["recipient"]
    found = [one for one in told.recipients if str(one.recipient) == wanted]
    if not found:
        raise NotFound(
            f"the send {told.status_id} has the recipients 0 to {len(told.recipients) - 1}, and not {wanted!r}"
        )
    return structs.replace(told, recipients=found)


OPERATIONS: dict[str, Operation] = {
    "list_messages": list_messages,
    "get_send": get_send,
    "get_message": get_message,
}


def _read(request: Request) -> tuple[MessageQuery, PageParams]:
    """Raises Rejected with every fault."""
    reader = QueryParser(request.query)
    since, until = reader.instant("since"), reader.instant("until")
    if since and until and since > until:
        reader.add_error("until", "is before since")
    question = MessageQuery(
        since=since,
        until=until,
        recipients=reader.recipients("recipient"),
        email_id=_email_id(reader),
        accepted_by=reader.text("keyId"),
        statuses=reader.read("status", _fates, f"some of {FATES}") or frozenset(),
    )
    section = reader.page_params("after", _ASKED, LIMIT, LIMIT_MAX)
    reader.check()
    return question, section


def _email_id(reader: QueryParser) -> int | None:
    """A token's mails count for an email of their own."""
    email_id, token_id = reader.number("emailId", 1), reader.text("tokenId")
    if token_id is None:
        return email_id
    token = wiring.get(wiring.adapters.smtp_tokens).by_key(token_id)
    if token is None:
        reader.add_error("tokenId", f"must be the user name of an SMTP token, and {token_id[:100]!r} is none")
        return None
    if email_id not in {None, token.campaign_id}:
        reader.add_error("tokenId", f"sends for the email {token.campaign_id}, and not for emailId: give one of them")
    return token.campaign_id


def _fates(text: str) -> frozenset[MessageStatus]:
    """Raises ValueError."""
    return frozenset(MessageStatus(word.strip().upper()) for word in text.split(","))


def _story(explained: MessageDetails) -> SendHistory:
    to = explained.messages[0]
    return SendHistory(
        status_id=to.key.send_id,
        accepted_at=to.accepted_at,
        sent_by=_origin(explained.sender),
        email=_email(to, explained.email_name),
        recipients=[_recipient(message) for message in explained.messages],
    )


def _origin(origin: Sender) -> SenderView:
    return SenderView(
        kind=origin.kind,
        id=origin.id or None,
        name=origin.name or None,
        prefix=origin.prefix or None,
        owner=origin.owner or None,
        ended=origin.revoked,
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


def _recipient(message: Message) -> MessageHistory:
    return MessageHistory(
        **_fields(message),
        summary=message_history.summary(message),
        tries=[_try(one) for one in message_history.attempts(message)],
        events=[_event(one) for one in message_history.events(message)],
        cost=_cost(message),
    )


def _fields(message: Message) -> dict[str, Any]:
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
        "delivery": delivery(message.timeline),
        "reason": message.reason or None,
        "send_at": message.due_at,
        "started_at": message.started_at,
        "settled_at": message.settled_at,
        "ses_message_id": message.ses_message_id or None,
        "attempts": message.attempts,
        "tags": dict(message.tags),
    }


def _try(tried: AttemptOutcome) -> FailedAttemptView:
    return FailedAttemptView(number=tried.number, outcome=tried.outcome, at=tried.at, answer=tried.answer or None)


def _event(event: HistoryEvent) -> HistoryEventView:
    return HistoryEventView(
        type=TimelineEventType(event.fact["kind"]),
        at=event.fact["at"],
        meaning=event.meaning,
        details={name: value for name, value in event.fact.items() if name not in {"kind", "at"}},
        machine=event.machine,
    )


def _cost(message: Message) -> CostView:
    parts = prices.of(message, wiring.container().settings.ip_pool)
    return CostView(currency="USD", total=round(sum(parts.values()), 9), parts=parts)
