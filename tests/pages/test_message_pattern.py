"""Messages are recognised by the words around their values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.pages.message_pattern import read_pattern

WORDS = st.text(alphabet="ab %-", max_size=4)


@pytest.mark.parametrize(
    ("text", "message", "values"),
    [
        ("is empty", "is empty", {}),
        ("is empty", "is empty, too", None),
        ("there is no list %(id)s", "there is no list 7", {"id": "7"}),
        ("there is no list %(id)s", "there is no list ", {"id": ""}),
        ("%(a)s-%(b)s is no date", "1-2-3 is no date", {"a": "1", "b": "2-3"}),
        ("%(a)s, not %(a)s", "x, not x", {"a": "x"}),
        ("%(a)s, not %(a)s", "x, not y", None),
        ("%(a)s is is %(b)s is", "x is is", None),  # the words do not overlap
        ("100%% of %(a)s", "100% of it", {"a": "it"}),
    ],
)
def test_the_values_of_a_message(text: str, message: str, values: dict[str, str] | None) -> None:
    assert read_pattern(text).values(message) == values


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4), WORDS)
def test_a_message_that_is_made_of_a_text_is_recognised(parts: list[tuple[str, str]], end: str) -> None:
    """Its values may be others than those it was made of, but they make the same message."""
    text = "".join(f"{words.replace('%', '%%')}%(v{at})s" for at, (words, _) in enumerate(parts)) + end.replace(
        "%", "%%"
    )
    message = text % {f"v{at}": value for at, (_, value) in enumerate(parts)}
    values = read_pattern(text).values(message)
    assert values is not None
    assert text % values == message
