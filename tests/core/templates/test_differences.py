from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.errors import Rejected
from functions.core.templates import differences

NAMES = ("revision 1", "draft")


def test_a_change_is_shown_by_line_with_both_names() -> None:
    lines = differences.of_text("one\ntwo\nthree", "one\n2\nthree", NAMES).splitlines()
    assert lines == ["--- revision 1", "+++ draft", "@@ -1,3 +1,3 @@", " one", "-two", "+2", " three"]


def test_html_is_compared_by_tags_and_texts() -> None:
    before, after = "<p>a</p><p>b</p>", "<p>a</p>\n\n<p>\n  b </p>"
    assert differences.of_html(before, after, NAMES) == ""
    lines = differences.of_html(before, '<p>a</p><p class="x">b</p>', NAMES).splitlines()
    assert ("-<p>" in lines, '+<p class="x">' in lines, "+b" in lines) == (True, True, False)


@given(st.text())
def test_nothing_differs_from_itself(text: str) -> None:
    assert differences.of_html(text, text, NAMES) == differences.of_text(text, text, NAMES) == ""


def test_a_text_too_long_to_compare_is_refused() -> None:
    long = "\n".join(map(str, range(differences.LINES_MAX + 1)))
    assert differences.of_text(long, long, NAMES) == ""
    with pytest.raises(Rejected, match="too long to compare: 5,001 lines"):
        differences.of_text(long, "", NAMES)
