"""Subscription preferences over HTTP, as HubSpot's v3 clients read them, and the quarantine of a contact."""

from __future__ import annotations

from functions import wiring
from functions.core.contacts.contact import SubscriptionStatus
from functions.core.contacts.subscriptions.status import StatusState
from functions.routes.contacts.models import (
    ContactPath,
    LiftedQuarantineView,
    PublicSubscriptionStatus,
    PublicSubscriptionStatusesResponse,
    PublicUpdateSubscriptionStatusRequest,
    StatusPath,
    SuppressionView,
)
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of, path_of
from functions.steps.contacts.statuses import Statuses, SubscriptionDecision, TypeStatus


def get_subscription_status(request: ApiRequest) -> PublicSubscriptionStatusesResponse:
    email = path_of(request, StatusPath).email_address.lower()
    statuses = [_status(one) for one in _statuses().get(email)]
    return PublicSubscriptionStatusesResponse(recipient=email, subscription_statuses=statuses)


def subscribe_contact(request: ApiRequest) -> PublicSubscriptionStatus:
    return _status(_statuses().subscribe(_change(request), request.caller))


def resubscribe_contact(request: ApiRequest) -> PublicSubscriptionStatus:
    """Also brings back who unsubscribed."""
    return _status(_statuses().set(_change(request), StatusState.SUBSCRIBED, request.caller))


def unsubscribe_contact(request: ApiRequest) -> PublicSubscriptionStatus:
    return _status(_statuses().unsubscribe(_change(request), request.caller))


def lift_quarantine(request: ApiRequest) -> LiftedQuarantineView:
    email = path_of(request, ContactPath).email
    lifted = wiring.get(wiring.contacts.lift_quarantine)(email, request.caller)
    return LiftedQuarantineView(
        email=email.lower(),
        bounced_at=lifted.quarantine.at if lifted.quarantine else None,
        bounce_reason=lifted.quarantine.reason if lifted.quarantine else None,
        suppressions=[SuppressionView(one.address, one.reason, one.removed) for one in lifted.suppressions],
    )


def _statuses() -> Statuses:
    return wiring.get(wiring.contacts.statuses)


def _status(done: TypeStatus) -> PublicSubscriptionStatus:
    """v3 has no word for a contact without a decision: it is not subscribed."""
    status = done.status
    subscribed = status.state is StatusState.SUBSCRIBED
    return PublicSubscriptionStatus(
        id=done.type_.id,
        name=done.type_.name,
        description=done.type_.description,
        status=SubscriptionStatus.SUBSCRIBED if subscribed else SubscriptionStatus.NOT_SUBSCRIBED,
        source_of_status="PORTAL_WIDE_STATUS" if status.wide else "SUBSCRIPTION_STATUS",
        legal_basis=status.legal_basis or None,
        legal_basis_explanation=status.legal_basis_explanation or None,
        decided_at=status.at or None,
    )


def _change(request: ApiRequest) -> SubscriptionDecision:
    body = body_of(request, PublicUpdateSubscriptionStatusRequest)
    return SubscriptionDecision(
        email=body.email_address.lower(),
        subscription=body.subscription_id,
        legal_basis=body.legal_basis or "",
        legal_basis_explanation=body.legal_basis_explanation or "",
    )
