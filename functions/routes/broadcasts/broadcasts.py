"""Broadcasts over HTTP."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from functions import wiring
from functions.core import addresses
from functions.core.broadcasts.broadcast import Audience, Broadcast
from functions.core.broadcasts.check import BroadcastCheck
from functions.core.models.field_errors import FieldErrors
from functions.core.sending import lifecycle
from functions.routes.broadcasts.models import (
    AudienceRequest,
    AudienceView,
    BroadcastCheckView,
    BroadcastCreateRequest,
    BroadcastListQuery,
    BroadcastPageView,
    BroadcastPauseRequest,
    BroadcastPreview,
    BroadcastPreviewsView,
    BroadcastProblem,
    BroadcastProgress,
    BroadcastRecipientsQuery,
    BroadcastRecipientsView,
    BroadcastRecipientView,
    BroadcastSendRequest,
    BroadcastTestRequest,
    BroadcastTestView,
    BroadcastUpdateRequest,
    BroadcastView,
    ContactChoice,
    ContactChoiceView,
    ListChoice,
    ListChoiceView,
)
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of, query_of, read_body
from functions.routes.http.paging import next_page, numbered_page
from functions.steps.broadcasts.draft_broadcasts import BroadcastRequest, request_of
from functions.steps.broadcasts.edit_broadcasts import BroadcastEditor
from functions.steps.broadcasts.report import RecipientResult

PREVIEW_MAX = 400_000  # characters of one part of a preview: a response has 6 MB at most


def list_broadcasts(request: ApiRequest) -> BroadcastPageView:
    query = query_of(request, BroadcastListQuery)
    page, after = _editor().page(query.after or "", query.limit)
    return BroadcastPageView(results=[_view(one) for one in page], paging=next_page(request, after) if after else None)


def create_broadcast(request: ApiRequest) -> BroadcastView:
    body = body_of(request, BroadcastCreateRequest)
    chosen = BroadcastRequest(
        name=body.name or f"email {body.email_id}",
        email_id=int(body.email_id),
        **_chosen_audience(body.to),
        custom=body.custom_properties,
        send_at=body.send_at,
        local_time=body.local_time,
        time_zone=body.time_zone,
    )
    return _view(_editor().create(chosen, request.caller))


def get_broadcast(request: ApiRequest) -> BroadcastView:
    return _view(_broadcast(request))


def update_broadcast(request: ApiRequest) -> BroadcastView:
    body = body_of(request, BroadcastUpdateRequest)
    before = _broadcast(request)
    changes = {
        "name": body.name,
        "custom": body.custom_properties,
        "local_time": body.local_time,
        "time_zone": body.time_zone,
    }
    chosen = replace(request_of(before), **{name: value for name, value in changes.items() if value is not None})
    if body.to is not None:
        chosen = replace(chosen, **_chosen_audience(body.to))
    if "sendAt" in request.json():
        chosen = replace(chosen, send_at=body.send_at)
    return _view(_editor().change(before.id, chosen, request.caller, before.version))


def check_broadcast(request: ApiRequest) -> BroadcastCheckView:
    """Begins a check: `get_broadcast_check` has its result."""
    return _check_view(wiring.get(wiring.broadcasts.check_broadcast).request(_broadcast(request)))


def get_broadcast_check(request: ApiRequest) -> BroadcastCheckView:
    return _check_view(wiring.get(wiring.broadcasts.check_broadcast).get(_broadcast(request)))


def preview_broadcast(request: ApiRequest) -> BroadcastPreviewsView:
    previews = wiring.get(wiring.broadcasts.preview_broadcast)(_broadcast(request))
    return BroadcastPreviewsView(
        results=[
            BroadcastPreview(
                email=one.recipient.email,
                subject=one.rendered.subject,
                html=one.rendered.html[:PREVIEW_MAX],
                text=one.rendered.text[:PREVIEW_MAX],
            )
            if one.rendered
            else BroadcastPreview(email=one.recipient.email, error=one.error)
            for one in previews
        ]
    )


def test_broadcast(request: ApiRequest) -> BroadcastTestView:
    """Sends a test mail with the properties of the first recipient. It stores nothing but the test's own message."""
    errors = FieldErrors()
    body = read_body(BroadcastTestRequest, request.json(), errors)
    parsed = [
        errors.parse(f"to[{number}]", addresses.parse, mailbox, "INVALID_EMAIL")
        for number, mailbox in enumerate(body.to or ())
    ]
    errors.check()
    to = [address for address in parsed if address]
    messages = wiring.get(wiring.broadcasts.preview_broadcast).test(_broadcast(request), to, request.caller.key_id)
    return BroadcastTestView(status_ids=[message.key.send_id for message in messages])


