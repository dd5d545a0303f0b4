"""Import contacts from a CSV file: in pages, whose progress is stored. A page that is repeated after a crash changes nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from functions.core import csv_file, timestamps
from functions.core.broadcasts.jobs import ImportJob
from functions.core.contacts import property_definitions
from functions.core.contacts.contact import Contact, Decision, SubscriptionStatus
from functions.core.contacts.contact_import import (
    OVER,
    PAGE,
    ContactImport,
    ImportedLine,
    ImportState,
    LineError,
    read_line,
)
from functions.core.contacts.property_definitions import PropertyDefinition
from functions.core.csv_file import CsvError
from functions.ports import Clock
from functions.ports.contacts import ContactImports, Contacts, ImportFiles, ImportQueue, ListMembers
from functions.steps.contacts import persons
from functions.steps.contacts.properties import ContactProperties

SOURCE = "import"  # of the decisions of an opt-out import


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
    """The step with its dependencies. `run` may import several lines at once."""

    imports: ContactImports
    files: ImportFiles
    queue: ImportQueue
    contacts: Contacts
    members: ListMembers
    properties: ContactProperties
    clock: Clock
    run: Run = map

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


def _people(lines: Sequence[ImportedLine]) -> list[_ImportedPerson]:
    """Joins the lines of each address: of two values of one property the later one counts, as it does in two pages."""
    people: dict[str, _ImportedPerson] = {}
    for line in lines:
        before = people.get(line.email.lower(), _ImportedPerson(line.email, (), {}))
        joined = _ImportedPerson(line.email, (*before.lines, line.line), {**before.values, **line.values})
        people[line.email.lower()] = joined
    return list(people.values())
