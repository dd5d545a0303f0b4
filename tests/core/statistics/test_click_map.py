"""Counters of links → badges on the mail."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from functions.core import link_tag
from functions.core.statistics.click_map import by_link, drawn

COUNTED = {"click https://a.example/x": 3, "clicks https://a.example/x": 5, "click https://b.example/": 7}


def test_links_are_in_the_order_of_their_clicks() -> None:
    assert by_link(COUNTED) == {
        "https://b.example/": {"click": 7, "clicks": 0, "machineclicks": 0},
        "https://a.example/x": {"click": 3, "clicks": 5, "machineclicks": 0},
    }


def test_a_link_is_named_as_the_counters_name_it() -> None:
    pattern = link_tag.encoded("https://shop.example/{{ custom.id }}")
    html = (
        '<a href="https://a.example/x?user=1&amp;b#part">one</a><a href="mailto:a@example.com">two</a><a name="three">three</a>'
        f'<a ses:tags="{link_tag.NAME}:{pattern};" href="https://shop.example/7">four</a>'
    )
    named = drawn(html, lambda link: f"[{link}]")
    assert named.count("<span") == 2
    assert "[https://a.example/x]</span>one" in named
    assert "[https://shop.example/{{ custom.id }}]</span>four" in named


def test_a_badge_is_in_its_link_and_is_text() -> None:
    result = drawn('<p><a href="https://a.example/x">one</a></p>', lambda _: "<b>3")
    assert result.startswith('<p><a href="https://a.example/x"><span style="')
    assert result.endswith("&lt;b&gt;3</span>one</a></p>")


@given(st.text())
def test_html_without_badges_is_unchanged(html: str) -> None:
    assert drawn(html, lambda _: "") == html
