"""The cursors of lists whose pages have numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.errors import Rejected
from functions.routes.http.paging import numbered_page


@given(st.integers(0, 5))
def test_a_cursor_leads_to_the_next_page(number: int) -> None:
    assert numbered_page(str(number), 5) == number + 1
    assert numbered_page(None, 5) == 1


@given(st.text(max_size=30).filter(lambda text: text not in {"", *"012345"} and text.lstrip("0") not in {"", *"12345"}))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(Rejected):
        numbered_page(text, 5)


def test_a_number_longer_than_python_reads_is_refused() -> None:
    with pytest.raises(Rejected, match="cursor"):
        numbered_page("9" * 5000, 5)
