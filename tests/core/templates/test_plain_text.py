from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.templates.html.plain_text import plain_text

PIECE = re.compile(r"piece-\d")
MEANS = {"piece-1": "{{ custom.email }}", "piece-2": "{{ custom.email }}", "piece-3": "{% if x %}"}


def restored(text: str) -> str:
    return PIECE.sub(lambda match: MEANS.get(match[0], match[0]), text)


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
        ("<!-- comment -->a<!--piece-3-->b", "apiece-3b"),
        ("<head><!--piece-3--><!--piece-1--></head>a", "piece-3a"),
        ("<a href='mailto:piece-1'>piece-2</a>", "piece-2"),
        ("</div></b>stray</a>", "stray"),
    ],
)  # fmt: skip
def test_html_as_plain_text(html: str, text: str) -> None:
    assert plain_text(html, PIECE, restored) == text + "\n"


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
    text = plain_text(html, PIECE, restored)
    assert "\n\n\n" not in text
    assert all(line == line.strip() for line in text.split("\n"))
