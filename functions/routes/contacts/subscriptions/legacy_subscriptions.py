"""Subscriptions over HubSpot's v1 API. They are the same types, decisions and events as those of the later versions."""

from __future__ import annotations

from functions import wiring
from functions.core import timestamps
from functions.core.contacts.subscriptions.status import StatusState
from functions.core.events import pagination, subscription_changes
from functions.core.events.email_events import EmailEvent
from functions.core.events.subscription_changes import ChangeType
from functions.core.models.field_errors import FieldErrors
from functions.routes.contacts.models import StatusPath
from functions.routes.contacts.subscriptions.legacy_models import (
    LegacyStatusChange,
    LegacySubscriptions,
    LegacySubscriptionsRequest,
    LegacySubscriptionStatus,
    LegacySubscriptionType,
    LegacySubscriptionTypes,
    LegacyUpdateView,
    OptState,
    SubscriptionTimeline,
    TimelineChange,
    TimelineItem,
    TimelineQuery,
)
from functions.routes.events.email_event_models import EventReference
from functions.routes.events.pages import page_start
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import path_of, read_body, read_query
from functions.steps.contacts.legacy_statuses import TypeDecision
from functions.steps.contacts.statuses import SubscriptionDecision, TypeStatus
from functions.steps.events.list_email_events import EventQuery

_OPT_STATES: dict[StatusState, OptState] = {
    StatusState.SUBSCRIBED: "OPT_IN",
    StatusState.UNSUBSCRIBED: "OPT_OUT",
    StatusState.NOT_SPECIFIED: "NOT_OPTED",
}
_QUERY_NAMES = ("startTimestamp", "endTimestamp", "changeType")


def list_email_subscription_types(request: ApiRequest) -> LegacySubscriptionTypes:
    types = wiring.get(wiring.contacts.subscriptions).list_types()
    return LegacySubscriptionTypes(
        subscription_definitions=[
            LegacySubscriptionType(
                id=type_.number,
                name=type_.name,
                description=type_.description,
                active=type_.active,
                portal_id=_portal(),
            )
            for type_ in types
        ]
    )


def get_email_subscriptions(request: ApiRequest) -> LegacySubscriptions:
    summary = wiring.get(wiring.contacts.legacy_statuses).get(_address(request))
    subscribed = not (summary.left_all or summary.complained)
    return LegacySubscriptions(
        email=summary.email,
        portal_id=_portal(),
        subscribed=subscribed,
        unsubscribe_from_portal=summary.left_all,
        marked_as_spam=summary.complained,
        bounced=summary.bounced,
        status="subscribed" if subscribed else "unsubscribed",
        subscription_statuses=[_status(one) for one in summary.decided],
    )


def update_email_subscriptions(request: ApiRequest) -> LegacyUpdateView:
    errors = FieldErrors()
    path = read_query(StatusPath, request.path_parameters, errors)
    email = (path.email_address or "").lower()
    body = read_body(LegacySubscriptionsRequest, request.json(), errors)
    changes = [change for change in body.subscription_statuses or () if change]
    if not body.unsubscribe_from_all and not changes and not errors.errors:
        errors.add("unsubscribeFromAll", "must be true if there are no subscriptionStatuses", "REQUIRED_FIELD")
    decisions = [
        TypeDecision(_decision(request, email, change), subscribed)
        for number, change in enumerate(changes)
        if (subscribed := _subscribed(number, change, errors)) is not None
    ]
    errors.check()
    if body.unsubscribe_from_all:
        wiring.get(wiring.contacts.statuses).unsubscribe_all(email, request.caller)
    else:
        wiring.get(wiring.contacts.legacy_statuses).update(email, decisions, request.caller)
    return LegacyUpdateView(status="ok")


def list_subscription_changes(request: ApiRequest) -> SubscriptionTimeline:
    errors = FieldErrors()
    query = read_query(TimelineQuery, request.query, errors)
    start, end = query.start_timestamp, query.end_timestamp
    if start is not None and end is not None and start > end:
        errors.add("endTimestamp", "is before startTimestamp")
    page = page_start(request, "offset", _QUERY_NAMES, errors)
    errors.check()
    events = EventQuery(start=start, end=end, types=subscription_changes.TYPES)
    results = wiring.get(wiring.events.list_email_events).page(events, page.after, query.limit)
    items = (_item(event, query.change_type) for event in results.events)
    offset = pagination.encode(results.after, page.query) if results.after else ""
    return SubscriptionTimeline(timeline=[item for item in items if item.changes], has_more=bool(offset), offset=offset)


def _portal() -> int:
    return wiring.container().settings.portal_id


def _address(request: ApiRequest) -> str:
    return path_of(request, StatusPath).email_address.lower()


def _status(one: TypeStatus) -> LegacySubscriptionStatus:
    status = one.status
    return LegacySubscriptionStatus(
        id=one.type_.number,
        subscribed=status.state is not StatusState.UNSUBSCRIBED,
        opt_state=_OPT_STATES[status.state],
        updated_at=timestamps.milliseconds(status.at or one.type_.created_at),
        legal_basis=status.legal_basis or None,
        legal_basis_explanation=status.legal_basis_explanation or None,
    )


def _decision(request: ApiRequest, email: str, change: LegacyStatusChange) -> SubscriptionDecision:
    return SubscriptionDecision(
        email=email,
        subscription=change.id,
        legal_basis=change.legal_basis or "",
        legal_basis_explanation=change.legal_basis_explanation or "",
    )


def _subscribed(number: int, change: LegacyStatusChange, errors: FieldErrors) -> bool | None:
    """Returns the decision. HubSpot's older clients send `subscribed`, and its later ones an `optState`."""
    stated = {"OPT_IN": True, "OPT_OUT": False}.get(change.opt_state or "")
    where = f"subscriptionStatuses[{number}]"
    if errors.any_in(where):
        return None
    if change.subscribed is None and stated is None:
        errors.add(f"{where}.subscribed", "must be true or false", "REQUIRED_FIELD")
    if change.subscribed is not None and stated not in {None, change.subscribed}:
        errors.add(f"{where}.optState", "is the opposite of subscribed", "CONFLICT")
    return stated if change.subscribed is None else change.subscribed


def _item(event: EmailEvent, type_: ChangeType | None) -> TimelineItem:
    cause = EventReference(id=event.id, created=event.created)
    return TimelineItem(
        timestamp=event.created,
        portal_id=_portal(),
        recipient=event.message.address,
        changes=[
            TimelineChange(
                change=one.change,
                change_type=one.type,
                source=one.source,
                portal_id=_portal(),
                caused_by_event=cause,
                subscription_id=one.subscription,
            )
            for one in subscription_changes.of(event)
            if type_ in {None, one.type}
        ],
    )
