"""Subscription preferences over HTTP, as HubSpot's clients read them, and subscription types, a Staffetta extension."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from functions import wiring
from functions.core.contacts.contact import EVERYTHING, Contact, SubscriptionStatus
from functions.core.contacts.subscription import BUILT_IN, SubscriptionType
from functions.routes.contacts.models import (
    ContactPath,
    LiftedQuarantineView,
    PublicSubscriptionStatus,
    PublicSubscriptionStatusesResponse,
    PublicUpdateSubscriptionStatusRequest,
    StatusPath,
    SubscriptionDefinition,
    SubscriptionDefinitionsResponse,
    SubscriptionTypeChangeRequest,
    SubscriptionTypeCreateRequest,
    SubscriptionTypeList,
    SuppressionView,
)
from functions.routes.http.gate import ApiOperation, ApiRequest
from functions.routes.http.models import ApiModel
from functions.routes.http.models.reader import body_of, path_of
from functions.steps.contacts.subscriptions import SubscriptionDecision


def list_subscription_definitions(request: ApiRequest) -> SubscriptionDefinitionsResponse:
    return SubscriptionDefinitionsResponse(subscription_definitions=_definitions())


def list_subscription_types(request: ApiRequest) -> SubscriptionTypeList:
    return SubscriptionTypeList(results=_definitions())


def create_subscription_type(request: ApiRequest) -> SubscriptionDefinition:
    fields = _fields(body_of(request, SubscriptionTypeCreateRequest))
    created = wiring.get(wiring.contacts.subscriptions).create_type(fields)
    return _definition(created)


def update_subscription_type(request: ApiRequest) -> SubscriptionDefinition:
    changes = _fields(body_of(request, SubscriptionTypeChangeRequest))
    type_id = request.path_parameters["typeId"]
    changed = wiring.get(wiring.contacts.subscriptions).update_type(type_id, changes)
    return _definition(changed)


def get_subscription_status(request: ApiRequest) -> PublicSubscriptionStatusesResponse:
    email = path_of(request, StatusPath).email_address.lower()
    contact, types = wiring.get(wiring.contacts.subscriptions).get_statuses(email)
    statuses = [_status(contact, type_) for type_ in types]
    return PublicSubscriptionStatusesResponse(recipient=email, subscription_statuses=statuses)


def subscribe_contact(request: ApiRequest) -> PublicSubscriptionStatus:
    contact, type_ = wiring.get(wiring.contacts.subscriptions).subscribe(_change(request))
    return _status(contact, type_)


def unsubscribe_contact(request: ApiRequest) -> PublicSubscriptionStatus:
    contact, type_ = wiring.get(wiring.contacts.subscriptions).unsubscribe(_change(request))
    return _status(contact, type_)


def lift_quarantine(request: ApiRequest) -> LiftedQuarantineView:
    email = path_of(request, ContactPath).email
    lifted = wiring.get(wiring.contacts.lift_quarantine)(email)
    return LiftedQuarantineView(
        email=email.lower(),
        bounced_at=lifted.quarantine.at if lifted.quarantine else None,
        bounce_reason=lifted.quarantine.reason if lifted.quarantine else None,
        suppressions=[SuppressionView(one.address, one.reason, one.removed) for one in lifted.suppressions],
    )


OPERATIONS: dict[str, ApiOperation] = {
    "list_subscription_definitions": list_subscription_definitions,
    "list_subscription_types": list_subscription_types,
    "create_subscription_type": create_subscription_type,
    "update_subscription_type": update_subscription_type,
    "get_subscription_status": get_subscription_status,
    "subscribe_contact": subscribe_contact,
    "unsubscribe_contact": unsubscribe_contact,
    "lift_quarantine": lift_quarantine,
}


def _definitions() -> list[SubscriptionDefinition]:
    return [_definition(type_) for type_ in wiring.get(wiring.contacts.subscriptions).list_types()]


def _definition(type_: SubscriptionType) -> SubscriptionDefinition:
    return SubscriptionDefinition(
        id=type_.id,
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


def _status(contact: Contact | None, type_: SubscriptionType) -> PublicSubscriptionStatus:
    """A decision about all mail overrides one about the type, as it does when mail is sent."""
    decisions = contact.decisions if contact else {}
    opted_out = bool(contact and (contact.has_complained or contact.unsubscribed(EVERYTHING)))
    overridden = opted_out and type_.id != BUILT_IN.id
    decision = decisions.get(EVERYTHING if overridden else type_.id)
    status = decision.status if decision and not overridden else SubscriptionStatus.NOT_SUBSCRIBED
    return PublicSubscriptionStatus(
        id=type_.id,
        name=type_.name,
        description=type_.description,
        status=SubscriptionStatus.SUBSCRIBED if type_.id == BUILT_IN.id else status,
        source_of_status="PORTAL_WIDE_STATUS" if overridden else "SUBSCRIPTION_STATUS",
        legal_basis=(decision and decision.legal_basis) or None,
        legal_basis_explanation=(decision and decision.legal_basis_explanation) or None,
        decided_at=decision.at if decision else None,
    )


def _fields(body: ApiModel) -> dict[str, Any]:
    """Returns the fields that the body has."""
    return {name: value for name, value in structs.asdict(body).items() if value is not None}


def _change(request: ApiRequest) -> SubscriptionDecision:
    body = body_of(request, PublicUpdateSubscriptionStatusRequest)
    return SubscriptionDecision(
        email=body.email_address.lower(),
        subscription=body.subscription_id,
        legal_basis=body.legal_basis or "",
        legal_basis_explanation=body.legal_basis_explanation or "",
        source=request.caller.owner,
    )
