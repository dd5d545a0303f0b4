"""Every position survives a cursor, and no other text is a cursor."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core import ids, timestamps
from functions.core.events import pagination
from functions.core.events.pagination import CURSOR_MAX, ID_MAX, RECIPIENT_MAX, Cursor, Position
from tests.support.examples import NOON_TEXT, a_message

INSTANTS = st.integers(0, 32_503_680_000_000).map(lambda number: timestamps.iso(number / 1000))
PLACES = st.builds(Position, INSTANTS, st.uuids().map(str), st.integers(0, RECIPIENT_MAX))
CURSORS = st.builds(Cursor, PLACES, st.one_of(st.just(""), st.uuids().map(str)))


@given(CURSORS, st.text(max_size=50))
def test_a_cursor_comes_back_as_it_was(cursor: Cursor, query: str) -> None:
    text = pagination.encode(cursor, query)
    assert len(text) <= CURSOR_MAX
    assert text.isascii()
    assert text.replace("-", "").replace("_", "").isalnum()
    assert pagination.decode(text, query) == cursor


@given(CURSORS, st.text(max_size=20), st.text(max_size=20))
def test_a_cursor_belongs_to_its_query(cursor: Cursor, query: str, other: str) -> None:
    if query != other:
        with pytest.raises(ValueError, match="another query"):
            pagination.decode(pagination.encode(cursor, query), other)


def packed(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.one_of(st.text(max_size=900), JSON.map(packed)))
def test_any_other_text_is_no_cursor(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of any kind, and nothing but a ValueError
        pagination.decode(text, "")


Q = ids.digest("")


@pytest.mark.parametrize(
    "fields",
    [
        [Q, "2026-11-23T12:00:00Z", "s-1", 0, ""],
        [Q, "yesterday", "s-1", 0, ""],
        [Q, NOON_TEXT, "s-1", -1, ""],
        [Q, NOON_TEXT, "s-1", RECIPIENT_MAX + 1, ""],
        [Q, NOON_TEXT, "s-1", True, ""],
        [Q, NOON_TEXT, "s" * (ID_MAX + 1), 0, ""],
        [Q, NOON_TEXT, None, 0, ""],
        [Q, NOON_TEXT, "s-1", 0],
        [Q, NOON_TEXT, "s-1", 0, "", ""],
    ],
)
def test_a_forged_position_is_refused(fields: list[Any]) -> None:
    with pytest.raises(ValueError, match=r"cursor|message|isoformat"):
        pagination.decode(packed(fields), "")


def test_all_messages_of_an_instant_follow_its_start() -> None:
    """The newest come first, so a smaller position comes later."""
    first = pagination.position_of(a_message(recipient=0))
    assert pagination.position_of(a_message(recipient=1)) > first > pagination.start_of(NOON_TEXT)
    assert pagination.start_of(NOON_TEXT) > pagination.position_of(a_message(accepted_at="2026-11-23T11:59:59.999Z"))
