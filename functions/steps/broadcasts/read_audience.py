"""Read an audience: its lists, its contacts and its file, one page at a time and in a fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from functions.core import addresses, csv_file
from functions.core.broadcasts.broadcast import PAGE_MAX, Audience, Recipient, SourcePosition
from functions.core.broadcasts.check import AudienceProblem, ProblemKind
from functions.core.csv_file import CsvError, CsvFormat, Place, Record
from functions.core.csv_table import value_of
from functions.ports.broadcasts import BroadcastFiles
from functions.ports.contacts import ListMembers

EMAIL_COLUMNS = frozenset({"email", "e-mail", "email address", "e-mail address", "emailaddress"})
COLUMNS_MAX = 200


class AudiencePage(Struct, frozen=True):
    recipients: Sequence[Recipient]
    problems: Sequence[AudienceProblem]  # lines that name no recipient
    after: SourcePosition | None  # None: this is the last page


class FileColumns(Struct, frozen=True):
    """How to read a file: the names in its first line, and where the next record begins."""

    format: CsvFormat
    names: tuple[str, ...]
    place: Place

    @property
    def email(self) -> int:
        return next(at for at, name in enumerate(self.names) if name.lower() in EMAIL_COLUMNS)

    @property
    def properties(self) -> list[str]:
        return [name for name in self.names if name and name.lower() not in EMAIL_COLUMNS]


class ReadAudience(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    members: ListMembers
    files: BroadcastFiles

    def __call__(self, audience: Audience, position: SourcePosition) -> AudiencePage:
        """Reads the page at a position. A person of an earlier part and an excluded one are left out; a file may repeat an address. Raises
        CsvError, and LookupError if the file is gone.
        """
        lists = len(audience.lists)
        if position.part < lists:
            list_id = audience.lists[position.part]
            members, cursor = self.members.page(list_id, position.cursor, PAGE_MAX)
            page = AudiencePage([Recipient(one.email) for one in members], (), _next(position, cursor))
        elif position.part == lists:
            page = AudiencePage([Recipient(email) for email in audience.contacts], (), SourcePosition(lists + 1))
        else:
            page = self._file_page(audience.file, position)
        after = page.after
        if after and after.part > lists and not audience.file:
            after = None
        return AudiencePage(self._without_others(audience, position.part, page.recipients), page.problems, after)

    def columns(self, upload_id: str) -> FileColumns:
        """Reads the whole file for its encoding, and its first line. Raises CsvError, and LookupError if it is gone."""
        format_ = csv_file.detect(self.files.read_upload(upload_id, 0))
        chunks = self.files.read_upload(upload_id, format_.start)
        header = next(csv_file.records(chunks, format_, Place(format_.start)), None)
        if header is None or header.error:
            raise CsvError(f"has no readable first line: {header.error if header else 'it is empty'}")
        names = tuple(name.strip() for name in header.values)
        if len(names) > COLUMNS_MAX:
            raise CsvError(f"has {len(names)} columns; at most {COLUMNS_MAX} are allowed")
        if sum(name.lower() in EMAIL_COLUMNS for name in names) != 1:
            raise CsvError(f"needs one column with the name email in its first line; it has {', '.join(names)}")
        if twice := sorted({name for name in names if name and names.count(name) > 1}):
            raise CsvError(f"has more than one column {', '.join(twice)}")
        return FileColumns(format_, names, header.end)

    def _file_page(self, upload_id: str, position: SourcePosition) -> AudiencePage:
        if not upload_id:
            return AudiencePage((), (), None)
        columns = msgspec.json.decode(position.cursor, type=FileColumns) if position.cursor else self.columns(upload_id)
        chunks = self.files.read_upload(upload_id, columns.place.offset)
        recipients: list[Recipient] = []
        problems: list[AudienceProblem] = []
        place = columns.place
        for number, record in enumerate(csv_file.records(chunks, columns.format, columns.place)):
            if number == PAGE_MAX:
                columns = FileColumns(columns.format, columns.names, place)
                cursor = msgspec.json.encode(columns).decode()
                return AudiencePage(recipients, problems, SourcePosition(position.part, cursor))
            place = record.end
            recipient = _recipient(columns, record)
            if isinstance(recipient, AudienceProblem):
                problems.append(recipient)
            else:
                recipients.append(recipient)
        return AudiencePage(recipients, problems, None)

    def _without_others(self, audience: Audience, part: int, recipients: Sequence[Recipient]) -> list[Recipient]:
        others = set(audience.exclude_contacts)
        if part > len(audience.lists):
            others |= set(audience.contacts)
        emails = [one.email.lower() for one in recipients]
        for list_id in (*audience.lists[:part], *audience.exclude_lists):
            others |= self.members.among(list_id, [email for email in emails if email not in others])
        return [one for one, email in zip(recipients, emails, strict=True) if email not in others]


def _next(position: SourcePosition, cursor: str) -> SourcePosition:
    return SourcePosition(position.part, cursor) if cursor else SourcePosition(position.part + 1)


def _recipient(columns: FileColumns, record: Record) -> Recipient | AudienceProblem:
    if record.error:
        return AudienceProblem(ProblemKind.UNREADABLE, record.error, record.line)
    if record.exceeds(len(columns.names)):
        message = f"has {len(record.values)} values; the first line has {len(columns.names)} names"
        return AudienceProblem(ProblemKind.UNREADABLE, message, record.line)
    cells = [value_of(cell) for cell in record.values]
    text = cells[columns.email] if columns.email < len(cells) else ""
    try:
        email = addresses.parse(text).email
    except ValueError as error:
        return AudienceProblem(ProblemKind.UNREADABLE, str(error), record.line, text[:200])
    named = zip(columns.names, cells, strict=False)
    values = ((name, value) for name, value in named if name in columns.properties and value != "")
    return Recipient(email, record.line, nested(values))


def nested(values: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """{'order.number': '7'} → {'order': {'number': '7'}}. A name that is both a value and an object has its later value."""
    properties: dict[str, Any] = {}
    for path, value in values:
        *outer, last = path.split(".")
        target = properties
        for name in outer:
            if not isinstance(target.get(name), dict):
                target[name] = {}
            target = target[name]
        target[last] = value
    return properties
