"""Imports of contacts: HubSpot's shapes, and our own request for a file that was uploaded."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from functions.core.contacts.contact_import import NAME_MAX, DateFormat
from functions.core.models.format import Format
from functions.routes.contacts.list_models import ListId, ListName
from functions.routes.http.models import ApiModel, Instant, OpenModel, OwnModel
from functions.routes.http.paging import ForwardPaging


def _properties(value: object) -> list[str]:
    """'phone' → ['phone']: a column, or each column of one name."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TypeError(value)
    return names


Properties = Annotated[
    str | list[str],
    Meta(extra={"format": Format(_properties, "a property, or a list of one for each column of the name", "phone")}),
]


UpsertOnly = Annotated[
    Literal["UPSERT"],
    Meta(extra={"expected": "UPSERT: an import creates the contacts that do not exist, and updates the others"}),
]


class ColumnMapping(OpenModel):
    """HubSpot's. A column without `propertyName` is not imported. Columns of one name are mapped in the order of the file."""

    column_name: str
    property_name: str = ""
    column_object_type_id: str = "0-1"


class FileImportPage(OpenModel):
    column_mappings: list[ColumnMapping] = field(default_factory=list)
    has_header: bool = True


class ImportFile(OpenModel):
    file_import_page: FileImportPage
    file_name: str = ""
    file_format: Literal["CSV", "SPREADSHEET"] = "CSV"


class HubSpotImportRequest(OpenModel):
    name: Annotated[str, Meta(min_length=1, max_length=NAME_MAX)]
    files: Annotated[list[ImportFile], Meta(min_length=1, max_length=1)]
    date_format: DateFormat = DateFormat.MONTH_DAY_YEAR
    import_operations: dict[str, UpsertOnly] = field(default_factory=dict)
    create_contact_list_from_import: Annotated[
        bool, Meta(description="whether a manual list with the import's name is created, which the contacts join")
    ] = False


class ImportCreateRequest(OwnModel):
    """`mapping` is from the file's columns to properties; absent: by the names and labels of the properties. Several columns of one name
    have a list of properties, in the order of the file; an empty one is not imported.
    """

    upload_id: Annotated[str, Meta(max_length=36, description="of a CSV file: see /staffetta/v1/uploads")]
    name: Annotated[str, Meta(max_length=NAME_MAX)] = ""
    mapping: dict[str, Properties] | None = None
    date_format: DateFormat = DateFormat.YEAR_MONTH_DAY
    list_id: Annotated[ListId, Meta(description="a manual list, to which the contacts are added")] | None = None
    new_list: (
        Annotated[ListName, Meta(description="the name of a manual list that is created, in place of `listId`")] | None
    ) = None
    opt_out: Annotated[
        str, Meta(max_length=100, description="a subscription type that every contact of the file leaves; * for all")
    ] = ""


class ImportListQuery(ApiModel):
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    after: str | None = None


class ImportErrorsQuery(OpenModel):
    after: str | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 1000


class ImportedList(ApiModel):
    list_id: str
    object_type: str


class ImportMetadata(ApiModel):
    """`fileEncoding` is as it was recognised."""

    counters: dict[str, int]
    file_ids: list[str]
    object_lists: Annotated[list[ImportedList], Meta(description="the list that the contacts join")]
    file_encoding: str


class ImportView(ApiModel):
    id: str
    state: Literal["STARTED", "PROCESSING", "DONE", "FAILED", "CANCELED"]
    created_at: Instant
    updated_at: Instant
    metadata: ImportMetadata
    opt_out_import: Annotated[bool, Meta(description="whether the contacts leave a subscription type")]
    mapped_object_type_ids: list[str]
    import_name: str
    reason: str = ""


class ImportPageView(ApiModel):
    results: list[ImportView]
    paging: ForwardPaging | None = None


class ImportRow(ApiModel):
    line_number: Annotated[int, Meta(description="of the file, from 1")]
    file_id: int
    page_name: str
    row_data: list[str]
    additional_row_data: list[str]
    contains_encrypted_properties: bool


class ImportErrorView(ApiModel):
    id: str
    created_at: int
    error_type: str
    error_message: str
    source_data: ImportRow
    object_type: str
    column: str = ""


class ImportErrorsView(ApiModel):
    results: list[ImportErrorView]
    paging: ForwardPaging | None = None


class ImportActionView(ApiModel):
    """HubSpot's ActionResponse."""

    status: Literal["COMPLETE"]
    started_at: Instant
    completed_at: Instant
