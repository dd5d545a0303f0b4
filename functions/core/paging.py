"""Pages of a list that is read whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from functions.core.errors import FieldError, Rejected


class Identified(Protocol):
    @property
    def id(self) -> str: ...


Entry = TypeVar("Entry", bound=Identified)


def page_after(entries: Sequence[Entry], after: str, limit: int) -> tuple[Sequence[Entry], str]:
    """Returns the entries after the one whose id is the cursor, and the cursor of the next page; empty on the last. Raises Rejected."""
    start = next((at for at, one in enumerate(entries, start=1) if one.id == after), 0)
    if after and not start:
        raise Rejected([FieldError("after", "is no cursor of this list: use the `after` of the previous page")])
    page = entries[start : start + limit]
    return page, page[-1].id if start + limit < len(entries) else ""
