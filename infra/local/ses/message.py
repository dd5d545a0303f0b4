"""A mail as bytes: header fields and body, taken apart and put together without touching a byte that is not ours.

Python's email package would refold headers and re-encode bodies, so it only reads here and never writes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from infra.local.mime import FIELD


@dataclass(frozen=True)
class Field:
    name: str
    raw: bytes

    @property
    def value(self) -> str:
        """The value unfolded, encoded words left as they are."""
        text = self.raw.partition(b":")[2].decode("utf-8", "replace")
        return re.sub(r"\r?\n(?=[ \t])", "", text).strip()


@dataclass(frozen=True)
class Message:
    fields: tuple[Field, ...]
    rest: bytes
    """The empty line between header and body, and the body."""

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Any bytes give a message; the header ends at the first line that is no field."""
        fields, position = [], 0
        while found := FIELD.match(raw, position):
            fields.append(Field(found[1].decode("ascii"), _closed(found[0])))
            position = found.end()
        return cls(tuple(fields), raw[position:])

    def __bytes__(self) -> bytes:
        return b"".join(field.raw for field in self.fields) + self.rest

    @property
    def newline(self) -> bytes:
        return b"\n" if self.fields and not self.fields[0].raw.endswith(b"\r\n") else b"\r\n"

    def all(self, name: str) -> list[str]:
        return [field.value for field in self.fields if field.name.lower() == name.lower()]

    def get(self, name: str) -> str:
        """The first value of a header field, or ""."""
        return next(iter(self.all(name)), "")

    def without(self, *names: str) -> Self:
        unwanted = {name.lower() for name in names}
        return replace(self, fields=tuple(f for f in self.fields if f.name.lower() not in unwanted))

    def starting_with(self, **named: str) -> Self:
        """With fields put before all others; `_` in a name stands for `-`."""
        return replace(self, fields=(*self._made(named), *self.fields))

    def ending_with(self, **named: str) -> Self:
        """With fields put after all others; `_` in a name stands for `-`."""
        return replace(self, fields=(*self.fields, *self._made(named)))

    def _made(self, named: dict[str, str]) -> Iterator[Field]:
        for name, value in named.items():
            wire_name = name.replace("_", "-")
            yield Field(wire_name, f"{wire_name}: {value}".encode() + self.newline)


def _closed(line: bytes) -> bytes:
    """A header cut short by the end of the message still ends its line, or a field put after it would join it."""
    return line if line.endswith(b"\n") else line + b"\r\n"
