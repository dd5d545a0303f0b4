"""What the OpenAPI document says of this room's operations."""

from __future__ import annotations

from functions.routes.account import models
from functions.routes.http.operation_doc import OperationDoc

OPERATION_DOCS = {
    "get_sending_status": OperationDoc(
        "Whether SES lets us send, how mail fares, and what is paused", models.SendingView
    ),
    "pause_sending": OperationDoc(
        "Refuse the sends of an email, or of all that is not transactional", models.PauseAnswer, models.PauseRequest
    ),
    "resume_sending": OperationDoc(
        "End a pause; what it refused of accepted sends is in the dead letters: `staffetta redrive`",
        models.PauseAnswer,
        models.ResumeRequest,
    ),
}
