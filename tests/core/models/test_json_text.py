"""JSON of callers: how deep it may be nested does not depend on Python's version."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.errors import Rejected
from functions.core.models import json_text
from functions.core.models.json_text import LEVELS_MAX

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(alphabet='[{]}"\\a', max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='[{]}"\\a', max_size=5), inner),
)


def levels_of(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(levels_of, inside), default=0)


@pytest.mark.parametrize(("opening", "closing", "levels"), [("[", "]", 1), ('{"a":', "}", 1), ('[{"]\\"":', "}]", 2)])
def test_a_hundred_levels_are_read(opening: str, closing: str, levels: int) -> None:
    number = LEVELS_MAX // levels
    deepest = opening * number + "1" + closing * number
    assert json_text.read_any(deepest, "body") == json.loads(deepest)
    for text in (f"[{deepest}]", f"[{deepest}]".encode(), opening * (number + 1), "[" * 1_000_000):
        with pytest.raises(Rejected) as refused:
            json_text.read_any(text, "body")
        (error,) = refused.value.errors
        assert (error.field, error.code) == ("body", "INVALID_JSON")
        assert "nested too deep" in error.message


def test_many_brackets_are_not_deep() -> None:
    value = {"items": [[number] for number in range(1000)], "text": "[{" * 1000 + '"\\'}
    assert json_text.read_any(json.dumps(value), "body") == value


@given(VALUES, st.integers(LEVELS_MAX - 8, LEVELS_MAX))
def test_only_brackets_outside_texts_count(value: Any, around: int) -> None:
    whole = value
    for _ in range(around):
        whole = [whole]
    text = json.dumps(whole)
    if levels_of(value) + around <= LEVELS_MAX:
        assert json_text.read_any(text, "body") == whole
    else:
        with pytest.raises(Rejected):
            json_text.read_any(text, "body")


@pytest.mark.parametrize("text", ['"' + '\\"' * 500_000, '["' * 500_000, "[" * 101 + '"' + "\\" * 500_001])
def test_a_hostile_text_takes_linear_time(text: str) -> None:
    with pytest.raises(Rejected):
        json_text.read_any("[" * 101 + text, "body")
