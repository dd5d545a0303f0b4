"""Cursors of pages of contacts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.contacts import contact_cursor


@given(st.text(), st.integers(0, 2**40), st.emails())
def test_a_cursor_returns_what_it_holds(query: str, listed: int, position: str) -> None:
    assert contact_cursor.decode(contact_cursor.encode(query, listed=listed, position=position), query) == (
        listed,
        position,
    )


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"cursor|query"):
        contact_cursor.decode(text, "q")


def test_a_cursor_of_another_query_is_refused() -> None:
    with pytest.raises(ValueError, match="another query"):
        contact_cursor.decode(contact_cursor.encode("q", listed=0, position=""), "r")
