"""Contacts over HTTP, as HubSpot's CRM objects API has them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from functions import wiring
from functions.core.contacts import contact_cursor
from functions.core.contacts.contact import Contact
from functions.core.contacts.filters import GROUPS_FIELD, SINGLE_FIELD, PropertyFilter
from functions.core.errors import FieldError, NotFound, Rejected
from functions.core.models.field_errors import FieldErrors
from functions.core.models.nodes import excerpt
from functions.routes.contacts.record_models import (
    ContactRecordPage,
    ContactRecordView,
    ContactSearchPage,
    ContactSearchRequest,
    GdprDeleteRequest,
    IdPropertyQuery,
    MergeRequest,
    RecordCreateRequest,
    RecordListQuery,
    RecordQuery,
    RecordUpdateRequest,
    ScanView,
    SearchFilter,
)
from functions.routes.contacts.record_views import record_view, written_view
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models import contact_texts
from functions.routes.http.models.reader import body_of, query_of, read_body, read_query
from functions.routes.http.paging import next_page
from functions.steps.contacts.records import ContactRecords, ContactReference, IdProperty
from functions.steps.contacts.search import ContactQuery

_ASCENDING, _DESCENDING = _DIRECTIONS = ("ASCENDING", "DESCENDING")
READS_MAX = 20  # pages of the table that one list reads for contacts that are, or are not, archived


def list_contacts(request: ApiRequest) -> ContactRecordPage:
    """A page may be short if the table has many archived contacts: read on while there is a `paging`."""
    query = query_of(request, RecordListQuery)
    kind = f"archived={query.archived}"
    position = _position(query.after, kind)
    contacts: list[Contact] = []
    for _ in range(READS_MAX):
        page = _records().page(position, query.limit)
        contacts += [one for one in page.contacts if (one.archived_at is not None) is query.archived]
        position = page.after or ""
        if not position or len(contacts) >= query.limit:
            break
    if len(contacts) > query.limit:
        contacts = contacts[: query.limit]
        position = contacts[-1].email
    after = contact_cursor.encode(kind, listed=0, position=position) if position else None
    return ContactRecordPage(
        results=[
            record_view(_records().indexed(one), query.properties, query.properties_with_history) for one in contacts
        ],
        paging=next_page(request, after) if after else None,
    )


def create_contact(request: ApiRequest) -> ContactRecordView:
    values = contact_texts(body_of(request, RecordCreateRequest).properties)
    return written_view(_records().create(values, request.caller), values)


def get_contact_record(request: ApiRequest) -> ContactRecordView:
    query = query_of(request, RecordQuery)
    contact = _records().get(_reference(request, query.id_property), archived=query.archived)
    return record_view(contact, query.properties, query.properties_with_history)


def update_contact(request: ApiRequest) -> ContactRecordView:
    errors = FieldErrors()
    query = read_query(IdPropertyQuery, request.query, errors)
    body = read_body(RecordUpdateRequest, request.json(), errors)
    errors.check()
    values = contact_texts(body.properties)
    return written_view(_records().update(_reference(request, query.id_property), values, request.caller), values)


def archive_contact(request: ApiRequest) -> Contact | None:
    """Returns the contact for the audit log: the answer has no body."""
    return _records().archive(_reference(request, query_of(request, IdPropertyQuery).id_property), request.caller)


def search_contacts(request: ApiRequest) -> ContactSearchPage:
    body = body_of(request, ContactSearchRequest)
    if body.filters and body.filter_groups:
        raise Rejected([FieldError("filters", "are one group: put them into filterGroups, next to the others")])
    sort, descending = _sort(body.sorts or [])
    groups = [body.filters] if body.filters else [group.filters for group in body.filter_groups or ()]
    query = ContactQuery(
        groups=[tuple(map(_filter, group)) for group in groups],
        groups_field=SINGLE_FIELD if body.filters else GROUPS_FIELD,
        text=body.query,
        sort=sort,
        descending=descending,
        limit=body.limit,
        after="" if body.after == "0" else body.after,
    )
    results = wiring.get(wiring.contacts.search_contacts)(query)
    cost = results.cost
    return ContactSearchPage(
        total=results.total,
        results=[record_view(one, body.properties) for one in results.contacts],
        scan=ScanView(contacts=cost.contacts, read_units=cost.read_units, complete=cost.complete),
        paging=next_page(request, results.after) if results.after else None,
    )


def merge_contacts(request: ApiRequest) -> ContactRecordView:
    body = body_of(request, MergeRequest)
    primary, secondary = (ContactReference(str(one)) for one in (body.primary_object_id, body.object_id_to_merge))
    return record_view(_records().merge(primary, secondary, request.caller))


def gdpr_delete_contact(request: ApiRequest) -> None:
    """Requests the erasure. An address without a contact may have messages, which are erased."""
    body = body_of(request, GdprDeleteRequest)
    contact = _records().find(ContactReference(body.object_id, body.id_property))
    if contact is None and body.id_property is not IdProperty.EMAIL:
        raise NotFound(f"there is no contact with {body.id_property} {body.object_id!r}")
    email = contact.email if contact else body.object_id
    wiring.get(wiring.contacts.erase_contact).request(email, request.caller)


def _records() -> ContactRecords:
    return wiring.get(wiring.contacts.contact_records)


def _reference(request: ApiRequest, id_property: IdProperty) -> ContactReference:
    return ContactReference(request.path_parameters["contactId"], id_property)


def _position(after: str | None, kind: str) -> str:
    """Returns the address after which a list goes on. Raises Rejected."""
    try:
        return contact_cursor.decode(after, kind)[1] if after else ""
    except ValueError as error:
        raise Rejected([FieldError("after", f"{error}: use the `after` of the previous page")]) from error


def _filter(one: SearchFilter) -> PropertyFilter:
    ends = (end for end in (one.value, one.high_value) if isinstance(end, str))
    values = one.values if one.values is not None else ends
    return PropertyFilter(name=one.property_name, operator=one.operator, values=tuple(values))


def _sort(sorts: Sequence[Any]) -> tuple[str, bool]:
    """Returns the property and whether its order is descending. HubSpot's SDK sends texts, its guides show objects."""
    for entry in islice(sorts, 1):
        match entry:
            case str():
                return entry.removeprefix("-"), entry.startswith("-")
            case {"propertyName": str(name)} if (direction := entry.get("direction") or _ASCENDING) in _DIRECTIONS:
                return name, direction == _DESCENDING
            case {"propertyName": str(), "direction": direction}:
                message = f"must be {_ASCENDING} or {_DESCENDING}, not {excerpt(direction)}"
                raise Rejected([FieldError("sorts[0].direction", message)])
            case _:
                expected = 'must be a property, or an object like {"propertyName": "email", "direction": "DESCENDING"}'
                raise Rejected([FieldError("sorts[0]", expected)])
    return "", False
