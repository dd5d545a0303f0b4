"""What a file's columns and lines mean."""

from __future__ import annotations

import pytest

from functions.core.contacts.contact_import import (
    ContactImport,
    DateFormat,
    ImportedLine,
    LineError,
    columns_of,
    read_line,
)
from functions.core.contacts.property_definitions import (
    BUILT_IN,
    FIELD_TYPES,
    PropertyDefinition,
    PropertyType,
)
from functions.core.csv_file import CsvFormat, Place, Record
from tests.support.examples import NOON_TEXT

VISITS = PropertyDefinition(
    name="visits", label="Visits", type=PropertyType.NUMBER, field_type=FIELD_TYPES[PropertyType.NUMBER][0]
)
BORN = PropertyDefinition(
    name="born", label="Born", type=PropertyType.DATE, field_type=FIELD_TYPES[PropertyType.DATE][0]
)
DEFINITIONS = {**BUILT_IN, "visits": VISITS, "born": BORN}


def an_import(*columns: str, date_format: DateFormat = DateFormat.YEAR_MONTH_DAY) -> ContactImport:
    return ContactImport(
        id="1",
        name="n",
        file="f",
        columns=columns,
        format=CsvFormat("utf-8"),
        place=Place(0),
        created_at=NOON_TEXT,
        created_by="ada",
        date_format=date_format,
    )


def test_columns_are_recognised_by_name_and_label() -> None:
    columns, errors = columns_of(["E-Mail", "First name", "CITY", "Visits"], None, DEFINITIONS)
    assert (columns, errors) == (("email", "firstname", "city", "visits"), [])


def test_columns_are_recognised_without_their_separators() -> None:
    columns, errors = columns_of(["E_Mail", "first_name", "C I-T Y"], None, DEFINITIONS)
    assert (columns, errors) == (("email", "firstname", "city"), [])


def test_a_mapping_leaves_other_columns_out() -> None:
    columns, errors = columns_of(["Mail", "Vorname", "x"], {"Mail": ["email"], "Vorname": ["firstname"]}, DEFINITIONS)
    assert (columns, errors) == (("email", "firstname", ""), [])


def test_columns_of_one_heading_are_mapped_in_their_order() -> None:
    mapping = {"mail": ["email"], "Name": ["firstname", "", "city"]}
    columns, errors = columns_of(["Name", "mail", " Name", "Name"], mapping, DEFINITIONS)
    assert (columns, errors) == (("firstname", "email", "", "city"), [])


@pytest.mark.parametrize(
    ("header", "mapping", "code"),
    [
        (["email", "frstname"], None, "PROPERTY_DOESNT_EXIST"),
        (["name"], {"name": ["firstname"]}, "REQUIRED_FIELD"),
        (["email"], {"email": ["email"], "gone": ["city"]}, "UNKNOWN_COLUMN"),
        (["email", "createdate"], None, "READ_ONLY_VALUE"),
        (["email", "E-Mail"], None, "REQUIRED_FIELD"),
        (["email", "Name", "Name"], {"email": ["email"], "Name": ["city"]}, "DUPLICATE_COLUMN"),
        (["email", "x", "x", "x"], {"email": ["email"], "x": ["city", "firstname"]}, "UNKNOWN_COLUMN"),
        (["email", "x"], {"email": ["email"], "x": ["city", "firstname"]}, "UNKNOWN_COLUMN"),
    ],
)
def test_wrong_columns_are_named(header: list[str], mapping: dict[str, list[str]] | None, code: str) -> None:
    assert [error.code for error in columns_of(header, mapping, DEFINITIONS)[1]] == [code]


def test_an_empty_cell_changes_nothing() -> None:
    line = read_line(an_import("email", "city", "visits"), Record(2, ["A@b.de", " ", "7"], Place(9)), DEFINITIONS)
    assert line == ImportedLine(2, "A@b.de", {"visits": "7"})


def test_delimiters_at_the_end_of_a_line_are_no_values() -> None:
    line = read_line(an_import("email", "city"), Record(2, ["a@b.de", "Rome", "", " "], Place(9)), DEFINITIONS)
    assert line == ImportedLine(2, "a@b.de", {"city": "Rome"})


@pytest.mark.parametrize(
    ("values", "code", "column"),
    [
        (["nobody", "x", "1"], "INVALID_EMAIL", "email"),
        (["a@b.de", "x", "many"], "INVALID_INTEGER", "visits"),
        (["a@b.de", "x", "1", "2"], "TOO_MANY_VALUES", ""),
        (["a@b.de", "x", "1", "", "2"], "TOO_MANY_VALUES", ""),
        ([], "INVALID_EMAIL", "email"),
    ],
)
def test_a_bad_line_has_its_reason(values: list[str], code: str, column: str) -> None:
    error = read_line(an_import("email", "city", "visits"), Record(5, values, Place(9)), DEFINITIONS)
    assert isinstance(error, LineError)
    assert (error.line, error.column) == (5, column)
    assert error.code == code


@pytest.mark.parametrize(
    ("date_format", "text"),
    [
        (DateFormat.DAY_MONTH_YEAR, "31.12.1999"),
        (DateFormat.MONTH_DAY_YEAR, "12/31/1999"),
        (DateFormat.YEAR_MONTH_DAY, "1999-12-31"),
        (DateFormat.YEAR_MONTH_DAY, "1999.12.31"),
        (DateFormat.MONTH_DAY_YEAR, "1999-12-31"),
        (DateFormat.DAY_MONTH_YEAR, "1999/12/31"),
    ],
)
def test_dates_have_the_files_order(date_format: DateFormat, text: str) -> None:
    line = read_line(
        an_import("email", "born", date_format=date_format), Record(2, ["a@b.de", text], Place(9)), DEFINITIONS
    )
    assert isinstance(line, ImportedLine)
    assert line.values == {"born": "1999-12-31"}


@pytest.mark.parametrize(
    ("date_format", "text"),
    [
        (DateFormat.DAY_MONTH_YEAR, "31.12.99"),
        (DateFormat.MONTH_DAY_YEAR, "12/31/99"),
        (DateFormat.YEAR_MONTH_DAY, "99-12-31"),
        (DateFormat.YEAR_MONTH_DAY, "31.12.1999"),
        (DateFormat.DAY_MONTH_YEAR, "12/31/1999"),
    ],
)
def test_a_date_in_another_form_is_an_error(date_format: DateFormat, text: str) -> None:
    """A year of two digits would be in the first century."""
    record = Record(2, ["a@b.de", text], Place(9))
    error = read_line(an_import("email", "born", date_format=date_format), record, DEFINITIONS)
    assert isinstance(error, LineError)
    assert error.code == "INVALID_DATE"
