"""Subscription preferences on the wire, as HubSpot's client reads them; and, ours alone, the subscription types themselves."""

from __future__ import annotations

from typing import Any, get_args

from functions import wiring
from functions.core import addresses, ids
from functions.core.access.audit import AuditAction
from functions.core.contacts.contact import EVERYTHING, Contact, SubscriptionStatus
from functions.core.contacts.subscription import BUILT_IN, SubscriptionType
from functions.core.errors import FieldError, Rejected
from functions.routes.access.audit import note
from functions.routes.contacts.preference_models import (
    LegalBasis,
    PublicSubscriptionStatus,
    PublicSubscriptionStatusesResponse,
    SubscriptionDefinition,
    SubscriptionDefinitionsResponse,
    SubscriptionTypeList,
)
from functions.routes.http.dispatch import Operation, Request
from functions.steps.contacts.subscriptions import SubscriptionDecision

EXPLANATION_MAX = 1000  # characters
_LEGAL_BASES = get_args(LegalBasis)
_TYPE_FIELDS = ("name", "description", "purpose", "active")


def list_subscription_definitions(request: Request) -> SubscriptionDefinitionsResponse:
    return SubscriptionDefinitionsResponse(subscription_definitions=_definitions())


def list_subscription_types(request: Request) -> SubscriptionTypeList:
    return SubscriptionTypeList(results=_definitions())


def create_subscription_type(request: Request) -> SubscriptionDefinition:
    return _definition(wiring.get(wiring.contacts.subscriptions).create_type(_given(request, "id", *_TYPE_FIELDS)))


def update_subscription_type(request: Request) -> SubscriptionDefinition:
    type_id = request.path_parameters["typeId"]
    return _definition(wiring.get(wiring.contacts.subscriptions).update_type(type_id, _given(request, *_TYPE_FIELDS)))


def get_subscription_status(request: Request) -> PublicSubscriptionStatusesResponse:
    faults: list[FieldError] = []
    email = _email(request.path_parameters["emailAddress"], faults)
    if faults:
        raise Rejected(faults)
    contact = wiring.get(wiring.adapters.contacts).get(email)
    statuses = [_status(contact, type_) for type_ in wiring.get(wiring.contacts.subscriptions).list_types()]
    return PublicSubscriptionStatusesResponse(recipient=email, subscription_statuses=statuses)


def subscribe_contact(request: Request) -> PublicSubscriptionStatus:
    return _status(*wiring.get(wiring.contacts.subscriptions).subscribe(_choice(request)))


def unsubscribe_contact(request: Request) -> PublicSubscriptionStatus:
    return _status(*wiring.get(wiring.contacts.subscriptions).unsubscribe(_choice(request)))


def lift_quarantine(request: Request) -> None:
    faults: list[FieldError] = []
    email = _email(request.path_parameters["email"], faults)
    if faults:
        raise Rejected(faults)
    wiring.get(wiring.contacts.lift_quarantine)(email)
    note(request, AuditAction.QUARANTINE_LIFTED, ids.address_hash(email))


OPERATIONS: dict[str, Operation] = {
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
    """What was decided about everything goes before what was about the type, as when mail is sent."""
    decisions = contact.decisions if contact else {}
    gone = bool(contact and (contact.has_complained or contact.unsubscribed(EVERYTHING))) and type_.id != BUILT_IN.id
    decision = decisions.get(EVERYTHING if gone else type_.id)
    status = decision.status if decision and not gone else SubscriptionStatus.NOT_SUBSCRIBED
    return PublicSubscriptionStatus(
        id=type_.id,
        name=type_.name,
        description=type_.description,
        status=SubscriptionStatus.SUBSCRIBED if type_.id == BUILT_IN.id else status,
        source_of_status="PORTAL_WIDE_STATUS" if gone else "SUBSCRIPTION_STATUS",
        legal_basis=(decision and decision.legal_basis) or None,
        legal_basis_explanation=(decision and decision.legal_basis_explanation) or None,
        decided_at=decision.at if decision else None,
    )


def _given(request: Request, *names: str) -> dict[str, Any]:
    """The fields of the body that are there; null says as much as leaving one out."""
    body = request.json()
    return {name: body[name] for name in names if body.get(name) is not None}


def _choice(request: Request) -> SubscriptionDecision:
    """Raises Rejected with every fault."""
    body, faults = request.json(), list[FieldError]()
    email = _email(body.get("emailAddress"), faults)
    subscription = body.get("subscriptionId")
    if not isinstance(subscription, str | int) or isinstance(subscription, bool):
        faults.append(FieldError("subscriptionId", "is required: the id of a subscription type", "REQUIRED_FIELD"))
    basis, explanation = body.get("legalBasis") or "", body.get("legalBasisExplanation") or ""
    if basis and basis not in _LEGAL_BASES:
        faults.append(FieldError("legalBasis", f"must be one of {', '.join(_LEGAL_BASES)}"))
    if not isinstance(explanation, str) or len(explanation) > EXPLANATION_MAX:
        faults.append(FieldError("legalBasisExplanation", f"must be a text of at most {EXPLANATION_MAX} characters"))
    if faults:
        raise Rejected(faults)
    return SubscriptionDecision(
        email=email,
        subscription=str(subscription),
        legal_basis=basis,
        legal_basis_explanation=explanation,
        source=request.caller.owner,
    )


def _email(given: Any, faults: list[FieldError]) -> str:
    try:
        return addresses.parse(given).email.lower()
    except (TypeError, ValueError, AttributeError):
        faults.append(FieldError("emailAddress", "must be an email address like ada@example.com", "INVALID_EMAIL"))
        return ""
