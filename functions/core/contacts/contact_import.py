"""An import of contacts from a CSV file: what its columns are, and what one line of it means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from functions.core import addresses
from functions.core.contacts import property_definitions
from functions.core.contacts.property_definitions import PropertyDefinition, PropertyType, unknown
from functions.core.csv_file import CsvFormat, Place, Record
from functions.core.csv_table import value_of
from functions.core.errors import FieldError

EMAIL = "email"
EMAIL_NAMES = frozenset({"email", "e-mail", "email address", "e-mail address", "emailaddress"})
_SEPARATORS = str.maketrans("", "", " _-")
PAGE = 1000  # lines that are imported before the progress is stored
NAME_MAX = 200
MAPPING = "columnMappings"  # the field of an error of the mapping

# A heading → the properties of its columns, in the order of the file. Files may have several columns of one heading.
ColumnMapping = Mapping[str, Sequence[str]]


class ImportState(StrEnum):
    """HubSpot's words."""

    STARTED = "STARTED"
    PROCESSING = "PROCESSING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELED = "CANCELED"


OVER = frozenset({ImportState.DONE, ImportState.FAILED, ImportState.CANCELED})


class DateFormat(StrEnum):
    """HubSpot's words for the order of a date's parts."""

    MONTH_DAY_YEAR = "MONTH_DAY_YEAR"
    DAY_MONTH_YEAR = "DAY_MONTH_YEAR"
    YEAR_MONTH_DAY = "YEAR_MONTH_DAY"


