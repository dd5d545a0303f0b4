"""Imports of contacts as actors manage them: upload a file, preview its columns, begin, read and cancel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count, islice

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from functions.core import csv_file, ids, timestamps
from functions.core.access.actor import Actor
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA
from functions.core.broadcasts.jobs import ImportJob
from functions.core.contacts.contact import EVERYTHING
from functions.core.contacts.contact_import import (
    EMAIL,
    OVER,
    ColumnMapping,
    ContactImport,
    DateFormat,
    ImportState,
    LineError,
    columns_of,
)
from functions.core.csv_file import CsvError, CsvFormat, Place, Record
from functions.core.errors import Conflict, FieldError, NotFound, Rejected
from functions.core.paging import page_after
from functions.ports import Clock, NewId
from functions.ports.contacts import ContactImports, ContactLists, ImportFiles, ImportQueue, SubscriptionTypes
from functions.steps.access.audit import AuditLog
from functions.steps.contacts.lists import ListEditor
from functions.steps.contacts.properties import ContactProperties

PREVIEW_LINES = 3
FILE = "file"  # the field of an error of the file
NEW_LIST = "newList"  # the field of an error of the new list


class ImportRequest(Struct, frozen=True, kw_only=True):
    name: str
    file: str
    mapping: ColumnMapping | None = None  # None: by the columns' names
    date_format: DateFormat = DateFormat.YEAR_MONTH_DAY
    list_id: int | None = None
    new_list: str = ""  # the name of a list that is created, in place of `list_id`
    opt_out: str = ""


class ImportPreview(Struct, frozen=True, kw_only=True):
    header: Sequence[str]
    columns: Sequence[str]  # the property of each column by its name: of the first one only; or an empty text
    rows: Sequence[Sequence[str]]  # the first ones


class ManageImports(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies."""

    imports: ContactImports
    files: ImportFiles
    queue: ImportQueue
    lists: ContactLists
    list_editor: ListEditor
    audit_log: AuditLog
    types: SubscriptionTypes
    properties: ContactProperties
    clock: Clock
    new_id: NewId

    def get(self, import_id: str) -> ContactImport:
        """Raises NotFound."""
        one = self.imports.get(import_id)
        if one is None:
            raise NotFound(f"there is no import {import_id!r}")
        return one

    def errors(self, import_id: str, number: int) -> Sequence[LineError]:
        """Returns a page of the lines that were not imported. Raises NotFound if their time of storage is over."""
        try:
            return self.files.read_errors(import_id, number)
        except LookupError as error:
            raise NotFound(f"the errors of import {import_id} are not stored any more") from error

    def upload(self, octets: bytes) -> str:
        """Stores a file that came with the request. Returns its id."""
        upload_id = self.new_id()
        self.files.write_upload(upload_id, octets)
        return upload_id

    def preview(self, upload_id: str) -> ImportPreview:
        """Returns the columns of an uploaded file, with the first lines. Raises Rejected."""
        try:
            _, read = self._first_lines(upload_id, PREVIEW_LINES + 1)
        except CsvError as error:
            raise Rejected([FieldError(FILE, f"the file {error}", "INVALID_FILE")]) from error
        except LookupError as error:
            raise Rejected([FieldError(FILE, "is not stored any more: choose it again")]) from error
        if not read or read[0].error:
            raise Rejected([FieldError(FILE, "the file has no readable first line", "INVALID_FILE")])
        header, *lines = read
        definitions = self.properties.list()
        columns, _ = columns_of(header.values, None, definitions)
        return ImportPreview(
            header=header.values,
            columns=tuple(
                column if (column == EMAIL or column in definitions) and column not in columns[:number] else ""
                for number, column in enumerate(columns)
            ),
            rows=tuple(line.values for line in lines if not line.error),
        )

    def page(self, after: str, limit: int) -> tuple[Sequence[ContactImport], str]:
        """Returns the imports after a cursor, the newest first, and the cursor of the next page. Raises Rejected."""
        return page_after(self.imports.all(), after, limit)

    def create(self, request: ImportRequest, by: Actor) -> ContactImport:
        """Checks the first line, creates the list that the request names, and begins. A repeated request is one import: a double click, or
        the repeat after a lost answer. Raises Rejected with every error, and Forbidden.
        """
        by.require(CONTACT_DATA, ACCOUNT)
        errors = [*self._target_errors(request)]
        try:
            format_, read = self._first_lines(request.file, 1)
        except CsvError as error:
            raise Rejected([*errors, FieldError(FILE, f"the file {error}", "INVALID_FILE")]) from error
        except LookupError as error:
            raise Rejected([*errors, FieldError(FILE, "is not uploaded: upload it to its URL first")]) from error
        if not read or read[0].error:
            raise Rejected([*errors, FieldError(FILE, "the file has no readable first line", "INVALID_FILE")])
        (header,) = read
        columns, wrong = columns_of(header.values, request.mapping, self.properties.list())
        if errors or wrong:
            raise Rejected([*errors, *wrong])
        import_id, earlier = self._earlier(request)
        if earlier:
            return self._begin(earlier)
        list_id = self._new_list(request.new_list, by) if request.new_list else request.list_id
        now = timestamps.iso(self.clock())
        one = ContactImport(
            id=import_id,
            name=request.name,
            file=request.file,
            columns=columns,
            format=format_,
            place=header.end,
            created_at=now,
            created_by=by.name,
            date_format=request.date_format,
            list_id=list_id,
            opt_out=request.opt_out,
            updated_at=now,
        )
        return self._begin(self.imports.create(one))

    def _earlier(self, request: ImportRequest) -> tuple[str, ContactImport | None]:
        """Returns the id of the request's import, and the import if it began. After one that failed or was canceled, the same request begins
        another one.
        """
        chosen = msgspec.json.encode(request, order="deterministic").decode()
        numbers = (str(ids.import_number(chosen, str(number))) for number in count())
        candidates = ((one, self.imports.get(one)) for one in numbers)
        undone = {ImportState.FAILED, ImportState.CANCELED}
        return next((one, earlier) for one, earlier in candidates if earlier is None or earlier.state not in undone)

    def _begin(self, one: ContactImport) -> ContactImport:
        """A crash may have left an import without its job. One that has progress has a job, and two would read each page twice."""
        if one.state is ImportState.STARTED:
            self.queue.enqueue(ImportJob(one.id))
        return one

    def _new_list(self, name: str, by: Actor) -> int:
        """Raises Rejected."""
        try:
            created = self.list_editor.create(name, by)
        except Conflict as conflict:
            raise Rejected([FieldError(NEW_LIST, str(conflict))]) from conflict
        self.audit_log(AuditAction.LIST_CREATED, by, str(created.id), name=name)
        return created.id

    def _first_lines(self, upload_id: str, most: int) -> tuple[CsvFormat, list[Record]]:
        """Raises CsvError, and LookupError if the file is not stored."""
        format_ = csv_file.detect(self.files.read_upload(upload_id, 0))
        chunks = self.files.read_upload(upload_id, format_.start)
        return format_, list(islice(csv_file.records(chunks, format_, Place(format_.start)), most))

    def cancel(self, import_id: str, by: Actor) -> ContactImport:
        """Lines that are imported stay. Raises NotFound and Forbidden."""
        by.require(CONTACT_DATA, ACCOUNT)
        return self.imports.edit(
            import_id, lambda one: one if one.state in OVER else replace(one, state=ImportState.CANCELED)
        )

    def _target_errors(self, request: ImportRequest) -> Iterable[FieldError]:
        if request.new_list and request.list_id is not None:
            yield FieldError(NEW_LIST, "is named, and a list is chosen: clear the name, or choose no list")
        if request.list_id is not None:
            existing = self.lists.get(request.list_id)
            if existing is None or existing.deleted_at:
                yield FieldError("listId", f"there is no list {request.list_id}", "UNKNOWN_LIST")
            elif existing.is_dynamic:
                message = f"list {existing.id} is DYNAMIC: its filters choose its members"
                yield FieldError("listId", message, "DYNAMIC_LIST")
        if request.opt_out and request.opt_out != EVERYTHING and self.types.get(request.opt_out) is None:
            yield FieldError("optOut", f"there is no subscription type {request.opt_out!r}", "UNKNOWN_SUBSCRIPTION")
