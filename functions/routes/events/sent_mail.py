"""A mail as it was sent, and the same mail once more."""

from __future__ import annotations

from functions import wiring
from functions.core.errors import NotFound
from functions.core.models.field_errors import FieldErrors
from functions.core.sending.send import MessageKey
from functions.routes.events.message_models import MessageView, SentAttachmentView, SentMailView
from functions.routes.events.messages import view_fields
from functions.routes.http.gate import ApiRequest
from functions.routes.sending.send_request import idempotency_key
from functions.steps.sending.rebuild_mail import RebuiltMail


def get_sent_mail(request: ApiRequest) -> SentMailView:
    return _view(wiring.get(wiring.sending.rebuild_mail)(_key(request)))


def resend_message(request: ApiRequest) -> MessageView:
    errors = FieldErrors()
    key = idempotency_key(request, errors)
    errors.check()
    resend = wiring.get(wiring.sending.resend_mail)
    return MessageView(**view_fields(resend(_key(request), request.caller, key or "")))


def _key(request: ApiRequest) -> MessageKey:
    send_id, number = request.path_parameters["statusId"], request.path_parameters["recipient"]
    if not (number.isascii() and number.isdecimal() and len(number) <= 2):  # noqa: PLR2004 - 50 recipients
        raise NotFound(f"the send {send_id} has no recipient {number!r}")
    return MessageKey(send_id, int(number))


def _view(mail: RebuiltMail) -> SentMailView:
    send = mail.content.send
    return SentMailView(
        status_id=send.id,
        recipient=mail.message.key.recipient,
        sent_at=mail.built_at,
        email_id=send.email_id,
        revision=send.revision,
        language=mail.content.language,
        from_=mail.sender,
        reply_to=list(mail.reply_to),
        subject=mail.rendered.subject,
        html=mail.rendered.html,
        text=mail.rendered.text,
        custom_properties=dict(send.custom),
        contact_properties=dict(mail.content.contact),
        headers=dict(send.headers),
        attachments=[SentAttachmentView(one.filename, one.content_type, one.size) for one in mail.content.attachments],
    )
