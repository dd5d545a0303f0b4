from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core import link_tag


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_pattern_comes_back_from_a_click(pattern: str) -> None:
    value = link_tag.encoded(pattern)
    assert re.fullmatch(r"[A-Za-z0-9_-]{0,255}", value)
    read = link_tag.pattern_of({link_tag.NAME: [value]})
    assert pattern.startswith(read)
    assert read == pattern or len(pattern.encode()) > 180


@pytest.mark.parametrize(
    "tags",
    [None, [], {}, {"p": ["book"]}, *({link_tag.NAME: value} for value in (None, [], ["!"], ["/w=="], "x", [1]))],
)
def test_other_tags_have_no_pattern(tags: Any) -> None:
    assert link_tag.pattern_of(tags) == ""
