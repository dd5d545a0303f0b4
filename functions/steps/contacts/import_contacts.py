"""Import contacts from a CSV file: in pages, whose progress is stored. A page that is repeated after a crash changes nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from functions.core import csv_file, timestamps
from functions.core.access.actor import Actor
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA
from functions.core.broadcasts.jobs import ImportJob
from functions.core.contacts import property_definitions
from functions.core.contacts.contact import EVERYTHING, Contact, Decision, SubscriptionStatus
from functions.core.contacts.contact_import import (
    EMAIL,
    OVER,
    PAGE,
    ColumnMapping,
    ContactImport,
    DateFormat,
    ImportedLine,
    ImportState,
    LineError,
    columns_of,
    read_line,
)
from functions.core.contacts.property_definitions import PropertyDefinition
from functions.core.csv_file import CsvError, CsvFormat, Place, Record
from functions.core.errors import Conflict, FieldError, NotFound, Rejected
from functions.core.paging import page_after
from functions.ports import Clock, NewId
from functions.ports.contacts import (
    ContactImports,
    ContactLists,
    Contacts,
    ImportFiles,
    ListMembers,
    SubscriptionTypes,
)
from functions.steps.access.audit import AuditLog
from functions.steps.contacts import persons
from functions.steps.contacts.lists import ListEditor
from functions.steps.contacts.properties import ContactProperties

PREVIEW_LINES = 3
SOURCE = "import"  # of the decisions of an opt-out import


class ImportQueue(Protocol):
    def enqueue(self, *jobs: ImportJob, delay_seconds: int = 0) -> None: ...


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


class _ImportedPerson(Struct, frozen=True):
    """The lines of one address in a page of the file."""

    email: str
    lines: tuple[int, ...]
    values: Mapping[str, str]


class _StoredPerson(Struct, frozen=True):
    email: str  # the present address, if the contact was merged into another
    is_new: bool
    lines: tuple[int, ...]


Outcome = _StoredPerson | list[LineError]  # why the person is not stored, for each line
Run = Callable[[Callable[[_ImportedPerson], Outcome], Iterable[_ImportedPerson]], Iterable[Outcome]]


class ImportContacts(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. `run` may import several lines at once."""

    imports: ContactImports
    files: ImportFiles
    queue: ImportQueue
    contacts: Contacts
    lists: ContactLists
    list_editor: ListEditor
    audit_log: AuditLog
    members: ListMembers
    types: SubscriptionTypes
    properties: ContactProperties
    clock: Clock
    new_id: NewId
    run: Run = map

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
        """Checks the first line, creates the list that the request names, and begins. Raises Rejected with every error, and Forbidden."""
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
        list_id = self._new_list(request.new_list, by) if request.new_list else request.list_id
        now = timestamps.iso(self.clock())
        one = ContactImport(
            id=self.new_id(),
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
        self.imports.create(one)
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

    def __call__(self, job: ImportJob, until: float) -> None:
        """Imports pages until the time is over, and then queues its own continuation."""
        one = self.imports.get(job.import_id)
        definitions = self.properties.list()
        while one and one.state not in OVER:
            if self.clock() >= until:
                self.queue.enqueue(job)
                return
            one = self._page(one, definitions)

    def _page(self, one: ContactImport, definitions: Mapping[str, PropertyDefinition]) -> ContactImport:
        lines: list[ImportedLine] = []
        errors: list[LineError] = []
        place = one.place
        is_last = True
        try:
            chunks = self.files.read_upload(one.file, one.place.offset)
            for number, record in enumerate(csv_file.records(chunks, one.format, one.place)):
                if number == PAGE:
                    is_last = False
                    break
                place = record.end
                line = read_line(one, record, definitions)
                if isinstance(line, LineError):
                    errors.append(line)
                else:
                    lines.append(line)
        except LookupError:
            return self._fail(one, "the file is gone: upload it again")
        except CsvError as error:
            return self._fail(one, f"the file {error}")
        read = len(lines) + len(errors)
        created, updated = self._store(one, lines, definitions, errors)
        if errors:
            ordered = sorted(errors, key=lambda error: error.line)
            self.files.write_errors(one.id, len(one.error_pages) + 1, ordered)
        after = replace(
            one,
            state=ImportState.DONE if is_last else ImportState.PROCESSING,
            place=place,
            lines=one.lines + read,
            created=one.created + created,
            updated=one.updated + updated,
            errors=one.errors + len(errors),
            error_pages=(*one.error_pages, len(errors)) if errors else one.error_pages,
        )
        return self._save(one, after)

    def _fail(self, one: ContactImport, reason: str) -> ContactImport:
        return self._save(one, replace(one, state=ImportState.FAILED, reason=reason))

    def _save(self, before: ContactImport, after: ContactImport) -> ContactImport:
        """A canceled import stays so. A page that another worker stored first is not counted again."""
        now = timestamps.iso(self.clock())

        def saved(current: ContactImport) -> ContactImport:
            if current.place != before.place or current.state in OVER:
                return current
            return replace(after, version=current.version, updated_at=now)

        return self.imports.edit(before.id, saved)

    def _store(
        self,
        one: ContactImport,
        lines: Sequence[ImportedLine],
        definitions: Mapping[str, PropertyDefinition],
        errors: list[LineError],
    ) -> tuple[int, int]:
        """Returns how many contacts were created, and how many lines updated one. Adds the lines whose contact is not stored."""
        defaults = property_definitions.with_defaults(definitions, {})
        outcomes = list(self.run(lambda person: self._upsert(one, person, defaults), _people(lines)))
        stored = [each for each in outcomes if isinstance(each, _StoredPerson)]
        refused = [error for each in outcomes if not isinstance(each, _StoredPerson) for error in each]
        errors += refused
        if one.list_id is not None:
            self.members.add(one.list_id, [each.email for each in stored], one.created_at)
        created = sum(each.is_new for each in stored)
        return created, len(lines) - created - len(refused)

    def _upsert(self, one: ContactImport, person: _ImportedPerson, defaults: Mapping[str, str]) -> Outcome:
        """An opt-out is also stored if the contact has no room for the values."""
        is_new, is_too_large = False, False

        def upserted(contact: Contact) -> Contact:
            nonlocal is_new, is_too_large
            if contact.merged_into:
                return contact
            is_new = not contact.is_stored or bool(contact.archived_at)
            values = {**defaults, **person.values} if is_new else person.values
            changed = contact.restored().with_values(values, one.created_at)
            is_too_large = changed.is_too_large
            return contact if is_too_large else changed

        contact = self.contacts.edit(person.email, one.created_at, upserted)
        if contact.merged_into:
            present = persons.present(self.contacts, contact)
            contact = self.contacts.edit(present.email, one.created_at, upserted)
        if one.opt_out:
            no = SubscriptionStatus.NOT_SUBSCRIBED
            decision = Decision(status=no, at=one.created_at, source=f"{SOURCE} {one.id}")
            persons.decide(self.contacts, person.email, {one.opt_out: decision})
        if is_too_large:
            return [LineError(line, "the contact has too many properties", "TOO_LARGE") for line in person.lines]
        if not contact.is_stored:
            message = "the person was erased after the import was started"
            return [LineError(line, message, "ERASED") for line in person.lines]
        return _StoredPerson(contact.email, is_new, person.lines)

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


def _people(lines: Sequence[ImportedLine]) -> list[_ImportedPerson]:
    """Joins the lines of each address: of two values of one property the later one counts, as it does in two pages."""
    people: dict[str, _ImportedPerson] = {}
    for line in lines:
        before = people.get(line.email.lower(), _ImportedPerson(line.email, (), {}))
        joined = _ImportedPerson(line.email, (*before.lines, line.line), {**before.values, **line.values})
        people[line.email.lower()] = joined
    return list(people.values())
