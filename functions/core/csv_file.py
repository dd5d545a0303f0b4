"""CSV files, read as a stream and from any record on: four delimiters, quoted line breaks, UTF-8, UTF-16 or Windows-1252."""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

SAMPLE = 64 * 1024  # octets that decide the delimiter
RECORD_LINES_MAX = 1000  # a record with more lines has a quote that nothing closes
RECORD_MAX = 256 * 1024  # characters
UNENDED_MAX = 16 * RECORD_MAX  # characters without the end of a line: a file with more is no CSV file
_LINE_END = re.compile(r"\r\n|\r|\n")
_UNDEFINED = re.compile("[\udc80-\udcff]")  # octets by "surrogateescape": nothing can store or send them
DELIMITERS = ",;\t|"
_SEPARATOR = re.compile(rf'"?sep=(?P<delimiter>[{DELIMITERS}])"?')  # the first line of some files for Excel
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_OTHER_FORMATS = (
    (b"PK\x03\x04", "an Excel workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"%PDF", "a PDF file"),
    (b"\x1f\x8b", "a gzip file"),
)
_NAMES = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252"}


class CsvError(ValueError):
    """The file is no CSV file that we read. The message completes "the file ..."."""


class CsvFormat(Struct, frozen=True):
    encoding: str  # Python's name
    delimiter: str = ","
    start: int = 0  # octets of the byte-order mark

    @property
    def encoding_name(self) -> str:
        return _NAMES[self.encoding]


class Place(Struct, frozen=True):
    """The end of a record, at which the next one begins."""

    offset: int  # octets from the start of the file
    line: int = 1  # its number, from 1


class Record(Struct, frozen=True):
    line: int  # the number of its first line, from 1
    values: Sequence[str]
    end: Place
    error: str = ""  # why it has no values

    def exceeds(self, names: int) -> bool:
        """Returns whether it has values without a name. Many programs end each line but the first with delimiters: those state no value."""
        return any(value.strip() for value in self.values[names:])


def detect(chunks: Iterable[bytes]) -> CsvFormat:
    """Reads the whole file: one letter decides between UTF-8 and Windows-1252. Raises CsvError."""
    sample, decoder = b"", codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    for chunk in chunks:
        if len(sample) < SAMPLE:
            sample += chunk
        elif not is_utf8:
            break
        is_utf8 = is_utf8 and _decodes(decoder, chunk)
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    if not sample:
        raise CsvError("is empty")
    format_ = _marked(sample)
    if format_ is None:
        format_ = CsvFormat("utf-8" if is_utf8 else "cp1252")
    elif format_.encoding == "utf-8" and not is_utf8:
        raise CsvError("begins with the mark of UTF-8, and has octets that are not UTF-8")
    text = sample[format_.start : SAMPLE].decode(format_.encoding, "ignore")
    return replace(format_, delimiter=_delimiter(text))


def _decodes(decoder: codecs.IncrementalDecoder, octets: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(octets, final)
    except UnicodeDecodeError:
        return False
    return True


def _marked(sample: bytes) -> CsvFormat | None:
    for magic, name in _OTHER_FORMATS:
        if sample.startswith(magic):
            raise CsvError(f"is {name}, and not CSV: save it as CSV, and upload that")
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return CsvFormat(encoding, start=len(mark))
    head = sample[:SAMPLE]
    if head.count(0) > len(head) // 4:  # Latin letters in UTF-16: every second octet is zero
        return CsvFormat("utf-16-be" if head[:1] == b"\0" else "utf-16-le")
    return None


def _delimiter(text: str) -> str:
    """Returns the delimiter that the first line states, or that it has most often outside of quotes."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if stated := _SEPARATOR.fullmatch(first.strip()):
        return stated["delimiter"]
    outside = "".join(first.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def records(chunks: Iterable[bytes], format_: CsvFormat, place: Place) -> Iterator[Record]:
    """Yields the records of a file from a place on; `chunks` begin there. A blank line is no record, nor is a first one that states the
    delimiter. A record with an error ends after its first line, so that the next lines are read. Raises CsvError.
    """
    lines = _Lines(_lines(chunks, format_.encoding), format_.encoding, place)
    while True:
        first = lines.place
        try:
            values = next(csv.reader(lines.of_record(), delimiter=format_.delimiter, strict=True))
        except StopIteration:
            return
        except csv.Error as error:
            lines.return_all_but_first(str(error))
            yield Record(first.line, (), lines.place, f"cannot be read: {error}")
            continue
        lines.accept()
        if first.line == 1 and _SEPARATOR.fullmatch(format_.delimiter.join(values)):
            continue
        if any(value.strip() for value in values):
            yield Record(first.line, values, lines.place)


class _Lines:
    """Lines with their places. The lines of a record with an error can be returned, to be read again: each once."""

    def __init__(self, lines: Iterator[str], encoding: str, place: Place) -> None:
        self.place = place
        self._lines = lines
        self._encoding = encoding
        self._taken: list[str] = []
        self._returned: deque[str] = deque()
        self._error = ""  # which they ended with

    def of_record(self) -> Iterator[str]:
        """Raises csv.Error. A quote that is open behind a returned line was open there before, so it has the same error."""
        characters = 0
        for number in range(RECORD_LINES_MAX):
            if number and self._returned:
                raise csv.Error(self._error)
            line = self._returned.popleft() if self._returned else next(self._lines, None)
            if line is None:
                return
            self._taken.append(line)
            self.place = self._after(line)
            characters += len(line)
            if characters > RECORD_MAX:
                raise csv.Error(f"a record has more than {RECORD_MAX:,} characters")
            if "\0" in line:
                raise csv.Error("a line has a zero octet")
            if undefined := _UNDEFINED.search(line):
                octet = f"0x{ord(undefined[0]) - 0xDC00:x}"
                raise csv.Error(f"a line has the octet {octet}, which is no character")
            yield line
        raise csv.Error(f"a quote is not closed within {RECORD_LINES_MAX} lines")

    def accept(self) -> None:
        self._taken.clear()

    def return_all_but_first(self, error: str) -> None:
        others = self._taken[1:]
        self._returned.extend(others)
        self._error = error
        octets = sum(len(line.encode(self._encoding, "surrogateescape")) for line in others)
        self.place = Place(self.place.offset - octets, self.place.line - len(others))
        self._taken.clear()

    def _after(self, line: str) -> Place:
        return Place(self.place.offset + len(line.encode(self._encoding, "surrogateescape")), self.place.line + 1)


def _lines(chunks: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Yields lines with their ends: LF, CRLF or CR. Octets that the encoding lacks become marks of the same number of octets."""
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape" if encoding == "utf-8" else _undefined(encoding))
    rest = ""
    for chunk in chunks:
        rest += decoder.decode(chunk)
        *whole, rest = _split(rest, last=False)
        yield from whole
        if len(rest) > UNENDED_MAX:
            raise CsvError(f"has a line of more than {UNENDED_MAX:,} characters")
    rest += decoder.decode(b"", True)
    yield from (line for line in _split(rest, last=True) if line)


def _undefined(encoding: str) -> str:
    """Windows-1252 leaves five octets undefined; no handler restores those of UTF-16."""
    return "surrogateescape" if encoding == "cp1252" else "replace"


def _split(text: str, *, last: bool) -> list[str]:
    """Splits at line ends, which stay. The last part is what has no end yet: a CR at the end of a chunk may be half of one."""
    end = len(text) - 1 if text.endswith("\r") and not last else len(text)
    ends = [0, *(match.end() for match in _LINE_END.finditer(text, 0, end))]
    return [*(text[start:stop] for start, stop in pairwise(ends)), text[ends[-1] :]]
