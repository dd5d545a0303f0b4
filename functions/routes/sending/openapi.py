"""This room's part of the OpenAPI document."""

from __future__ import annotations

from functions.routes.http.operation_doc import OperationDoc
from functions.routes.sending import legacy_models, models

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": models.SEND_ID_MAX},
    "description": "used as the message.sendId if the body has none (a Staffetta extension)",
}
OPERATION_DOCS = {
    "single_send": OperationDoc(
        "Send an email to one person",
        models.EmailSendStatusView,
        models.SingleSendRequest,
        models.SingleSendQuery,
        [IDEMPOTENCY_KEY],
    ),
    "send_single_email": OperationDoc(
        "Send an email to one person, as in HubSpot's v1 API: the answer has the result so far",
        legacy_models.LegacySendView,
        legacy_models.LegacySendRequest,
        headers=[IDEMPOTENCY_KEY],
    ),
    "get_send_status": OperationDoc(
        "Get the status of a send and of each recipient. The id of a mail over SMTP is in the SMTP server's reply to it",
        models.EmailSendStatusView,
    ),
    "cancel_send": OperationDoc(
        "Cancel a send; 409 if a worker has already taken it (a Staffetta extension)",
        models.EmailSendStatusView,
    ),
    "create_upload": OperationDoc(
        "Get an upload URL for a file that is too large for a request, and the id by which a send's attachment names it",
        models.UploadView,
        models.UploadRequest,
    ),
}
