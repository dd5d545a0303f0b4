"""Removing unsubscribe links from any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.templates.checking import removed_links
from functions.core.templates.checking.removed_links import VARIABLES
from functions.core.templates.source_map import MappedText
from tests.support.growth import is_linear

LINK, VALUE = "{{ unsubscribe_link }}", str(VARIABLES["unsubscribe_link"])
PIECES = [
    f"<a href='{LINK}'>",
    f'<mj-button href="{LINK}">',
    "</a>",
    "</mj-button>",
    "<a>",
    "<a href='/'>",
    "<b/>",
    "x",
]


def cut(source: str) -> str:
    return removed_links.without_links(MappedText.of("html", source)).text


@pytest.mark.parametrize(
    ("source", "left"),
    [
        (f"a<a href='{LINK}'>x</a>b", "ab"),
        (f"<mj-button href='{LINK}'/>b", "b"),
        (f"<a href='{LINK}'>x</a><a href='{LINK}'>y</a>z", "z"),
        (f"<td href='{LINK}'><td>x</td></td>z", "z"),
        (f"<a href='{LINK}'>x", f"<a href='{LINK}'>x"),
        ("<a href='{{ unsubscribe_link_x }}'>x</a>", "<a href='{{ unsubscribe_link_x }}'>x</a>"),
        (f"<!-- <a href='{LINK}'>x</a> -->", f"<!-- <a href='{LINK}'>x</a> -->"),
    ],
)
def test_an_element_is_cut_with_its_content(source: str, left: str) -> None:
    assert cut(source) == left


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join))
def test_a_second_cut_changes_nothing(source: str) -> None:
    assert cut(cut(source)) == cut(source)


@given(st.text())
def test_a_text_without_a_link_stays(text: str) -> None:
    source = MappedText.of("html", text)
    assert removed_links.without_links(source) is source
    assert removed_links.without_rendered_links(text) == text


@given(st.lists(st.sampled_from([f"<a href='{VALUE}'>", "<a href='/'>", "</a>", VALUE, "x", "<"])).map("".join))
def test_rendered_html_has_no_value_of_a_link(html: str) -> None:
    assert VALUE not in removed_links.without_rendered_links(html)


def test_a_value_is_false() -> None:
    assert not VARIABLES["unsubscribe_link"]


@pytest.mark.parametrize("piece", ["<a ", "<a x='", '<a "', "<a =", "</a ", f"<a {VALUE} ", f"<a href='{VALUE}'>"])
def test_unclosed_links_take_no_longer_than_others(piece: str) -> None:
    """16 KB of them took half a second in each delivery, and four times that for twice as many."""
    assert is_linear(lambda html: removed_links.without_rendered_links(f"{html}{VALUE}"), piece)


@pytest.mark.parametrize("piece", [f"<a href='{LINK}'>", f"<a href='{LINK}'><b></a>"])
def test_unclosed_elements_take_no_longer_than_others(piece: str) -> None:
    assert is_linear(cut, piece)


@pytest.mark.parametrize(
    ("html", "left"),
    [
        (f"<!-- <a x='y --><a href={VALUE}>Leave</a>b", "<!-- <a x='y -->b"),
        (f"<a href={VALUE} <b>Leave</b></a>c", "c"),
        (f"<a href={VALUE}>Leave</a><a href={VALUE}>", "<a href=>"),
        (f"<a href={VALUE}", "<a href="),
    ],
)
def test_broken_markup_hides_no_link(html: str, left: str) -> None:
    assert removed_links.without_rendered_links(html) == left
