"""HubSpot's email events over HTTP. They are made of stored messages: nothing more is stored for them."""

from __future__ import annotations

from typing import Any

import msgspec

from functions import wiring
from functions.core import timestamps
from functions.core.errors import NotFound
from functions.core.events import email_events, pagination
from functions.core.events.email_events import EmailEvent
from functions.core.models.field_errors import FieldErrors
from functions.core.sending.send import MessageKey
from functions.routes.events.campaign_models import APP_ID, APP_NAME
from functions.routes.events.email_event_models import (
    EmailEventList,
    EmailEventsQuery,
    EmailEventView,
    EventPath,
    EventReference,
)
from functions.routes.events.pages import page_start, spellings
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import path_of, read_query
from functions.steps.events.list_email_events import EventQuery

_QUERY_NAMES = (
    *("startTimestamp", "endTimestamp", "recipient", "eventType", "appId", "campaignId", "excludeFilteredEvents"),
)


def list_email_events(request: ApiRequest) -> EmailEventList:
    errors = FieldErrors()
    query = read_query(EmailEventsQuery, request.query, errors)
    start, end = query.start_timestamp, query.end_timestamp
    if start is not None and end is not None and start > end:
        errors.add("endTimestamp", "is before startTimestamp")
    page = page_start(request, "offset", _QUERY_NAMES, errors)
    errors.check()
    if query.app_id not in {None, APP_ID}:
        return EmailEventList(events=[], has_more=False, offset="")
    events = EventQuery(
        start=start,
        end=end,
        recipients=spellings(query.recipient),
        email_id=None if query.campaign_id is None else int(query.campaign_id),
        types=None if query.event_type is None else email_events.types_of(query.event_type),
        people_only=query.exclude_filtered_events,
    )
    results = wiring.get(wiring.events.list_email_events).page(events, page.after, query.limit)
    offset = pagination.encode(results.after, page.query) if results.after else ""
    return EmailEventList(events=[_view(event) for event in results.events], has_more=bool(offset), offset=offset)


def get_email_event(request: ApiRequest) -> EmailEventView:
    created, event_id = path_of(request, EventPath).created, request.path_parameters["eventId"]
    event = wiring.get(wiring.events.list_email_events).get(created, event_id)
    if event is None:
        raise NotFound(f"there is no event {event_id!r} of {created}; a send has an event once it is sent or dropped")
    return _view(event)


def _view(event: EmailEvent) -> EmailEventView:
    message = event.message
    own_id = email_events.own_id(message)
    view: dict[str, Any] = {
        "id": event.id,
        "created": event.created,
        "type": event.type,
        "recipient": message.address,
        "portalId": wiring.container().settings.portal_id,
        "appId": APP_ID,
        "appName": APP_NAME,
        "emailCampaignId": message.email_id,
        "statusId": message.key.send_id,
        "hmid": _hmid(message.key),
        **event.details,
    }
    if event.id != own_id:
        view["sentBy"] = EventReference(id=own_id, created=timestamps.milliseconds(message.accepted_at))
    return msgspec.convert(view, EmailEventView, from_attributes=True)


def _hmid(key: MessageKey) -> str:
    """HubSpot's id of one message. The To's is in its mail's X-Entity-Ref-ID."""
    return f"{key.send_id}/{key.recipient}" if key.recipient else key.send_id
