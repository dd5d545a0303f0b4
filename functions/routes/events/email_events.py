"""HubSpot's email events on the wire: out of what is stored of messages, with nothing kept for them."""

from __future__ import annotations

from typing import Any

import msgspec

from functions import wiring
from functions.core import timestamps
from functions.core.errors import NotFound, Rejected
from functions.core.events import email_events, pagination
from functions.core.events.email_events import EmailEvent, EmailEventType
from functions.core.statistics import periods
from functions.core.statistics.ratios import NAMES
from functions.routes.events.email_event_models import CampaignView, EmailEventList, EmailEventView, EventReference
from functions.routes.http.dispatch import Operation, Request
from functions.routes.http.query_params import PageParams, QueryParser
from functions.steps.events.list_email_events import EventQuery

LIMIT, LIMIT_MAX = 10, 1000
LATEST_MS = 32_503_680_000_000  # the year 3000: nothing was sent beyond
APP_ID, APP_NAME = 0, "staffetta"
_ASKED = ("startTimestamp", "endTimestamp", "recipient", "eventType", "campaignId", "excludeFilteredEvents")


def list_email_events(request: Request) -> EmailEventList:
    asked, section = _read(request)
    found = wiring.get(wiring.events.list_email_events).page(asked, section.after, section.limit)
    offset = pagination.encode(found.after, section.question) if found.after else ""
    return EmailEventList(events=[_view(event) for event in found.events], has_more=bool(offset), offset=offset)


def get_email_event(request: Request) -> EmailEventView:
    reader = QueryParser(request.path_parameters)
    created = reader.number("created", 0, LATEST_MS)
    reader.check()
    event_id = request.path_parameters["eventId"]
    event = wiring.get(wiring.events.list_email_events).get(created or 0, event_id)
    if event is None:
        raise NotFound(
            f"there is no event {event_id!r} of {created}; a send has its own event once it is sent or dropped"
        )
    return _view(event)


def get_campaign(request: Request) -> CampaignView:
    reader = QueryParser(request.path_parameters)
    email_id = reader.number("campaignId", 1) or 0
    reader.check()
    email = wiring.get(wiring.adapters.emails).get(email_id)
    if email is None:
        raise NotFound(f"there is no email campaign {email_id}")
    counted = wiring.get(wiring.adapters.counters).by_email(periods.FIRST, periods.LAST, [email_id])
    counters = counted[0].counters if counted else {}
    return CampaignView(
        id=email_id,
        name=email.name,
        app_id=APP_ID,
        app_name=APP_NAME,
        type=email.subcategory.upper(),
        counters={name: counters.get(name, 0) for name in NAMES},
    )


OPERATIONS: dict[str, Operation] = {
    "list_email_events": list_email_events,
    "get_email_event": get_email_event,
    "get_campaign": get_campaign,
}


def _read(request: Request) -> tuple[EventQuery, PageParams]:
    """Raises Rejected with every fault."""
    reader = QueryParser(request.query)
    start, end = (reader.number(name, 0, LATEST_MS) for name in ("startTimestamp", "endTimestamp"))
    if start is not None and end is not None and start > end:
        reader.add_error("endTimestamp", "is before startTimestamp")
    asked = EventQuery(
        start=start,
        end=end,
        recipients=reader.recipients("recipient"),
        email_id=reader.number("campaignId", 1),
        types=reader.read("eventType", _types, f"some of {', '.join(EmailEventType)}") or frozenset(),
        people_only=_flag(request, reader, "excludeFilteredEvents"),
    )
    section = reader.page_params("offset", _ASKED, LIMIT, LIMIT_MAX)
    reader.check()
    return asked, section


def _flag(request: Request, reader: QueryParser, name: str) -> bool:
    try:
        return request.flag(name)
    except Rejected as rejected:
        reader.errors += rejected.errors
        return False


def _types(text: str) -> frozenset[EmailEventType]:
    """Raises ValueError."""
    return frozenset(EmailEventType(word.strip().upper()) for word in text.split(","))


def _view(event: EmailEvent) -> EmailEventView:
    message = event.message
    own = email_events.own_id(message)
    told: dict[str, Any] = {
        "id": event.id,
        "created": event.created,
        "type": event.type,
        "recipient": message.address,
        "portalId": wiring.container().settings.account_id,
        "appId": APP_ID,
        "appName": APP_NAME,
        "emailCampaignId": message.email_id,
        "statusId": message.key.send_id,
        **event.details,
    }
    if event.id != own:
        told["sentBy"] = EventReference(id=own, created=timestamps.milliseconds(message.accepted_at))
    return msgspec.convert(told, EmailEventView)
