"""Which language a reader gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.i18n.languages import NAMES, accepted, negotiated


@pytest.mark.parametrize(
    ("header", "languages"),
    [
        ("", []),
        ("it", ["it"]),
        ("en;q=0.5, it", ["it", "en"]),
        ("en;q=0.5,it;q=0.50", ["en", "it"]),
        ("it;q=0, en;q=0.001", ["en"]),
        ("de-CH-1996 ; q=0.9 , IT-it", ["IT-it", "de-CH-1996"]),
        ("*, it;q=2, en;q=x, ;q=1, it", ["it"]),
    ],
)
def test_accepted_languages_are_in_order(header: str, languages: list[str]) -> None:
    assert list(accepted(header)) == languages


@pytest.mark.parametrize(
    ("stated", "header", "language"),
    [
        (["it"], "en", "it"),
        ([" IT_it "], "en", "it"),
        (["", "de"], "it", "it"),
        (["de", "it"], "en", "it"),
        ([], "de, it;q=0.1", "it"),
        ([], "", "en"),
        (["ita"], "", "en"),
    ],
)
def test_the_first_language_that_we_have_counts(stated: list[str], header: str, language: str) -> None:
    assert negotiated(stated, header) == language


@given(st.lists(st.text()), st.text())
def test_any_texts_give_a_language(stated: list[str], header: str) -> None:
    assert negotiated(stated, header) in NAMES
