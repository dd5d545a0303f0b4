"""Imports of contacts over HTTP: HubSpot's multipart call, and ours for a large file that was uploaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from functions import wiring
from functions.core import timestamps
from functions.core.contacts.contact_import import MAPPING, ContactImport, LineError
from functions.core.contacts.lists.contact_list import CONTACT_TYPE_ID
from functions.core.errors import FieldError, Rejected
from functions.core.models import json_text
from functions.core.models.field_errors import FieldErrors
from functions.http.multipart import parts_of
from functions.routes.contacts.import_models import (
    ColumnMapping,
    HubSpotImportRequest,
    ImportActionView,
    ImportCreateRequest,
    ImportedList,
    ImportErrorsQuery,
    ImportErrorsView,
    ImportErrorView,
    ImportListQuery,
    ImportMetadata,
    ImportPageView,
    ImportRow,
    ImportView,
)
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of, query_of, read_body
from functions.routes.http.paging import next_page, numbered_page
from functions.steps.contacts.manage_imports import FILE, NEW_LIST, ImportRequest, ManageImports

ERROR_TYPES: Mapping[str, str] = {  # HubSpot's, whose typed clients refuse any other
    "INVALID_EMAIL": "INVALID_EMAIL",
    "INVALID_INTEGER": "COULD_NOT_PARSE_NUMBER",
    "INVALID_DATE": "COULD_NOT_PARSE_DATE",
    "INVALID_OPTION": "INVALID_ENUMERATION_OPTION",
    "INVALID_BOOLEAN": "INVALID_ENUMERATION_OPTION",
    "INVALID_LENGTH": "COLUMN_TOO_LARGE",
    "PROPERTY_DOESNT_EXIST": "PROPERTY_DEFINITION_NOT_FOUND",
    "TOO_MANY_VALUES": "INCORRECT_NUMBER_OF_COLUMNS",
    "UNREADABLE_LINE": "COULD_NOT_PARSE_ROW",
    "TOO_LARGE": "ROW_DATA_TOO_LARGE",
    "ERASED": "GDPR_BLACKLISTED_EMAIL",
}
OTHER_ERROR = "FAILED_VALIDATION"


def create_import(request: ApiRequest) -> ImportView:
    parts = parts_of(request.headers.get("content-type", ""), request.body)
    errors = FieldErrors()
    for name in ("importRequest", "files"):
        if len(parts.get(name, [])) != 1:
            errors.add(
                name, f"is a part that must be there once, not {len(parts.get(name, []))} times", "REQUIRED_FIELD"
            )
    errors.check()
    body = _hubspot_request(parts["importRequest"][0])
    (file,) = body.files
    if file.file_format != "CSV":
        raise Rejected([FieldError("files[0].fileFormat", "must be CSV: save the spreadsheet as CSV", "INVALID_FILE")])
    if not file.file_import_page.has_header:
        errors.add("files[0].fileImportPage.hasHeader", "must be true: the first line of the file names its columns")
    errors.extend(_foreign_columns(file.file_import_page.column_mappings))
    errors.check()
    mapping: dict[str, list[str]] = {}
    for one in file.file_import_page.column_mappings:
        mapping.setdefault(one.column_name.strip(), []).append(one.property_name)
    step = _step()
    upload_id = step.upload(parts["files"][0])
    chosen = ImportRequest(
        name=body.name,
        file=upload_id,
        mapping=mapping or None,
        date_format=body.date_format,
        new_list=body.name if body.create_contact_list_from_import else "",
    )
    return _created(
        chosen, request, {FILE: "files", NEW_LIST: "name", MAPPING: "files[0].fileImportPage.columnMappings"}
    )


def create_import_of_upload(request: ApiRequest) -> ImportView:
    body = body_of(request, ImportCreateRequest)
    chosen = ImportRequest(
        name=body.name or "import",
        file=body.upload_id,
        mapping=body.mapping and {name.strip(): list(properties) for name, properties in body.mapping.items()},
        date_format=body.date_format,
        list_id=body.list_id,
        new_list=body.new_list or "",
        opt_out=body.opt_out,
    )
    return _created(chosen, request, {FILE: "uploadId", MAPPING: "mapping"})


def _created(chosen: ImportRequest, request: ApiRequest, fields: Mapping[str, str]) -> ImportView:
    """`fields`: the request's own names of the step's fields."""
    try:
        return _view(_step().create(chosen, request.caller))
    except Rejected as rejected:
        errors = [replace(error, field=fields.get(error.field, error.field)) for error in rejected.errors]
        raise Rejected(errors) from rejected


def list_imports(request: ApiRequest) -> ImportPageView:
    query = query_of(request, ImportListQuery)
    page, after = _step().page(query.after or "", query.limit)
    return ImportPageView(results=[_view(one) for one in page], paging=next_page(request, after) if after else None)


def get_import(request: ApiRequest) -> ImportView:
    return _view(_step().get(_id(request)))


def cancel_import(request: ApiRequest) -> ImportActionView:
    one = _step().cancel(_id(request), request.caller)
    return ImportActionView(status="COMPLETE", started_at=one.created_at, completed_at=one.updated_at)


def list_import_errors(request: ApiRequest) -> ImportErrorsView:
    """A page of results is what one page of the import reported."""
    after = query_of(request, ImportErrorsQuery).after
    one = _step().get(_id(request))
    number = numbered_page(after, len(one.error_pages))
    if number > len(one.error_pages):
        return ImportErrorsView(results=[])
    errors = _step().errors(one.id, number)
    return ImportErrorsView(
        results=[_error_view(one, error) for error in errors],
        paging=next_page(request, str(number)) if number < len(one.error_pages) else None,
    )


def _step() -> ManageImports:
    return wiring.get(wiring.contacts.manage_imports)


def _id(request: ApiRequest) -> str:
    return request.path_parameters["importId"]


def _hubspot_request(text: bytes) -> HubSpotImportRequest:
    """Raises Rejected with every error."""
    values = json_text.read_any(text, "importRequest")
    if not isinstance(values, dict):
        raise Rejected([FieldError("importRequest", "must be a JSON object", "INVALID_JSON")])
    errors = FieldErrors()
    body = read_body(HubSpotImportRequest, values, errors)
    errors.check()
    return body


def _foreign_columns(mappings: Sequence[ColumnMapping]) -> Iterator[FieldError]:
    """HubSpot imports a company next to its contact. Its columns would be taken for the contact's properties of the same names."""
    for number, one in enumerate(mappings):
        if one.property_name and one.column_object_type_id != CONTACT_TYPE_ID:
            where = f"files[0].fileImportPage.columnMappings[{number}].columnObjectTypeId"
            message = f"must be {CONTACT_TYPE_ID}, not {one.column_object_type_id!r}: only contacts are imported, so leave the column out"
            yield FieldError(where, message)


