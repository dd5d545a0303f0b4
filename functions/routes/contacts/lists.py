"""Lists of contacts over HTTP, as HubSpot's lists API has them."""

from __future__ import annotations

from typing import Any

from functions import wiring
from functions.core.contacts import contact_cursor
from functions.core.contacts.lists.contact_list import CONTACT_TYPE_ID, ContactList
from functions.core.errors import FieldError, NotFound, Rejected
from functions.core.ids import contact_number
from functions.core.models.field_errors import FieldErrors
from functions.routes.contacts.list_models import (
    ListAnswer,
    ListCreateRequest,
    ListFiltersRequest,
    ListIdsQuery,
    ListPairPath,
    ListPath,
    ListQuery,
    ListRenameQuery,
    ListsAnswer,
    ListSearchAnswer,
    ListSearchHit,
    ListSearchRequest,
    ListUpdateAnswer,
    ListView,
    MembershipChangeRequest,
    MembershipChangeView,
    MembershipPage,
    MembershipQuery,
    MembershipView,
    RecordListsAnswer,
    RecordListView,
)
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of, path_of, query_of, read_body
from functions.routes.http.paging import next_page
from functions.steps.contacts.lists import ListEditor, MembershipChange
from functions.steps.contacts.records import ContactReference


def create_list(request: ApiRequest) -> ListAnswer:
    body = body_of(request, ListCreateRequest)
    created = _editor().create(body.name, request.caller, body.processing_type, body.filter_branch)
    return ListAnswer(list=_view(created))


def list_lists(request: ApiRequest) -> ListsAnswer:
    """Without `listIds`, all of them. HubSpot leaves out an id that no list has."""
    query = query_of(request, ListIdsQuery)
    lists = [one for one in _editor().all() if query.list_ids is None or str(one.id) in query.list_ids]
    return ListsAnswer(lists=[_view(one, with_filters=query.include_filters) for one in lists])


def get_list(request: ApiRequest) -> ListAnswer:
    with_filters = query_of(request, ListQuery).include_filters
    return ListAnswer(list=_view(_editor().get(_id(request)), with_filters=with_filters))


def get_list_by_name(request: ApiRequest) -> ListAnswer:
    _require_contacts(request)
    with_filters = query_of(request, ListQuery).include_filters
    existing = _editor().get_by_name(request.path_parameters["listName"])
    return ListAnswer(list=_view(existing, with_filters=with_filters))


def search_lists(request: ApiRequest) -> ListSearchAnswer:
    """HubSpot's clients demand `listIds` and `processingTypes`, so an empty one is no filter."""
    body = body_of(request, ListSearchRequest)
    matches = [
        one
        for one in _editor().all()
        if body.object_type_id == CONTACT_TYPE_ID
        and body.query.casefold() in one.name.casefold()
        and (not body.list_ids or str(one.id) in body.list_ids)
        and (not body.processing_types or one.processing_type in body.processing_types)
    ]
    end = body.offset + body.count
    return ListSearchAnswer(
        total=len(matches),
        offset=min(end, len(matches)),
        has_more=end < len(matches),
        lists=[_hit(one) for one in matches[body.offset : end]],
    )


def rename_list(request: ApiRequest) -> ListUpdateAnswer:
    name = query_of(request, ListRenameQuery).list_name
    return ListUpdateAnswer(updated_list=_view(_editor().rename(_id(request), name, request.caller)))


def update_list_filters(request: ApiRequest) -> ListUpdateAnswer:
    """Members change when the evaluation is over."""
    branch = body_of(request, ListFiltersRequest).filter_branch
    return ListUpdateAnswer(updated_list=_view(_editor().refilter(_id(request), branch, request.caller)))


def evaluate_list(request: ApiRequest) -> ListAnswer:
    return ListAnswer(list=_view(_editor().evaluate_now(_id(request), request.caller)))


def delete_list(request: ApiRequest) -> ContactList:
    """Returns the list for the audit log: the answer has no body."""
    return _editor().delete(_id(request), request.caller)


def restore_list(request: ApiRequest) -> ContactList:
    return _editor().restore(_id(request), request.caller)


def add_list_members(request: ApiRequest) -> MembershipChangeView:
    ids = _record_ids(request, "recordIdsToAdd").record_ids_to_add or ()
    return _changed(_editor().change(_id(request), request.caller, add=ids))


