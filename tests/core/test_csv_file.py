"""CSV files as people have them: encodings, delimiters, quoted line breaks, and lines that cannot be read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core import csv_file
from functions.core.csv_file import RECORD_MAX, UNENDED_MAX, CsvError, CsvFormat, Place, Record

TEXT = 'Email;Name\r\na@b.de;"Zoë\nX"\r\n\r\nc@d.de;y'


def parts_of(octets: bytes, size: int) -> Iterator[bytes]:
    return (octets[at : at + size] for at in range(0, len(octets), size))


def read(octets: bytes, size: int = 65536) -> list[Record]:
    format_ = csv_file.detect(parts_of(octets, size))
    return list(csv_file.records(parts_of(octets[format_.start :], size), format_, Place(format_.start)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("size", [1, 7, 65536])
def test_reads_every_encoding_in_any_pieces(encoding: str, size: int) -> None:
    records = read(TEXT.encode(encoding), size)
    assert [(one.line, one.values) for one in records] == [
        (1, ["Email", "Name"]),
        (2, ["a@b.de", "Zoë\nX"]),
        (5, ["c@d.de", "y"]),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_continues_after_any_record(encoding: str) -> None:
    octets = TEXT.encode(encoding)
    format_ = csv_file.detect([octets])
    records = read(octets)
    for number, record in enumerate(records):
        rest = list(csv_file.records([octets[record.end.offset :]], format_, record.end))
        assert rest == records[number + 1 :]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_recognises_the_delimiter(delimiter: str) -> None:
    assert csv_file.detect([f"email{delimiter}name\n".encode()]).delimiter == delimiter


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("first", ["sep=;", '"sep=;"'])
def test_a_first_line_may_state_the_delimiter(first: str, encoding: str) -> None:
    """Excel reads it, and some programs write it."""
    records = read(f"{first}\r\nemail;a,b,c\r\na@b.de;sep=;\r\n".encode(encoding))
    assert [(one.line, one.values) for one in records] == [(2, ["email", "a,b,c"]), (3, ["a@b.de", "sep=", ""])]


def test_one_late_letter_makes_it_windows_1252() -> None:
    octets = b"email,name\n" + b"a@b.de,x\n" * 20_000 + "z@b.de,Zoë\n".encode("cp1252")
    assert csv_file.detect(parts_of(octets, 4096)).encoding_name == "Windows-1252"
    assert read(octets)[-1].values == ["z@b.de", "Zoë"]


@pytest.mark.parametrize("size", [1, 65536])
@pytest.mark.parametrize("end", ["", "\n"])
def test_a_last_letter_makes_it_windows_1252(end: str, size: int) -> None:
    """An octet of it begins a letter of UTF-8, which the end of the file cuts off."""
    records = read(f"email,name\na@b.de,André{end}".encode("cp1252"), size)
    assert records[-1].values == ["a@b.de", "André"]


def test_a_marked_file_that_ends_in_a_letter_is_refused() -> None:
    with pytest.raises(CsvError, match="not UTF-8"):
        read(b"\xef\xbb\xbfemail,name\na@b.de,Zo\xc3")


@pytest.mark.parametrize("octet", [0x81, 0x8D, 0x8F, 0x90, 0x9D])
def test_an_octet_that_windows_1252_lacks_costs_its_line_only(octet: int) -> None:
    """Its value could be neither stored nor sent, so an import stayed at its line for ever."""
    records = read(b'email,name\na@b.de,"x\n%cy"\nc@d.de,z\n' % octet)
    assert [(one.line, bool(one.error)) for one in records] == [(1, False), (2, True), (3, True), (4, False)]
    assert f"0x{octet:x}" in records[2].error


@pytest.mark.parametrize(
    ("octets", "name"), [(b"PK\x03\x04rest", "xlsx"), (b"\xd0\xcf\x11\xe0", "xls"), (b"", "empty")]
)
def test_refuses_other_formats_by_name(octets: bytes, name: str) -> None:
    with pytest.raises(CsvError, match=name):
        csv_file.detect([octets])


def test_an_unclosed_quote_costs_its_own_line_only() -> None:
    records = read(b'email,name\na@b.de,"open\nc@d.de,y\n')
    assert [(one.line, list(one.values), bool(one.error)) for one in records] == [
        (1, ["email", "name"], False),
        (2, [], True),
        (3, ["c@d.de", "y"], False),
    ]


@pytest.mark.parametrize("line", [b'x","y\n', b'"\n', b'a,"b\n', b'"x\n' + b"y\n" * 99])
@pytest.mark.parametrize("last", [b"", b'"z"z\n'])
def test_a_line_is_read_twice_at_most(line: bytes, last: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each unclosed quote took the next thousand lines again."""
    octets = line * (20_000 // line.count(b"\n")) + last
    taken: list[str] = []
    reader = csv.reader

    def counting(lines: Iterator[str], **options: Any) -> Any:
        return reader((line for line in lines if taken.append(line) is None), **options)  # type: ignore[func-returns-value]  # it counts

    monkeypatch.setattr(csv, "reader", counting)
    read(octets)
    assert len(taken) <= 2 * octets.count(b"\n")


@given(st.lists(st.sampled_from(['"', ",", "\n", "x", '","', "x\n"]), max_size=30).map("".join))
def test_quotes_are_those_that_the_csv_module_reads(text: str) -> None:
    """Reading again from the line after an error gives each line's record, as a reader of its own does."""
    lines = text.splitlines(keepends=True)
    expected: list[tuple[int, list[str] | None]] = []
    at = 0
    while at < len(lines):
        reader = csv.reader(lines[at:], strict=True)
        try:
            values = next(reader)
        except csv.Error:
            expected.append((at + 1, None))
            at += 1
        else:
            expected += [(at + 1, values)] if any(value.strip() for value in values) else []
            at += reader.line_num
    format_ = CsvFormat("utf-8")
    records = csv_file.records([text.encode()], format_, Place(0))
    assert [(one.line, None if one.error else one.values) for one in records] == expected


_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(st.lists(st.lists(_CELL, min_size=2, max_size=3), max_size=6), st.integers(1, 9))
def test_reads_what_the_csv_module_writes(rows: list[list[str]], size: int) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=",").writerows([["email", "name"], *rows])
    expected = [row for row in rows if any(value.strip() for value in row)]
    assert [list(one.values) for one in read(text.getvalue().encode(), size)][1:] == expected


def test_a_line_without_an_end_takes_no_longer_than_others() -> None:
    """To look for its end took the square of its length: more than a minute for 256 KB."""
    (record,) = read(b"a" * (2 * RECORD_MAX), 64 * 1024)
    assert "more than 262,144 characters" in record.error


def test_a_record_of_long_lines_is_not_held_in_memory() -> None:
    line = b'x"' + b"," * 100_000 + b'"z\n'
    records = read(line * 10)
    assert [one.line for one in records if "more than 262,144 characters" in one.error] == list(range(1, 9))


def test_a_file_without_lines_is_not_held_in_memory() -> None:
    with pytest.raises(CsvError, match="has a line of more than 4,194,304 characters"):
        read(b"a" * (UNENDED_MAX + 1), 64 * 1024)


@given(st.binary(max_size=200), st.integers(1, 9))
def test_any_octets_give_records_or_an_error(octets: bytes, size: int) -> None:
    try:
        records = read(octets, size)
    except CsvError:
        return
    assert all(record.end.offset <= len(octets) + 1 for record in records)  # half a character of UTF-16 counts as one
