"""Single send over HTTP: HubSpot's request → accept a send, and the status of a send → HubSpot's EmailSendStatusView."""

from __future__ import annotations

from msgspec import structs

from functions import wiring
from functions.core.models.field_errors import FieldErrors
from functions.core.outcomes import SendResult
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import read_query
from functions.routes.sending.models import EmailSendStatusView, Preview, SingleSendQuery, Status
from functions.routes.sending.send_request import read_send_request
from functions.routes.sending.send_views import OTHER_REQUEST, status_view


def single_send(request: ApiRequest) -> EmailSendStatusView:
    errors = FieldErrors()
    query = read_query(SingleSendQuery, request.query, errors)
    send = read_send_request(request, errors, wiring.container().clock())
    if query.dry_run:
        result = wiring.get(wiring.sending.dry_run)(send, request.caller.key_id)
        mail = result.mail
        preview = Preview(subject=mail.subject, html=mail.html, text=mail.text) if mail else None
        return structs.replace(status_view(result.message), dry_run=True, preview=preview, event_id=None)
    accepted = wiring.get(wiring.sending.accept_send)(send, request.caller.key_id)
    view = status_view(accepted.message)
    if accepted.idempotency_result:
        view = structs.replace(view, status=Status.COMPLETE, send_result=accepted.idempotency_result)
    if accepted.idempotency_result is SendResult.IDEMPOTENT_FAIL:
        view = structs.replace(view, message=OTHER_REQUEST)
    return view


def get_send_status(request: ApiRequest) -> EmailSendStatusView:
    messages = wiring.get(wiring.sending.get_send)(request.path_parameters["statusId"])
    return status_view(messages[0], messages)


def cancel_send(request: ApiRequest) -> EmailSendStatusView:
    messages = wiring.get(wiring.sending.cancel_send)(request.path_parameters["statusId"], request.caller)
    return status_view(messages[0], messages)
