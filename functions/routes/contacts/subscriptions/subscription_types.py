"""Subscription types over HTTP: a Staffetta extension, and HubSpot's list of definitions."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from functions import wiring
from functions.core.contacts.subscriptions.subscription import BUILT_IN, SubscriptionType
from functions.routes.contacts.models import (
    SubscriptionDefinition,
    SubscriptionDefinitionsResponse,
    SubscriptionTypeChangeRequest,
    SubscriptionTypeCreateRequest,
    SubscriptionTypeList,
)
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models import ApiModel
from functions.routes.http.models.reader import body_of


def list_subscription_definitions(request: ApiRequest) -> SubscriptionDefinitionsResponse:
    return SubscriptionDefinitionsResponse(subscription_definitions=_definitions())


def list_subscription_types(request: ApiRequest) -> SubscriptionTypeList:
    return SubscriptionTypeList(results=_definitions())


def create_subscription_type(request: ApiRequest) -> SubscriptionDefinition:
    fields = _fields(body_of(request, SubscriptionTypeCreateRequest))
    created = wiring.get(wiring.contacts.subscriptions).create_type(fields, request.caller)
    return _definition(created)


def update_subscription_type(request: ApiRequest) -> SubscriptionDefinition:
    changes = _fields(body_of(request, SubscriptionTypeChangeRequest))
    type_id = request.path_parameters["typeId"]
    changed = wiring.get(wiring.contacts.subscriptions).update_type(type_id, changes, request.caller)
    return _definition(changed)


def _definitions() -> list[SubscriptionDefinition]:
    return [_definition(type_) for type_ in wiring.get(wiring.contacts.subscriptions).list_types()]


def _definition(type_: SubscriptionType) -> SubscriptionDefinition:
    return SubscriptionDefinition(
        id=type_.id,
        number=type_.number,
        name=type_.name,
        description=type_.description,
        purpose=type_.purpose,
        communication_method="Email",
        is_active=type_.active,
        is_default=type_.id == BUILT_IN.id,
        is_internal=type_.id == BUILT_IN.id,
        created_at=type_.created_at,
        updated_at=type_.updated_at,
    )


def _fields(body: ApiModel) -> dict[str, Any]:
    """Returns the fields that the body has."""
    return {name: value for name, value in structs.asdict(body).items() if value is not None}
