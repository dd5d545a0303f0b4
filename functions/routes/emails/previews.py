"""Previews, test sends and differences of emails over HTTP, a Staffetta extension: HubSpot has them only in its editor."""

from __future__ import annotations

from functions import wiring
from functions.core import addresses
from functions.core.access.scopes import MARKETING_EMAIL, TRANSACTIONAL_EMAIL
from functions.core.addresses import Address
from functions.core.emails.email import DRAFT
from functions.core.errors import FieldError, Rejected
from functions.core.models.field_errors import FieldErrors
from functions.routes.emails.email_queries import email_id
from functions.routes.emails.preview_models import (
    DRAFT_NAME,
    EmailDiff,
    EmailDiffQuery,
    EmailPreview,
    EmailPreviewQuery,
    EmailPreviewRequest,
    EmailTest,
    EmailTestRequest,
)
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models import contact_texts
from functions.routes.http.models.reader import query_of, read_body, read_query
from functions.routes.sending.send_views import status_view
from functions.steps.emails.preview import PreviewData, RenderedPreview

RESPONSE_MAX = 4_000_000  # bytes: Lambda's limit is 6 MB, and JSON writes some characters as two or more


def preview_email(request: ApiRequest) -> EmailPreview:
    errors = FieldErrors()
    query = read_query(EmailPreviewQuery, request.query, errors)
    body = read_body(EmailPreviewRequest, request.json() if request.body else {}, errors)
    number, data = _number(body.revision), _data(body, errors)
    errors.check()
    if data.contact:  # a key that may send sees a contact's properties anyway, in a mail to it
        request.caller.require(TRANSACTIONAL_EMAIL, MARKETING_EMAIL)
    return _view(number, wiring.get(wiring.emails.previews)(email_id(request), number, data), raw=query.raw)


def send_test_email(request: ApiRequest) -> EmailTest:
    errors = FieldErrors()
    body = read_body(EmailTestRequest, request.json(), errors)
    data, to = _data(body, errors), _recipients(body, errors)
    errors.check()
    send_test = wiring.get(wiring.emails.send_test)
    messages = send_test(email_id(request), _number(body.revision), data, to, request.caller.key_id)
    return EmailTest(results=[status_view(message) for message in messages])


def diff_email(request: ApiRequest) -> EmailDiff:
    query = query_of(request, EmailDiffQuery)
    before, after = _number(query.before), _number(query.after)
    data = PreviewData(language=query.language or "")
    diff = wiring.get(wiring.emails.previews).differences(email_id(request), before, after, data)
    _refuse_large(diff.subject, diff.text, diff.html)
    return EmailDiff(subject=diff.subject, text=diff.text, html=diff.html, missing=list(diff.missing))


def _number(revision: int | str) -> int:
    """The reader made a number of it, unless it is the model's default."""
    return revision if isinstance(revision, int) else DRAFT


def _data(body: EmailPreviewRequest, errors: FieldErrors) -> PreviewData:
    return PreviewData(
        contact=errors.parse("contact", addresses.parse, body.contact, "INVALID_EMAIL"),
        contact_properties=None if body.contact_properties is None else contact_texts(body.contact_properties),
        custom_properties=body.custom_properties,
        language=body.language or "",
    )


def _recipients(body: EmailTestRequest, errors: FieldErrors) -> list[Address]:
    parsed = (
        errors.parse(f"to[{number}]", addresses.parse, mailbox, "INVALID_EMAIL")
        for number, mailbox in enumerate(body.to or ())
    )
    return [address for address in parsed if address]


def _view(number: int, preview: RenderedPreview, *, raw: bool) -> EmailPreview:
    mail = preview.rendered
    source = preview.raw.decode("ascii") if raw else ""
    _refuse_large(mail.subject, mail.html, mail.text, source)
    return EmailPreview(
        revision=number or DRAFT_NAME,
        language=preview.language,
        from_name=mail.from_name,
        subject=mail.subject,
        html=mail.html,
        text=mail.text,
        missing=list(preview.missing),
        html_size=len(mail.html.encode("utf-8", "replace")),
        size=len(preview.raw),
        preview_text=preview.preview_text or None,
        raw=source or None,
    )


def _refuse_large(*texts: str) -> None:
    size = sum(len(text.encode("utf-8", "replace")) for text in texts)
    if size > RESPONSE_MAX:
        message = f"renders to {size:,} bytes; a response can have at most {RESPONSE_MAX:,}"
        raise Rejected([FieldError("content", message, "TOO_LARGE")])
