"""HubSpot's single send v1 over HTTP. It accepts a send as the later versions do, and answers at once with a `sendResult`.

HubSpot documents ten results. A result of ours that means the same as one of them is answered as that one. The others are HubSpot's later
words, since none of the ten has their meaning.
"""

from __future__ import annotations

from functions import wiring
from functions.core import ids, timestamps
from functions.core.errors import FieldError, Rejected
from functions.core.models.field_errors import FieldErrors
from functions.core.outcomes import SendResult
from functions.core.sending.lifecycle import FINAL, outcome
from functions.core.sending.send import Message, SendRequest
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models import by_name, contact_texts
from functions.routes.http.models.reader import read_body
from functions.routes.sending.legacy_models import LegacyEventId, LegacySendRequest, LegacySendView
from functions.routes.sending.send_request import address, addresses, digest, idempotency_key, recipients
from functions.routes.sending.send_views import OTHER_REQUEST
from functions.steps.sending.accept import AcceptResult

_DOCUMENTED = {
    SendResult.UNCONFIGURED_SENDING_DOMAIN: SendResult.INVALID_FROM_ADDRESS,
    SendResult.EMAIL_DISABLED: SendResult.MISSING_CONTENT,
    SendResult.CANCELLED_ABUSE: SendResult.PORTAL_SUSPENDED,
}
_OF_FIELD = {"message.to": SendResult.INVALID_TO_ADDRESS, "message.from": SendResult.INVALID_FROM_ADDRESS}
_SENDING = frozenset({SendResult.QUEUED, SendResult.SENT})
_MESSAGES = {SendResult.QUEUED: "The send is accepted and queued.", SendResult.SENT: "The mail was sent."}


def send_single_email(request: ApiRequest) -> LegacySendView:
    errors = FieldErrors()
    send = _read(request, errors)
    if errors.errors and all(map(_is_wrong_address, errors.errors)):
        return LegacySendView(send_result=_OF_FIELD[errors.errors[0].field], message=str(Rejected(errors.errors)))
    errors.check()
    return _view(wiring.get(wiring.sending.accept_send)(send, request.caller.key_id))


def _read(request: ApiRequest, errors: FieldErrors) -> SendRequest:
    body = request.json()
    read = read_body(LegacySendRequest, body, errors)
    message = read.message
    send_id = message.send_id or idempotency_key(request, errors)
    reply_to = address("message.replyTo", message.reply_to, errors)
    return SendRequest(
        email_id=int(read.email_id or 0),
        recipients=recipients(message.to, message.cc, message.bcc, errors),
        sender=address("message.from", message.sender, errors),
        reply_to=(*((reply_to,) if reply_to else ()), *addresses("message.replyToList", message.reply_to_list, errors)),
        send_id=send_id,
        contact=contact_texts(read.contact_properties),
        custom=by_name(read.custom_properties),
        digest=digest(body, send_id),
    )


def _is_wrong_address(error: FieldError) -> bool:
    """Returns whether it has a result of its own. Any other error is a 400."""
    return error.field in _OF_FIELD and error.code == "INVALID_EMAIL"


def _view(accepted: AcceptResult) -> LegacySendView:
    message = accepted.message
    if accepted.idempotency_result is SendResult.IDEMPOTENT_FAIL:
        return LegacySendView(
            send_result=SendResult.IDEMPOTENT_FAIL, message=OTHER_REQUEST, status_id=message.key.send_id
        )
    result = _result(message)
    return LegacySendView(
        send_result=result,
        message=message.reason or _MESSAGES.get(result, "The send was canceled."),
        event_id=_event_id(message) if result in _SENDING else None,
        status_id=message.key.send_id,
    )


def _result(message: Message) -> SendResult:
    """Returns the result so far. A repeat of a sendId has the result of the first request."""
    result = outcome(message) or (SendResult.CAMPAIGN_CANCELLED if message.state in FINAL else SendResult.QUEUED)
    return _DOCUMENTED.get(result, result)


def _event_id(message: Message) -> LegacyEventId:
    created = timestamps.milliseconds(message.accepted_at)
    return LegacyEventId(id=ids.event_id(created, message.key.send_id, str(message.key.recipient)), created=created)
