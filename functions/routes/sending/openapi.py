"""What the OpenAPI document says of this room's operations."""

from __future__ import annotations

from functions.routes.http.operation_doc import IDEMPOTENCY_KEY, OperationDoc
from functions.routes.sending import models, upload_models

OPERATION_DOCS = {
    "single_send": OperationDoc(
        "Send an email to one person",
        models.EmailSendStatusView,
        models.SingleSendRequest,
        models.SingleSendQuery,
        [IDEMPOTENCY_KEY],
    ),
    "get_send_status": OperationDoc(
        "What became of a send, and of each of its recipients. A mail over SMTP goes by the id in the server's answer to it",
        models.EmailSendStatusView,
    ),
    "cancel_send": OperationDoc(
        "Cancel a send that no worker has taken yet; 409 where it is too late (not HubSpot's)",
        models.EmailSendStatusView,
    ),
    "create_upload": OperationDoc(
        "Upload a file that is too large for a request: where to PUT it, and the id by which a send's attachment names it",
        upload_models.UploadView,
        upload_models.UploadRequest,
    ),
}
