"""This room's part of the OpenAPI document."""

from __future__ import annotations

from functions.routes.events import campaign_models, email_event_models, message_models
from functions.routes.http.operation_doc import OperationDoc
from functions.routes.sending.openapi import IDEMPOTENCY_KEY

OPERATION_DOCS = {
    "list_messages": OperationDoc(
        "Search messages, one for each recipient, the newest first: by recipient, email, token, status and time. Messages accepted in "
        "the last 20 seconds may be missing, unless the search is by recipient",
        message_models.MessagePage,
        query=message_models.MessagesQuery,
    ),
    "get_send": OperationDoc(
        "Get a send's history: who sent what to whom, each attempt, each event in plain words, and the cost. The id of a mail over "
        "SMTP is in the SMTP server's reply to it",
        message_models.SendHistory,
    ),
    "get_message": OperationDoc(
        "Get the same for one recipient: 0 is the To, cc and bcc follow", message_models.SendHistory
    ),
    "get_sent_mail": OperationDoc(
        "Get a mail as it was sent, with the values that it was made from. 404 with the reason if they are not stored: see "
        "staffetta:contentDays. A sensitive email's are never stored",
        message_models.SentMailView,
    ),
    "resend_message": OperationDoc(
        "Send a mail again to its recipient, with the values and the revision of the first time. A repeated Idempotency-Key sends nothing. "
        "404 if the values are not stored, 409 if the email or the recipient must not get it now, or if it had attachments",
        message_models.MessageView,
        headers=[IDEMPOTENCY_KEY],
    ),
    "get_web_version": OperationDoc(
        "The web version of a mail: the page of its view_as_page_url, while what was sent is stored", None, page=True
    ),
    "check_web_version": OperationDoc("Check a link to a web version", None),
    "list_email_events": OperationDoc(
        "List HubSpot's email events. Without a recipient, only mails accepted up to 7 days before startTimestamp have events in the list",
        email_event_models.EmailEventList,
        query=email_event_models.EmailEventsQuery,
    ),
    "get_email_event": OperationDoc(
        "Get an email event; a send's eventId is the id of its own event", email_event_models.EmailEventView
    ),
    "list_recent_campaigns": OperationDoc(
        "List the emails and SMTP tokens with mail in the last 30 days, the latest first",
        campaign_models.RecentCampaignList,
        query=campaign_models.CampaignsQuery,
    ),
    "list_campaign_ids": OperationDoc(
        "List all emails and SMTP tokens by id",
        campaign_models.CampaignList,
        query=campaign_models.CampaignsQuery,
    ),
    "get_campaign": OperationDoc(
        "Get an email or SMTP token, with its counters since it exists", campaign_models.CampaignView
    ),
}