def remove_list_members(request: ApiRequest) -> MembershipChangeView:
    ids = _record_ids(request, "recordIdsToRemove").record_ids_to_remove or ()
    return _changed(_editor().change(_id(request), request.caller, remove=ids))


def change_list_members(request: ApiRequest) -> MembershipChangeView:
    """A contact that is to be removed and added is a member afterwards."""
    body = body_of(request, MembershipChangeRequest)
    add, remove = body.record_ids_to_add or (), body.record_ids_to_remove or ()
    return _changed(_editor().change(_id(request), request.caller, add=add, remove=remove))


def add_list_members_from(request: ApiRequest) -> None:
    path = path_of(request, ListPairPath)
    _editor().add_from(path.list_id, path.source_list_id, request.caller)


def clear_list(request: ApiRequest) -> None:
    _editor().clear(_id(request), request.caller)


def list_list_members(request: ApiRequest) -> MembershipPage:
    """In no order: HubSpot's order of joining does not exist here."""
    query, list_id = query_of(request, MembershipQuery), _id(request)
    kind = f"members of {list_id}"
    position = _position(query.after, kind)
    total = _editor().get(list_id).size
    members, after = _editor().page(list_id, position, query.limit)
    cursor = contact_cursor.encode(kind, listed=0, position=after) if after else ""
    return MembershipPage(
        total=total,
        results=[MembershipView(str(contact_number(one.email)), one.joined_at) for one in members],
        paging=next_page(request, cursor) if cursor else None,
    )


def list_record_lists(request: ApiRequest) -> RecordListsAnswer:
    _require_contacts(request)
    memberships = _editor().of_contact(ContactReference(request.path_parameters["recordId"]))
    results = [
        RecordListView(str(one.id), one.list_version, joined.joined_at, joined.joined_at) for one, joined in memberships
    ]
    return RecordListsAnswer(total=len(results), results=results)


def _editor() -> ListEditor:
    return wiring.get(wiring.contacts.list_editor)


def _id(request: ApiRequest) -> int:
    return path_of(request, ListPath).list_id


def _record_ids(request: ApiRequest, name: str) -> MembershipChangeRequest:
    """Reads a body that is a list of ids. Raises Rejected."""
    errors = FieldErrors()
    body = read_body(MembershipChangeRequest, {name: request.json_list()}, errors)
    errors.check()
    return body


def _require_contacts(request: ApiRequest) -> None:
    object_type = request.path_parameters["objectTypeId"]
    if object_type != CONTACT_TYPE_ID:
        raise NotFound(f"there are lists of contacts ({CONTACT_TYPE_ID}) only, and none of {object_type!r}")


def _position(after: str | None, kind: str) -> str:
    try:
        return contact_cursor.decode(after, kind)[1] if after else ""
    except ValueError as error:
        raise Rejected([FieldError("after", f"{error}: use the `after` of the previous page")]) from error


def _changed(change: MembershipChange) -> MembershipChangeView:
    added, removed = ([str(one.id) for one in contacts] for contacts in (change.added, change.removed))
    return MembershipChangeView(added, removed, list(change.missing))


def _fields(one: ContactList) -> dict[str, Any]:
    latest = one.evaluation
    return {
        "list_id": str(one.id),
        "name": one.name,
        "object_type_id": CONTACT_TYPE_ID,
        "processing_type": one.processing_type,
        "processing_status": "COMPLETE" if one.is_current else "PROCESSING",
        "list_version": one.list_version,
        "size": one.size,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "created_by_id": one.created_by,
        "updated_by_id": one.updated_by,
        "deleted_at": one.deleted_at,
        "filters_updated_at": one.filters_updated_at or None,
        "evaluated_at": one.evaluated_at or None,
        "evaluating": not one.is_current or (latest is not None and latest.began_at != one.evaluated_at),
    }


def _view(one: ContactList, *, with_filters: bool = False) -> ListView:
    return ListView(**_fields(one), filter_branch=one.filter_branch if with_filters else None)


def _hit(one: ContactList) -> ListSearchHit:
    return ListSearchHit(**_fields(one), additional_properties={"hs_list_size": str(one.size)})
