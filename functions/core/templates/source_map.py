"""Maps each character of a text to its source. A template is composed of several sources, and an error names the place in the author's."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct

from functions.core.errors import FieldError, Rejected


class Source(Struct, frozen=True):
    """One text of an author."""

    where: str  # the field's path, or the partial's name
    text: str


class Segment(Struct, frozen=True):
    """A piece of a source, or a replacement of one at the same place."""

    text: str
    source: Source
    offset: int

    @property
    def verbatim(self) -> bool:
        return self.source.text.startswith(self.text, self.offset)

    def cut(self, start: int, end: int) -> Segment:
        return Segment(self.text[start:end], self.source, self.offset + (start if self.verbatim else 0))


class MappedText(Struct, frozen=True, dict=True):
    """A text composed of segments."""

    parts: tuple[Segment, ...]

    @classmethod
    def of(cls, where: str, text: str) -> MappedText:
        """Returns a text with one source. Its line ends are Jinja2's."""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return cls((Segment(text, Source(where, text), 0),))

    @classmethod
    def joined(cls, texts: Iterable[MappedText]) -> MappedText:
        return cls(tuple(part for text in texts for part in text.parts))

    @cached_property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *itertools.accumulate(len(part.text) for part in self.parts)]

    def cut(self, start: int, end: int) -> MappedText:
        return MappedText(tuple(self._cut(start, end)))

    def _cut(self, start: int, end: int) -> Iterator[Segment]:
        first = max(0, bisect_right(self._starts, start) - 1)
        for number in range(first, len(self.parts)):
            begins, part = self._starts[number], self.parts[number]
            if begins >= end:
                return
            piece = part.cut(max(0, start - begins), min(len(part.text), end - begins))
            if piece.text:
                yield piece

    def error(self, offset: int, message: str, code: str = "INVALID_VALUE") -> FieldError:
        """Returns an error at an offset of the text, with the line and column (both from 1) of the source."""
        number = min(max(0, bisect_right(self._starts, offset) - 1), len(self.parts) - 1)
        part = self.parts[number]
        inside = offset - self._starts[number] if part.verbatim else 0
        before = part.source.text[: part.offset + inside]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return FieldError(part.source.where, message, code, line, column)

    def rejected(self, offset: int, message: str) -> Rejected:
        return Rejected([self.error(offset, message)])
