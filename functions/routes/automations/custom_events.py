"""HubSpot's custom events: what starts an automation, and ends a wait."""

from __future__ import annotations

from functions import wiring
from functions.routes.automations.models import CustomEventBatchRequest, CustomEventRequest
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of
from functions.steps.automations.send_events import CustomEvent


def send_event(request: ApiRequest) -> None:
    wiring.get(wiring.automations.send_events)([("", _event(body_of(request, CustomEventRequest)))])


def send_events(request: ApiRequest) -> None:
    inputs = body_of(request, CustomEventBatchRequest).inputs
    wiring.get(wiring.automations.send_events)(
        [(f"inputs[{number}].", _event(one)) for number, one in enumerate(inputs)]
    )


def _event(body: CustomEventRequest) -> CustomEvent:
    return CustomEvent(
        name=body.event_name,
        email=body.email,
        object_id=body.object_id,
        at=body.occurred_at,
        uuid=body.uuid,
        properties=body.properties,
    )
