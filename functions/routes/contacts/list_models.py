"""Lists of contacts as HubSpot's lists API writes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from functions.core.contacts.lists.contact_list import CONTACT_TYPE_ID, MEMBERS_MAX, NAME_MAX, ProcessingType
from functions.core.contacts.lists.list_filters import FilterBranch
from functions.core.models.format import Format as Rule
from functions.core.models.format import positive_int64
from functions.routes.contacts.record_models import RecordId
from functions.routes.http.models import ApiModel, Instant
from functions.routes.http.paging import ForwardPaging

MEMBERS_PAGE_MAX = 250
LISTS_PAGE_MAX = 500


def _number(text: Any) -> int:
    return positive_int64(text)


ObjectTypeId = Annotated[
    str,
    Meta(pattern=f"^{CONTACT_TYPE_ID}$", extra={"expected": f"{CONTACT_TYPE_ID}: lists are of contacts"}),
]
ListName = Annotated[str, Meta(min_length=1, max_length=NAME_MAX, extra={"printable": True})]
ListId = Annotated[int, Meta(gt=0, extra={"format": Rule(_number, "a list's id", "7")})]
RecordIds = Annotated[list[RecordId], Meta(max_length=MEMBERS_MAX)]


class ListPath(ApiModel):
    list_id: ListId


class ListPairPath(ApiModel):
    list_id: ListId
    source_list_id: ListId


class ListCreateRequest(ApiModel):
    name: ListName
    object_type_id: ObjectTypeId
    processing_type: ProcessingType
    filter_branch: FilterBranch | None = None


class ListFiltersRequest(ApiModel):
    filter_branch: FilterBranch


class ListQuery(ApiModel):
    include_filters: Annotated[bool, Meta(description="whether the answer has `filterBranch`")] = False


class ListRenameQuery(ApiModel):
    list_name: ListName


class ListIdsQuery(ApiModel):
    list_ids: Annotated[list[str], Meta(max_length=LISTS_PAGE_MAX)] | None = None
    include_filters: Annotated[bool, Meta(description="whether each list has its `filterBranch`")] = False


class ListSearchRequest(ApiModel):
    query: Annotated[str, Meta(max_length=NAME_MAX, description="a part of the name")] = ""
    list_ids: Annotated[list[RecordId], Meta(max_length=LISTS_PAGE_MAX)] | None = None
    processing_types: list[ProcessingType] | None = None
    object_type_id: Annotated[str, Meta(description="of another type than contacts there are no lists")] = (
        CONTACT_TYPE_ID
    )
    offset: Annotated[int, Meta(ge=0)] = 0
    count: Annotated[int, Meta(ge=1, le=LISTS_PAGE_MAX)] = 20


class MembershipQuery(ApiModel):
    limit: Annotated[int, Meta(ge=1, le=MEMBERS_PAGE_MAX)] = 100
    after: str | None = None


class MembershipChangeRequest(ApiModel):
    record_ids_to_add: RecordIds | None = None
    record_ids_to_remove: RecordIds | None = None


class ListView(ApiModel):
    """HubSpot's PublicObjectList, and when its filters were last evaluated."""

    list_id: str
    name: str
    object_type_id: Literal["0-1"]
    processing_type: ProcessingType
    processing_status: Annotated[
        Literal["COMPLETE", "PROCESSING"], Meta(description="PROCESSING: the members are those of earlier filters")
    ]
    list_version: int
    size: int
    created_at: Instant
    updated_at: Instant
    created_by_id: Annotated[str, Meta(description="the owner of the API key")]
    updated_by_id: str
    deleted_at: Instant | None = None
    filters_updated_at: Instant | None = None
    evaluated_at: Annotated[
        Instant | None, Meta(description="when the latest complete evaluation of its filters began")
    ] = None
    evaluating: Annotated[bool, Meta(description="an evaluation is under way")] = False
    filter_branch: Annotated[FilterBranch | None, Meta(description="only with `includeFilters`")] = None


class ListAnswer(ApiModel):
    list: ListView


class ListsAnswer(ApiModel):
    lists: list[ListView]


class ListUpdateAnswer(ApiModel):
    updated_list: ListView


class ListSearchHit(ListView, kw_only=True):
    additional_properties: dict[str, str]


class ListSearchAnswer(ApiModel):
    total: int
    offset: int
    has_more: bool
    lists: list[ListSearchHit]


class MembershipView(ApiModel):
    record_id: str
    membership_timestamp: Instant


class MembershipPage(ApiModel):
    total: int
    results: list[MembershipView]
    paging: ForwardPaging | None = None


class MembershipChangeView(ApiModel):
    """HubSpot's spelling of the first name."""

    records_ids_added: list[str]
    record_ids_removed: list[str]
    record_ids_missing: list[str]


class RecordListView(ApiModel):
    list_id: str
    list_version: int
    first_added_timestamp: Instant
    last_added_timestamp: Instant


class RecordListsAnswer(ApiModel):
    total: int
    results: list[RecordListView]
