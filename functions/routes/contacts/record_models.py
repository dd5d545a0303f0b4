"""Contacts as HubSpot's CRM objects API writes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from functions.core.contacts.filters import FILTERS_MAX, GROUPS_MAX, VALUES_MAX, Operator
from functions.core.contacts.property_definitions import DEFINITIONS_MAX
from functions.core.models.format import Format
from functions.routes.http.models import ApiModel, ContactProperties, Id, Instant, PropertyText
from functions.routes.http.paging import ForwardPaging
from functions.routes.http.problem_model import ProblemDetail
from functions.steps.contacts.records import IdProperty

BATCH_MAX = 100  # HubSpot's own limit
PAGE_MAX = 100
SEARCH_PAGE_MAX = 200
QUERY_MAX = 3000  # characters


def _text(value: object) -> str:
    """HubSpot's clients write an id or a cursor as text or as a number."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(value)
    return str(value)


def _no_entries(value: object) -> list[Any]:
    if value != []:
        raise ValueError(value)
    return []


NameList = Annotated[list[str], Meta(max_length=DEFINITIONS_MAX)]
Names = Annotated[NameList, Meta(description="properties of the answer, besides the ones that are always in it")]
History = Annotated[NameList, Meta(description="properties with the time of their value: only the latest is stored")]
IdPropertyName = Annotated[IdProperty, Meta(description="what the id is: the contact's number, or its address")]
RecordId = Annotated[
    str, Meta(description="a contact's id, or its address", extra={"format": Format(_text, "an id or an address", "7")})
]
SearchAfter = Annotated[
    str,
    Meta(
        description="`paging.next.after` of this query's previous page",
        extra={"format": Format(_text, "the paging.next.after of the previous page", "0")},
    ),
]
Associations = Annotated[
    list[Any],
    Meta(
        max_length=0,
        description="must be empty: there are contacts only",
        extra={"format": Format(_no_entries, "an empty list: there are contacts only, with no associations", "[]")},
    ),
]


class RecordQuery(ApiModel):
    properties: Names | None = None
    properties_with_history: History | None = None
    archived: bool = False
    id_property: IdPropertyName = IdProperty.NUMBER


class RecordListQuery(ApiModel):
    limit: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = 10
    after: str | None = None
    properties: Names | None = None
    properties_with_history: History | None = None
    archived: bool = False


class IdPropertyQuery(ApiModel):
    id_property: IdPropertyName = IdProperty.NUMBER


class RecordCreateRequest(ApiModel):
    properties: ContactProperties
    associations: Associations | None = None


class RecordUpdateRequest(ApiModel):
    properties: ContactProperties


class RecordInput(ApiModel):
    id: RecordId


class RecordUpdateInput(ApiModel):
    id: RecordId
    properties: ContactProperties
    id_property: IdPropertyName = IdProperty.NUMBER


class RecordUpsertInput(ApiModel):
    id: RecordId
    properties: ContactProperties
    id_property: Annotated[
        Literal["email"] | None, Meta(description="email, which is also the default: a number names no new contact")
    ] = None


class BatchCreateRequest(ApiModel):
    inputs: Annotated[list[RecordCreateRequest], Meta(min_length=1, max_length=BATCH_MAX)]


class BatchReadRequest(ApiModel):
    inputs: Annotated[list[RecordInput], Meta(min_length=1, max_length=BATCH_MAX)]
    properties: Names | None = None
    properties_with_history: History | None = None
    id_property: IdPropertyName = IdProperty.NUMBER


class BatchUpdateRequest(ApiModel):
    inputs: Annotated[list[RecordUpdateInput], Meta(min_length=1, max_length=BATCH_MAX)]


class BatchUpsertRequest(ApiModel):
    inputs: Annotated[list[RecordUpsertInput], Meta(min_length=1, max_length=BATCH_MAX)]


class BatchArchiveRequest(ApiModel):
    inputs: Annotated[list[RecordInput], Meta(min_length=1, max_length=BATCH_MAX)]


class MergeRequest(ApiModel):
    primary_object_id: Id
    object_id_to_merge: Id


class GdprDeleteRequest(ApiModel):
    object_id: RecordId
    id_property: IdPropertyName = IdProperty.NUMBER


class SearchFilter(ApiModel):
    property_name: str
    operator: Operator
    value: PropertyText = None
    high_value: PropertyText = None
    values: Annotated[list[str], Meta(max_length=VALUES_MAX)] | None = None


class SearchFilterGroup(ApiModel):
    filters: Annotated[list[SearchFilter], Meta(max_length=FILTERS_MAX)]


class ContactSearchRequest(ApiModel):
    query: Annotated[str, Meta(max_length=QUERY_MAX, description="words in name, address, phone or company")] = ""
    filter_groups: Annotated[list[SearchFilterGroup], Meta(max_length=GROUPS_MAX)] | None = None
    filters: (
        Annotated[list[SearchFilter], Meta(max_length=FILTERS_MAX, description="of one group, without `filterGroups`")]
        | None
    ) = None
    sorts: (
        Annotated[
            list[Any],
            Meta(
                max_length=1, description='a property, `-property`, or {"propertyName": …, "direction": "DESCENDING"}'
            ),
        ]
        | None
    ) = None
    properties: Names | None = None
    limit: Annotated[int, Meta(ge=1, le=SEARCH_PAGE_MAX)] = 10
    after: SearchAfter = ""


class PropertyHistoryEntry(ApiModel):
    value: str
    timestamp: Instant
    source_type: Literal["API"]


class ContactRecordView(ApiModel):
    """HubSpot's SimplePublicObject. All values are texts; a requested property without a value is null."""

    id: str
    properties: dict[str, str | None]
    created_at: Instant
    updated_at: Instant
    archived: bool
    archived_at: Instant | None = None
    properties_with_history: dict[str, list[PropertyHistoryEntry]] | None = None
    new: Annotated[bool, Meta(description="of an upsert: whether it created the contact")] | None = None


class ContactRecordPage(ApiModel):
    results: list[ContactRecordView]
    paging: ForwardPaging | None = None


class ScanView(ApiModel):
    """What a search read (a Staffetta extension)."""

    contacts: int
    read_units: Annotated[float, Meta(description="of DynamoDB; a million cost $0.125 in most regions")]
    complete: Annotated[bool, Meta(description="false: `total` counts the contacts that were read so far")]


class ContactSearchPage(ApiModel):
    total: int
    results: list[ContactRecordView]
    scan: ScanView
    paging: ForwardPaging | None = None


class BatchError(ApiModel):
    """One input that failed. HubSpot's clients read it."""

    status: Literal["error"]
    category: str
    message: str
    context: dict[str, list[str]]
    links: dict[str, str]
    errors: list[ProblemDetail]


class ContactBatchResponse(ApiModel):
    """Answers 207 with `errors` if an input failed. The other inputs are done."""

    status: Literal["COMPLETE"]
    results: list[ContactRecordView]
    started_at: Instant
    completed_at: Instant
    num_errors: int | None = None
    errors: list[BatchError] | None = None
