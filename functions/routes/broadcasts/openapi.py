"""This room's part of the OpenAPI document."""

from __future__ import annotations

from functions.routes.broadcasts import models
from functions.routes.http.operation_doc import OperationDoc

OPERATION_DOCS = {
    "list_broadcasts": OperationDoc(
        "List the broadcasts, the newest first", models.BroadcastPageView, query=models.BroadcastListQuery
    ),
    "create_broadcast": OperationDoc(
        "Create a broadcast: an email to lists, contacts or a file. It is a draft, and sends nothing yet",
        models.BroadcastView,
        models.BroadcastCreateRequest,
    ),
    "get_broadcast": OperationDoc("Get a broadcast and its progress", models.BroadcastView),
    "update_broadcast": OperationDoc(
        "Change a draft, or a scheduled broadcast until it begins: its time, its audience, its name and its properties",
        models.BroadcastView,
        models.BroadcastUpdateRequest,
    ),
    "check_broadcast": OperationDoc(
        "Begin a check: count the recipients, and who would get no mail, and why", models.BroadcastCheckView
    ),
    "get_broadcast_check": OperationDoc("Get the latest check of a broadcast", models.BroadcastCheckView),
    "preview_broadcast": OperationDoc("Render the mails of the first ten recipients", models.BroadcastPreviewsView),
    "test_broadcast": OperationDoc(
        "Send a test mail with the first recipient's properties", models.BroadcastTestView, models.BroadcastTestRequest
    ),
    "send_broadcast": OperationDoc(
        "Send a broadcast at once, or at its time", models.BroadcastView, models.BroadcastSendRequest
    ),
    "pause_broadcast": OperationDoc(
        "Pause a broadcast: no further mail goes out", models.BroadcastView, models.BroadcastPauseRequest
    ),
    "resume_broadcast": OperationDoc("Resume a paused broadcast", models.BroadcastView),
    "cancel_broadcast": OperationDoc("Cancel a broadcast for good: no further mail goes out", models.BroadcastView),
    "list_broadcast_recipients": OperationDoc(
        "List the recipients of a broadcast with what became of each, up to 1,000 a page",
        models.BroadcastRecipientsView,
        query=models.BroadcastRecipientsQuery,
    ),
}
