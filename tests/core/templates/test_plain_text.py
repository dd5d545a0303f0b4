from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined

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
        ("<a href='https://x.test/?a=1&region=eu&copy=2'>docs</a>", "docs (https://x.test/?a=1&region=eu&copy=2)"),
        ("<a href='https://x.test'>https://x.test</a>", "https://x.test"),
        ("<a href='mailto:a@x.test'>a@x.test</a> <a href='#top'>up</a>", "a@x.test up"),
        ("<a href='https://x.test'><img src='x' alt='Home'></a>", "Home (https://x.test)"),
        ("<img src='x' alt='R&D &copy=2 &lt;'>", "R&D &copy=2 <"),
        ("<a href='https://x.test'><img src='x' alt=''></a>", "https://x.test"),
        ("<a href='https://x.test'>Home</a><img src='x' alt='Map'>", "Home (https://x.test) Map"),
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


# With data, as with literal text.


def rendered(html: str, **custom: object) -> str:
    """The text part of a template, rendered, without white space at the ends of lines."""
    text = Environment(undefined=StrictUndefined).from_string(text_of(html)).render(custom)  # noqa: S701 - plain text
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<h1>{{ a }}</h1><p>{{ b }}</p>", "1\n\n2"),
        ("<table>{% for i in l %}<tr><td>{{ i }}</td><td>{{ a }}</td></tr>{% endfor %}</table>", "x 1\ny 1\nz 1"),
        ("<h2>T</h2><table>{% for i in l %}<tr><td>{{ i }}</td><td>{{ a }}</td></tr>{% endfor %}</table>end", "T\n\nx 1\ny 1\nz 1\n\nend"),
        ("<ul>{% for i in l %}<li>{{ i }}</li>{% endfor %}</ul>", "- x\n- y\n- z"),
        ("<p>a</p><ol>{% for i in l %}<li>{{ i }}</li>{% endfor %}</ol><p>b</p>", "a\n\n1. x\n2. y\n3. z\n\nb"),
        ("<ol><li>w</li>{% for i in l %}<li>{{ i }}</li>{% endfor %}</ol>", "1. w\n2. x\n3. y\n4. z"),
        ("<ol start=3><li>w<li>{{ a }}</ol>", "3. w\n4. 1"),
        ("<p>{{ a }}{% if no %}<br>{{ b }}{% endif %}<br>{{ b }}</p>", "1\n2"),
        ("<p>{{ a }}{% if a %}<br>{{ b }}{% endif %}<br>{{ b }}</p>", "1\n2\n2"),
        ("{% if no %}<h1>{{ a }}</h1>{% endif %}<p>Hello</p>", "Hello"),
        ("{% if a %}<h1>{{ a }}</h1>{% endif %}<p>Hello</p>", "1\n\nHello"),
        ("{% if no %}<p>x</p>{% else %}<p>y</p>{% endif %}<p>z</p>", "y\n\nz"),
        ("<p>Hello {% if no %}<b>{{ a }}</b>{% endif %} you{% if a %}, {{ b }}{% endif %}.</p>", "Hello you, 2."),
        ("<p>{% for i in l %}{{ i }}{% if not loop.last %}, {% endif %}{% endfor %}</p>", "x, y, z"),
        ("{% macro row(n) %}<tr><td>{{ n }}</td><td>{{ a }}</td></tr>{% endmacro %}<p>t</p><table>{{ row(5) }}{{ row(6) }}</table>", "t\n\n5 1\n6 1"),
        ("<title>{% set t %}Hi {{ a }}{% endset %}{{ t }}</title><h1>{{ t }}</h1>", "Hi 1"),
        ("<p>{% set t %}Hi{% endset %}{{ t }}</p>", "Hi"),
        ('<p title="{% set t = 5 %}">{{ t }}</p>', "5"),
        ("<a href='https://x.test/{{ a }}'>Go</a><a href='https://y.test'>Not</a>", "Go (https://x.test/1) Not (https://y.test)"),
        ("<a href='https://x.test/{{ a }}'><table><tr><td>Go</td></tr></table></a>", "Go (https://x.test/1)"),
        ("<p>{ {{ a }} &#123;&#123; x }} {<b>% if</b></p>", "{ 1 {{ x }} {% if"),
        ("<p>{% raw %}{{ x }}{% endraw %}</p>", "{{ x }}"),
        ("<pre>{{ a }}\n  b &amp;\n\nc</pre>d", "1\n  b &\n\nc\n\nd"),
        ("<ul><li><p>one</p></li><li>two<ul><li>{{ a }}</ul></ul>", "- one\n- two\n  - 1"),
        ("<ol><li>One<li><p>Two</p>{% for i in l %}<li>{{ i }}{% endfor %}</ol>", "1. One\n2. Two\n3. x\n4. y\n5. z"),
        ("<pre>a\n  y = {{ a }}\n  {{ b }}</pre>", "a\n  y = 1\n  2"),
        ("<blockquote><p>{{ a }}</p>b</blockquote>", "> 1\n\n> b"),
        ("<table><tr><th><p>Pen</p></th><td><p>{{ a }}</p></td></tr><tr><td>Ink<br>blue<td>3</table>", "Pen 1\nInk blue 3"),
        ("<table><tr><td><h2>A</h2><p>b</p></td><td><h2>C</h2><p>d</p></td></tr></table>", "A\n\nb\n\nC\n\nd"),
        ("<div style='max-height:0;overflow:hidden'>pre</div><span hidden>x</span><i style='font-size:1px'>y</i>{{ a }}", "1"),
        ("<div style='font-size:0'>{{ b }}<div style='font-size:14px'>{{ a }}</div></div>", "1"),
        ("<div style='{% if a %}display:none{% endif %}'>{{ a }}</div>", "1"),
        ("<div style='display:none'>{% if a %}x{% endif %}{{ b }}</div>{{ a }}", "1"),
    ],
)  # fmt: skip
def test_data_reads_as_literal_text_does(html: str, text: str) -> None:
    assert rendered(html, a=1, b=2, no=0, l=["x", "y", "z"]) == text


BLOCKS = ["<p>{}</p>", "<div>{}</div>", "<h1>{}</h1>", "<blockquote>{}</blockquote>"]
LEAVES = [
    "w",
    "{{ a }}",
    "<ul><li>{{ a }}</li><li>w</li></ul>",
    "<table><tr><td>{{ a }}</td><td>v</td></tr></table>",
    "<br>",
]


@given(
    st.recursive(
        st.sampled_from(LEAVES),
        lambda inside: (
            st.builds(str.format, st.sampled_from(BLOCKS), inside)
            | st.builds("{{% if a %}}{}{{% endif %}}{}".format, inside, inside)
            | st.builds("<div>{{% if no %}}{}{{% else %}}{}{{% endif %}}</div>".format, inside, inside)
        ),
        max_leaves=8,
    )
)
@settings(max_examples=150, deadline=None)
def test_a_templates_text_has_the_words_of_the_rendered_html(html: str) -> None:
    """Layout may differ by an empty line; words, and the lines that they are on, do not."""
    literal = Environment().from_string(html).render(a="data", no=False)  # noqa: S701 - of our own text
    assert words_of(rendered(html, a="data", no=False)) == words_of(text_of(literal))


def test_markup_from_data_is_read_as_text() -> None:
    assert text_of("<p>{{ custom.html | safe }}</p>") == "{{ custom.html |striptags|unescape_html }}\n"


def words_of(text: str) -> list[list[str]]:
    return [line.split() for line in text.split("\n") if line.strip()]
