"""Pages of a list that is read whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from functions.core.errors import Rejected
from functions.core.paging import page_after


class Entry(Struct, frozen=True):
    id: str


@given(size=st.integers(0, 30), limit=st.integers(1, 10))
def test_the_pages_have_each_entry_once(size: int, limit: int) -> None:
    entries = [Entry(str(number)) for number in range(size)]
    page, after = page_after(entries, "", limit)
    read = list(page)
    while after:
        page, after = page_after(entries, after, limit)
        assert 0 < len(page) <= limit
        read += page
    assert read == entries


def test_an_unknown_cursor_is_refused() -> None:
    with pytest.raises(Rejected, match="no cursor of this list"):
        page_after([Entry("1")], "2", 10)
