"""Reads HubSpot's single-send request, and reports every error of it in one response."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from functions.core.addresses import Address
from functions.core.addresses import parse as parse_address
from functions.core.models.field_errors import FieldErrors
from functions.core.sending import headers, tags
from functions.core.sending.send import RecipientRole, SendRecipient, SendRequest, distinct
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models import by_name, contact_texts
from functions.routes.http.models.reader import read_body
from functions.routes.sending.attachment_reader import read_attachments
from functions.routes.sending.models import RECIPIENTS_MAX, SEND_ID_MAX, SingleSendRequest
from functions.steps.sending.accept import schedule_errors

DIGEST_LENGTH = 32  # hexadecimal digits: each message stores one for 90 days


def read_send_request(request: ApiRequest, errors: FieldErrors, now: float) -> SendRequest:
    """Raises Rejected with every error. `errors` has those of the query."""
    body = request.json()
    read = read_body(SingleSendRequest, body, errors)
    message = read.message
    send_id = message.send_id or idempotency_key(request, errors)
    send = SendRequest(
        email_id=int(read.email_id or 0),
        recipients=recipients(message.to, message.cc, message.bcc, errors),
        sender=address("message.from", message.sender, errors),
        reply_to=addresses("message.replyTo", message.reply_to, errors),
        send_id=send_id,
        contact=contact_texts(read.contact_properties),
        custom=by_name(read.custom_properties),
        attachments=read_attachments(message.attachments or [], errors),
        headers=_headers(message.headers or {}, errors),
        tags=_checked("message.tags", message.tags or {}, tags.check, errors),
        send_at=message.send_at,
        max_delivery_seconds=message.max_delivery_seconds,
        digest=digest(body, send_id),
    )
    errors.extend(schedule_errors(message.send_at, now))
    errors.check()
    return send


def digest(body: Mapping[str, Any], send_id: str | None) -> str:
    """A request is the same whether its sendId is a text, a number, or the Idempotency-Key."""
    if send_id and isinstance(message := body.get("message"), Mapping):
        body = {**body, "message": {**message, "sendId": send_id}}
    return hashlib.sha256(msgspec.json.encode(body, order="deterministic")).hexdigest()[:DIGEST_LENGTH]


def recipients(
    to: str, cc: Sequence[str] | None, bcc: Sequence[str] | None, errors: FieldErrors
) -> tuple[SendRecipient, ...]:
    parsed = address("message.to", to, errors)
    listed = [SendRecipient(RecipientRole.TO, parsed)] if parsed else []
    for role, mailboxes in ((RecipientRole.CC, cc), (RecipientRole.BCC, bcc)):
        listed += [SendRecipient(role, one) for one in addresses(f"message.{role}", mailboxes, errors)]
    if len(listed) > RECIPIENTS_MAX:
        count = f"has {len(listed)} recipients in to, cc and bcc; at most {RECIPIENTS_MAX} are allowed"
        errors.add("message", count)
    return distinct(listed)


def addresses(where: str, mailboxes: Sequence[str] | None, errors: FieldErrors) -> tuple[Address, ...]:
    if not mailboxes:
        return ()
    parsed = [address(f"{where}[{number}]", mailbox, errors) for number, mailbox in enumerate(mailboxes)]
    return tuple(filter(None, parsed))


def address(where: str, mailbox: str | None, errors: FieldErrors) -> Address | None:
    return errors.parse(where, parse_address, mailbox, "INVALID_EMAIL")


def idempotency_key(request: ApiRequest, errors: FieldErrors) -> str | None:
    key = request.headers.get("idempotency-key")
    if key and len(key) > SEND_ID_MAX:
        errors.add("Idempotency-Key", f"has {len(key):,} characters; at most {SEND_ID_MAX} are allowed")
    return key


def _headers(pairs: Mapping[str, str], errors: FieldErrors) -> tuple[tuple[str, str], ...]:
    checked = _checked("message.headers", pairs, headers.check, errors)
    if len({name.lower() for name in checked}) < len(checked):
        errors.add("message.headers", "has one header in two spellings")
    return tuple(checked.items())


def _checked(
    where: str, pairs: Mapping[str, str], check: Callable[[str, str], None], errors: FieldErrors
) -> dict[str, str]:
    """Returns the pairs without an error. `check` raises ValueError."""
    checked: dict[str, str] = {}
    for name, value in pairs.items():
        if value is None:  # not a text, which is reported already
            continue
        try:
            check(name, value)
        except ValueError as error:
            errors.add(f"{where}.{name}", str(error))
        else:
            checked[name] = value
    return checked