def send_broadcast(request: ApiRequest) -> BroadcastView:
    body = body_of(request, BroadcastSendRequest) if request.body else BroadcastSendRequest()
    started = _editor().start(_id(request), request.caller, body.send_at)
    return _view(started)


def pause_broadcast(request: ApiRequest) -> BroadcastView:
    body = body_of(request, BroadcastPauseRequest) if request.body else BroadcastPauseRequest()
    return _view(_editor().pause(_id(request), body.reason, request.caller))


def resume_broadcast(request: ApiRequest) -> BroadcastView:
    return _view(_editor().resume(_id(request), request.caller))


def cancel_broadcast(request: ApiRequest) -> BroadcastView:
    return _view(_editor().cancel(_id(request), request.caller))


def list_broadcast_recipients(request: ApiRequest) -> BroadcastRecipientsView:
    """A page of results is a page of the broadcast."""
    after = query_of(request, BroadcastRecipientsQuery).after
    broadcast = _broadcast(request)
    number = numbered_page(after, broadcast.pages)
    if number > broadcast.pages:
        return BroadcastRecipientsView(results=[])
    rows = wiring.get(wiring.broadcasts.report_broadcast)(broadcast, number)
    return BroadcastRecipientsView(
        results=[_recipient_view(row) for row in rows],
        paging=next_page(request, str(number)) if number < broadcast.pages else None,
    )


def _chosen_audience(to: AudienceRequest) -> dict[str, Any]:
    """Returns the parts of a BroadcastRequest."""
    lists, contacts = to.contact_ils_lists or ListChoice(), to.contact_ids or ContactChoice()
    return {
        "lists": tuple(lists.include),
        "exclude_lists": tuple(lists.exclude),
        "contacts": tuple(contacts.include),
        "exclude_contacts": tuple(contacts.exclude),
        "file": to.file,
    }


def _editor() -> BroadcastEditor:
    return wiring.get(wiring.broadcasts.edit_broadcasts)


def _id(request: ApiRequest) -> str:
    return request.path_parameters["broadcastId"]


def _broadcast(request: ApiRequest) -> Broadcast:
    return _editor().get(_id(request))


def _view(broadcast: Broadcast) -> BroadcastView:
    progress = _editor().progress(broadcast)
    return BroadcastView(
        id=broadcast.id,
        name=broadcast.name,
        email_id=str(broadcast.email_id),
        state=broadcast.state.value,
        to=_audience_view(broadcast.audience),
        custom_properties=dict(broadcast.custom),
        created_at=broadcast.created_at,
        created_by=broadcast.created_by,
        progress=BroadcastProgress(
            pages=broadcast.pages,
            pages_done=progress.pages_done,
            recipients=broadcast.recipients,
            handed=progress.handed,
            outcomes=dict(progress.outcomes),
        ),
        send_at=broadcast.send_at,
        local_time=broadcast.local_time,
        time_zone=broadcast.time_zone,
        revision=broadcast.revision or None,
        started_at=broadcast.started_at or None,
        ended_at=broadcast.ended_at or None,
        unreadable_lines=broadcast.unreadable,
        reason=broadcast.reason,
    )


def _audience_view(audience: Audience) -> AudienceView:
    return AudienceView(
        contact_ils_lists=ListChoiceView(include=list(audience.lists), exclude=list(audience.exclude_lists)),
        contact_ids=ContactChoiceView(include=list(audience.contacts), exclude=list(audience.exclude_contacts)),
        file=audience.file,
    )


def _check_view(check: BroadcastCheck) -> BroadcastCheckView:
    return BroadcastCheckView(
        done=check.done,
        recipients=check.recipients,
        deliverable=check.deliverable,
        refused=dict(check.refused),
        missing_properties=check.missing_properties,
        unreadable=check.unreadable,
        suppressed=check.suppressed,
        problems=[
            BroadcastProblem(kind=one.kind.value, message=one.message, line=one.line or None, email=one.email)
            for one in check.problems
        ],
        started_at=check.started_at,
        more_problems=check.more_problems,
        ended_at=check.ended_at or None,
        error=check.error,
    )


def _recipient_view(row: RecipientResult) -> BroadcastRecipientView:
    message, recipient = row.message, row.recipient
    if message is None:
        return BroadcastRecipientView(email=recipient.email, outcome=row.outcome, line=recipient.line or None)
    return BroadcastRecipientView(
        email=recipient.email,
        outcome=row.outcome,
        line=recipient.line or None,
        result=str(lifecycle.outcome(message) or ""),
        reason=message.reason,
        status_id=message.key.send_id,
        at=message.settled_at,
    )
