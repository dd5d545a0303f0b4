"""What the OpenAPI document says of this room's operations."""

from __future__ import annotations

from functions.routes.events import email_event_models, models
from functions.routes.http.operation_doc import OperationDoc

OPERATION_DOCS = {
    "list_messages": OperationDoc(
        "Messages, one for each recipient, the newest first: by recipient, email, token, status and time. What was accepted within the "
        "last half minute may be missing",
        models.MessagePage,
        query=models.MessagesQuery,
    ),
    "get_send": OperationDoc(
        "A send's whole story: who sent what to whom, each try, each event in plain words, and what it cost. A mail over SMTP goes "
        "by the id in the server's answer to it, too",
        models.SendHistory,
    ),
    "get_message": OperationDoc("The same of one recipient: 0 is the To, cc and bcc follow", models.SendHistory),
    "list_email_events": OperationDoc(
        "HubSpot's email events. Without a recipient, those of mails that were accepted up to 7 days before startTimestamp",
        email_event_models.EmailEventList,
        query=email_event_models.EmailEventsQuery,
    ),
    "get_email_event": OperationDoc(
        "One email event; a send's eventId names its own", email_event_models.EmailEventView
    ),
    "get_campaign": OperationDoc(
        "An email or SMTP token, with all that it ever counted", email_event_models.CampaignView
    ),
}
