"""Reads the query of a list, and notes every fault, so that a caller hears of all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from msgspec import Struct, field

from functions.core import addresses, timestamps
from functions.core.errors import FieldError, Rejected
from functions.core.events import pagination
from functions.core.events.pagination import Cursor

INT64_MAX = 2**63 - 1
_LAST = "9999"  # of the years that ISO-8601 has four digits for

Value = TypeVar("Value")


class PageParams(Struct, frozen=True):
    """Which part of a list is asked for."""

    question: str  # what its cursors belong to: another question's are refused
    after: Cursor | None
    limit: int


class QueryParser(Struct):
    query: Mapping[str, str]
    errors: list[FieldError] = field(default_factory=list)

    def check(self) -> None:
        """Raises Rejected with all that was noted."""
        if self.errors:
            raise Rejected(self.errors)

    def add_error(self, where: str, message: str) -> None:
        self.errors.append(FieldError(where, message))

    def text(self, name: str) -> str | None:
        """None where it is absent, or empty."""
        return self.query.get(name, "").strip() or None

    def read(self, name: str, how: Callable[[str], Value], right: str) -> Value | None:
        """None where it is absent, or where `how` raises for it."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return how(text)
        except (ValueError, OverflowError, OSError):
            self.add_error(name, f"must be {right}, not {text[:100]!r}")
            return None

    def instant(self, name: str) -> str | None:
        return self.read(name, _instant, "an ISO-8601 instant like 2026-01-31T00:00:00Z")

    def number(self, name: str, least: int = 0, most: int = INT64_MAX) -> int | None:
        return self.read(name, lambda text: _number(text, least, most), f"a whole number from {least} to {most}")

    def recipients(self, name: str) -> tuple[str, ...]:
        """An address as it was written, and in lower case: SMTP mail has it so, and callers may."""
        email = self.read(name, lambda text: addresses.parse(text).email, "an email address")
        return tuple(dict.fromkeys((email, email.lower()))) if email else ()

    def page_params(self, cursor: str, asked: Sequence[str], usual: int, most: int) -> PageParams:
        """`cursor`: the name that a cursor goes by; `asked`: those of all that the list depends on; `usual`: the limit where none is given."""
        question = urlencode({name: self.query.get(name, "") for name in asked})
        right = "what the page before said, of the same query"
        after = self.read(cursor, lambda text: pagination.decode(text, question), right)
        return PageParams(question, after, self.number("limit", 1, most) or usual)


def _instant(text: str) -> str:
    at = timestamps.normalized(text)
    if len(at) != len("2026-11-23T12:00:00.000Z") or at > _LAST:
        raise ValueError(text)
    return at


def _number(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
        raise ValueError(text)
    return int(text)
