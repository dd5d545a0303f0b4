from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.templates.html.masking import Masked
from functions.core.templates.html.plain_text import plain_text
from functions.core.templates.source_map import MappedText


def text_of(html: str) -> str:
    return plain_text(Masked.of(MappedText.of("content.html", html)))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>two\n  three</p>", "One\n\ntwo three"),
        ("a<br>b", "a\nb"),
        ("<p>See <a href='https://x.test/?a=1&amp;b=2'>the <b>docs</b></a>.</p>", "See the docs (https://x.test/?a=1&b=2)."),
        ("<a href='https://x.test'>https://x.test</a>", "https://x.test"),
        ("<a href='mailto:a@x.test'>a@x.test</a> <a href='#top'>up</a>", "a@x.test up"),
        ("<a href='https://x.test'><img src='x' alt='Home'></a>", "Home (https://x.test)"),
        ("<a href='https://x.test'><img src='x' alt=''></a>", "https://x.test"),
        ("<ul><li>a</li><li>b</li></ul>c", "- a\n- b\n\nc"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<h1>Title</h1>text<hr>end", "Title\n\ntext\n\n---\n\nend"),
        ("<head><title>t</title><style>s</style></head><body>b</body>", "b"),
        ("<div style='display: none'>hidden <b>too</b><br></div>shown", "shown"),
        ("a&nbsp;b &lt;c&gt;&#847;&zwnj;", "a b <c>"),
        ("<!-- comment -->a{% if x %}b{% endif %}", "a{% if x %}b{% endif %}"),
        ("<head>{% set x = 1 %}{{ x }}</head>a", "{% set x = 1 %}a"),
        ("<a href='mailto:{{ custom.email }}'>{{ custom.email }}</a>", "{{ custom.email }}"),
        ("</div></b>stray</a>", "stray"),
    ],
)  # fmt: skip
def test_html_as_plain_text(html: str, text: str) -> None:
    assert text_of(html) == text + "\n"


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<a href='x'>",
                "</a>",
                "<li>",
                "<br>",
                "<div style='display:none'>",
                "</div>",
                "x",
                " ",
                "<",
                "&",
                "<!--",
                "-->",
                "<td>",
            ]
        )
    ).map("".join)
)
def test_any_html_reads_as_tidy_text(html: str) -> None:
    text = text_of(html)
    assert "\n\n\n" not in text
    assert all(line == line.rstrip() for line in text.split("\n"))
