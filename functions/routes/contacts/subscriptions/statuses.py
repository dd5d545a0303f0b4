"""Subscription statuses over HTTP, as HubSpot's v4 and dated preferences APIs have them. A batch is done whole or refused whole."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, TypeVar

from functions import wiring
from functions.core import timestamps
from functions.core.contacts.subscriptions.status import StatusState
from functions.core.contacts.subscriptions.subscription import BUILT_IN, SubscriptionType
from functions.core.errors import FieldError, Rejected
from functions.core.models.field_errors import FieldErrors
from functions.routes.contacts.subscriptions.status_models import (
    AddressBatchRequest,
    ChannelQuery,
    ContactStatuses,
    ContactWideStatuses,
    DefinitionsQuery,
    LinkGenerationRequest,
    LinkGenerationResponse,
    NumberedDefinition,
    PartialStatusRequest,
    PublicStatus,
    StatusBatchRequest,
    StatusRequest,
    SubscriberPath,
    UnsubscribeAllQuery,
    WideStatus,
)
from functions.routes.http import batches
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of, path_of, query_of, read_body, read_query
from functions.steps.contacts.statuses import Statuses, SubscriptionDecision, TypeStatus

JSON = dict[str, Any]
Query = TypeVar("Query", ChannelQuery, UnsubscribeAllQuery)


def list_definitions(request: ApiRequest) -> JSON:
    translations: list[str] | None = [] if query_of(request, DefinitionsQuery).include_translations else None
    types = wiring.get(wiring.contacts.subscriptions).list_types()
    return _completed([_definition(type_, translations) for type_ in types])


def get_statuses(request: ApiRequest) -> JSON:
    query_of(request, ChannelQuery)
    return _completed([_status(one) for one in _statuses().get(_subscriber(request))])


def update_status(request: ApiRequest) -> JSON:
    body, email = body_of(request, PartialStatusRequest), _subscriber(request)
    done = _statuses().set(_decision(request, email, body), body.status_state, request.caller)
    return _completed([_status(done)])


def get_unsubscribe_all_status(request: ApiRequest) -> JSON:
    query_of(request, ChannelQuery)
    return _completed(_wide(_subscriber(request)))


def unsubscribe_all(request: ApiRequest) -> JSON:
    query, email = query_of(request, UnsubscribeAllQuery), _subscriber(request)
    changed = _unsubscribe_all(request, email)
    return _completed(changed if query.verbose else [])


def read_statuses(request: ApiRequest) -> JSON:
    _, addresses = _batch(request, ChannelQuery)
    contacts = ((email, _statuses().get(email)) for email in addresses)
    results = [ContactStatuses(email, [_status(one) for one in statuses]) for email, statuses in contacts]
    return _completed(results)


def write_statuses(request: ApiRequest) -> JSON:
    """Checks every input before it changes the first."""
    steps = _statuses()
    inputs = [(one, _input_decision(request, one)) for one in body_of(request, StatusBatchRequest).inputs]
    errors = []
    for number, (one, decision) in enumerate(inputs):
        try:
            steps.check(decision, one.status_state)
        except Rejected as rejected:
            errors += [
                FieldError(f"inputs[{number}].{error.field}", error.message, error.code) for error in rejected.errors
            ]
    if errors:
        raise Rejected(errors)

    def write(pair: tuple[StatusRequest, SubscriptionDecision]) -> PublicStatus:
        one, decision = pair
        return _status(steps.set(decision, one.status_state, request.caller))

    return batches.each(inputs, write, _completed)


def unsubscribe_all_contacts(request: ApiRequest) -> JSON:
    query, addresses = _batch(request, UnsubscribeAllQuery)

    def unsubscribe(email: str) -> ContactStatuses:
        changed = _unsubscribe_all(request, email)
        return ContactStatuses(email, changed if query.verbose else None)

    return batches.each(addresses, unsubscribe, _completed)


def read_unsubscribe_all_statuses(request: ApiRequest) -> JSON:
    _, addresses = _batch(request, ChannelQuery)
    results = [ContactWideStatuses(email, _wide(email)) for email in addresses]
    return _completed(results)


def generate_links(request: ApiRequest) -> LinkGenerationResponse:
    """The pages of these links change nothing until a person presses a button."""
    errors = FieldErrors()
    read_query(ChannelQuery, request.query, errors)
    body = read_body(LinkGenerationRequest, request.json(), errors)
    errors.check()
    type_ = _statuses().optional_type(body.subscription_id) if body.subscription_id else None
    link = wiring.get(wiring.contacts.unsubscribe).make_link(body.subscriber_id_string)
    url = functools.partial(link.url, wiring.container().settings.public_url)
    language = {"language": body.language} if body.language else {}
    return LinkGenerationResponse(
        subscriber_id_string=link.email,
        manage_preferences_url=url(**language),
        unsubscribe_all_url=url(all="true", **language),
        unsubscribe_single_url=url(subscription=str(type_.number), **language) if type_ else None,
    )


def _statuses() -> Statuses:
    return wiring.get(wiring.contacts.statuses)


def _subscriber(request: ApiRequest) -> str:
    return path_of(request, SubscriberPath).subscriber_id_string.lower()


def _batch(request: ApiRequest, model: type[Query]) -> tuple[Query, list[str]]:
    """Returns the query and the addresses, each once. Raises Rejected with every error of both."""
    errors = FieldErrors()
    query = read_query(model, request.query, errors)
    body = read_body(AddressBatchRequest, request.json(), errors)
    errors.check()
    return query, list(dict.fromkeys(email.lower() for email in body.inputs))


def _input_decision(request: ApiRequest, body: StatusRequest) -> SubscriptionDecision:
    return _decision(request, body.subscriber_id_string.lower(), body)


def _decision(request: ApiRequest, email: str, body: PartialStatusRequest) -> SubscriptionDecision:
    return SubscriptionDecision(
        email=email,
        subscription=body.subscription_id,
        legal_basis=body.legal_basis or "",
        legal_basis_explanation=body.legal_basis_explanation or "",
    )


def _unsubscribe_all(request: ApiRequest, email: str) -> list[PublicStatus]:
    return [_status(one) for one in _statuses().unsubscribe_all(email, request.caller)]


def _status(done: TypeStatus) -> PublicStatus:
    return PublicStatus(
        subscriber_id_string=done.email,
        subscription_id=done.type_.number,
        subscription_name=done.type_.name,
        channel="EMAIL",
        status=done.status.state,
        source=done.status.source,
        timestamp=done.status.at or done.type_.created_at,
        legal_basis=done.status.legal_basis or None,
        legal_basis_explanation=done.status.legal_basis_explanation or None,
        set_status_success_reason=done.change,
    )


def _wide(email: str) -> list[WideStatus]:
    status = _statuses().get_wide(email)
    if status.state is not StatusState.UNSUBSCRIBED:
        return []
    return [WideStatus(email, "EMAIL", status.state, status.at, "PORTAL_WIDE")]


def _definition(type_: SubscriptionType, translations: list[str] | None) -> NumberedDefinition:
    return NumberedDefinition(
        id=str(type_.number),
        name=type_.name,
        description=type_.description,
        purpose=type_.purpose,
        communication_method="Email",
        is_active=type_.active,
        is_default=type_ is BUILT_IN,
        is_internal=type_ is BUILT_IN,
        created_at=type_.created_at,
        updated_at=type_.updated_at,
        subscription_translations=translations,
    )


def _completed(results: Sequence[Any]) -> JSON:
    now = timestamps.iso(wiring.container().clock())
    return {"status": "COMPLETE", "startedAt": now, "completedAt": now, "results": results}