def _view(one: ContactImport) -> ImportView:
    counters = {
        "TOTAL_ROWS": one.lines,
        "CREATED_OBJECTS": one.created,
        "UPDATED_OBJECTS": one.updated,
        "ERRORS": one.errors,
    }
    return ImportView(
        id=one.id,
        state=one.state.value,
        created_at=one.created_at,
        updated_at=one.updated_at,
        metadata=ImportMetadata(
            counters=counters,
            file_ids=[one.file],
            object_lists=[ImportedList(list_id=str(one.list_id), object_type="CONTACT")] if one.list_id else [],
            file_encoding=one.format.encoding_name,
        ),
        opt_out_import=bool(one.opt_out),
        mapped_object_type_ids=["0-1"],
        import_name=one.name,
        reason=one.reason,
    )


def _error_view(one: ContactImport, error: LineError) -> ImportErrorView:
    return ImportErrorView(
        id=f"{one.id}-{error.line}",
        created_at=timestamps.milliseconds(one.updated_at),
        error_type=ERROR_TYPES.get(error.code, OTHER_ERROR),
        error_message=error.message,
        source_data=ImportRow(
            line_number=error.line,
            file_id=0,
            page_name="",
            row_data=[],
            additional_row_data=[],
            contains_encrypted_properties=False,
        ),
        object_type="CONTACT",
        column=error.column,
    )