class ContactImport(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    file: str  # the id of the upload
    columns: tuple[str, ...]  # the property of each column, empty if it is not imported
    format: CsvFormat
    place: Place  # up to which the file is imported
    created_at: str
    created_by: str
    date_format: DateFormat = DateFormat.YEAR_MONTH_DAY
    list_id: int | None = None  # to which the contacts are added
    opt_out: str = ""  # the subscription type that they leave; `*`: all of them
    state: ImportState = ImportState.STARTED
    updated_at: str = ""
    lines: int = 0  # read so far
    created: int = 0
    updated: int = 0
    errors: int = 0  # lines that were not imported
    error_pages: tuple[int, ...] = ()  # numbers of lines in each file of errors
    reason: str = ""  # why it failed
    version: int = 0


class LineError(Struct, frozen=True):
    line: int  # of the file, from 1
    message: str
    code: str = "INVALID_VALUE"
    column: str = ""  # the property


class ImportedLine(Struct, frozen=True):
    line: int
    email: str
    values: Mapping[str, str]


def columns_of(
    header: Sequence[str], mapping: ColumnMapping | None, definitions: Mapping[str, PropertyDefinition]
) -> tuple[tuple[str, ...], list[FieldError]]:
    """Returns the property of each column: by the mapping, or by a property's name or label. Returns every error too."""
    if mapping is not None:
        columns, errors = _mapped([column.strip() for column in header], mapping)
    else:
        columns, errors = _recognised(header, definitions), []
    for column, name in zip(header, columns, strict=True):
        definition = definitions.get(name)
        if name and definition is None:
            message = f"the column {column.strip()!r}: {unknown(definitions, name)}: create it, or map the column"
            errors.append(FieldError(MAPPING, message, "PROPERTY_DOESNT_EXIST"))
        elif definition and definition.read_only:
            errors.append(FieldError(MAPPING, f"{name} is computed: it cannot be set", "READ_ONLY_VALUE"))
    for name in sorted({name for name in columns if name and name != EMAIL and columns.count(name) > 1}):
        message = (
            f"{columns.count(name)} columns are the property {name}: leave all but one out, with a mapping of each"
        )
        errors.append(FieldError(MAPPING, message, "DUPLICATE_COLUMN"))
    if columns.count(EMAIL) != 1:
        errors.append(FieldError(MAPPING, "one column must be the email", "REQUIRED_FIELD"))
    return columns, errors


def _recognised(header: Sequence[str], definitions: Mapping[str, PropertyDefinition]) -> tuple[str, ...]:
    names = {one.label.lower(): name for name, one in definitions.items()} | {
        name.lower(): name for name in definitions
    }
    names |= dict.fromkeys(EMAIL_NAMES, EMAIL)
    joined = {_joined(name): property_ for name, property_ in names.items()}
    headings = [column.strip() for column in header]
    return tuple(names.get(one.lower()) or joined.get(_joined(one.lower()), one) for one in headings)


def _joined(heading: str) -> str:
    """`first_name` and `First-Name` are `firstname`."""
    return heading.translate(_SEPARATORS)


def _mapped(headings: Sequence[str], mapping: ColumnMapping) -> tuple[tuple[str, ...], list[FieldError]]:
    """One property of a heading is of each of its columns: several columns then have an error, unless it is empty."""
    errors = []
    for heading in sorted(mapping):
        count, mapped = headings.count(heading), len(mapping[heading])
        if not count:
            errors.append(FieldError(MAPPING, f"the file has no column {heading!r}", "UNKNOWN_COLUMN"))
        elif mapped not in {1, count}:
            has = f"the file has {count} columns {heading!r}, and the mapping has {mapped}"
            message = f"{has}: map each, in the order of the file"
            errors.append(FieldError(MAPPING, message, "UNKNOWN_COLUMN"))
    earlier: Counter[str] = Counter()
    columns = []
    for heading in headings:
        properties = mapping.get(heading, ())
        number = earlier[heading] if len(properties) > 1 else 0
        columns.append(properties[number] if number < len(properties) else "")
        earlier[heading] += 1
    return tuple(columns), errors


def read_line(
    one: ContactImport, record: Record, definitions: Mapping[str, PropertyDefinition]
) -> ImportedLine | LineError:
    """An empty cell leaves the contact's value as it is."""
    if record.error:
        return LineError(record.line, record.error, "UNREADABLE_LINE")
    if record.exceeds(len(one.columns)):
        message = f"has {len(record.values)} values; the first line has {len(one.columns)} names"
        return LineError(record.line, message, "TOO_MANY_VALUES")
    cells = dict(zip(one.columns, map(value_of, record.values), strict=False))
    try:
        address = addresses.parse(cells.get(EMAIL, ""))
    except ValueError as error:
        return LineError(record.line, str(error), "INVALID_EMAIL", EMAIL)
    texts = {name: value.strip() for name, value in cells.items() if name not in {"", EMAIL} and value.strip()}
    values, errors = property_definitions.checked(
        definitions, {name: _date(text, definitions[name], one.date_format) for name, text in texts.items()}, ""
    )
    if errors:
        first = errors[0]
        return LineError(record.line, f"{first.field.lstrip('.')} {first.message}", first.code, first.field.lstrip("."))
    return ImportedLine(record.line, address.email, values)


# A year has four digits, so one that comes first is one in a file of any order.
_YEAR_FIRST = r"(?P<year>[0-9]{4})([./-])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})"
_DATES = {
    DateFormat.YEAR_MONTH_DAY: (_YEAR_FIRST,),
    DateFormat.DAY_MONTH_YEAR: (_YEAR_FIRST, r"(?P<day>[0-9]{1,2})([./-])(?P<month>[0-9]{1,2})\2(?P<year>[0-9]{4})"),
    DateFormat.MONTH_DAY_YEAR: (_YEAR_FIRST, r"(?P<month>[0-9]{1,2})([./-])(?P<day>[0-9]{1,2})\2(?P<year>[0-9]{4})"),
}


def _date(text: str, definition: PropertyDefinition, format_: DateFormat) -> str:
    """'31.12.2026' → '2026-12-31'. Any other text is checked as it is."""
    if definition.type is not PropertyType.DATE:
        return text
    date = next((parts for pattern in _DATES[format_] if (parts := re.fullmatch(pattern, text))), None)
    return f"{date['year']}-{date['month']:0>2}-{date['day']:0>2}" if date else text
