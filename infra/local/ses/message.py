"""A mail as bytes: splits it into header fields and body and joins them again, without a change to any byte of the sender's.

Python's email package would refold headers and re-encode bodies, so it is used for reading only.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from infra.local.mime import FIELD


@dataclass(frozen=True)
class Field:
    name: str
    raw: bytes

    @cached_property
    def value(self) -> str:
        """The unfolded value. Encoded words stay as they are."""
        text = self.raw.partition(b":")[2].decode("utf-8", "replace")
        return re.sub(r"\r?\n(?=[ \t])", "", text).strip()


@dataclass(frozen=True)
class RawMessage:
    fields: tuple[Field, ...]
    rest: bytes
    """The empty line between header and body, and the body."""

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Parses any bytes. The header ends at the first line that is no field."""
        fields, position = [], 0
        while match := FIELD.match(raw, position):
            fields.append(Field(match[1].decode("ascii"), _closed(match[0])))
            position = match.end()
        return cls(tuple(fields), raw[position:])

    def __bytes__(self) -> bytes:
        return b"".join(field.raw for field in self.fields) + self.rest

    @property
    def newline(self) -> bytes:
        return b"\n" if self.fields and not self.fields[0].raw.endswith(b"\r\n") else b"\r\n"

    @cached_property
    def _by_name(self) -> Mapping[str, list[Field]]:
        """SES's checks read some hundred names of each message."""
        by_name: dict[str, list[Field]] = {}
        for each in self.fields:
            by_name.setdefault(each.name.lower(), []).append(each)
        return by_name

    def count(self, name: str) -> int:
        return len(self._by_name.get(name.lower(), ()))

    def all(self, name: str) -> list[str]:
        return [field.value for field in self._by_name.get(name.lower(), ())]

    def get(self, name: str) -> str:
        """Returns the first value of a header field, or ""."""
        return next(iter(self.all(name)), "")

    def without(self, *names: str) -> Self:
        excluded = {name.lower() for name in names}
        return replace(self, fields=tuple(f for f in self.fields if f.name.lower() not in excluded))

    def ending_with(self, **named: str) -> Self:
        """Returns the message with fields after all others. `_` in a name becomes `-`."""
        return replace(self, fields=(*self.fields, *self._fields(named)))

    def _fields(self, named: dict[str, str]) -> Iterator[Field]:
        for name, value in named.items():
            wire_name = name.replace("_", "-")
            yield Field(wire_name, f"{wire_name}: {value}".encode() + self.newline)


def _closed(line: bytes) -> bytes:
    """Ends a header line that the end of the message cuts short, so that a field after it does not continue it."""
    return line if line.endswith(b"\n") else line + b"\r\n"
