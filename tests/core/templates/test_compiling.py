from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.core import link_tag
from functions.core.emails.email import TemplateSource, TemplateSyntax
from functions.core.errors import Rejected
from functions.core.templates.compiling import Body, compiled
from functions.core.templates.html import own_links
from functions.core.templates.source_map import MappedText
from functions.core.templates.translation import translated
from tests.support.growth import is_linear
from tests.support.processor_time import within

NOTHING = MappedText.of("content.previewText", "")


def body(source: str, syntax: TemplateSyntax = TemplateSyntax.MJML) -> Body:
    return compiled(MappedText.of(f"content.{syntax}", source), syntax, NOTHING)


def mjml(inside: str) -> str:
    return f"<mjml><mj-body><mj-section><mj-column>{inside}</mj-column></mj-section></mj-body></mjml>"


@pytest.mark.parametrize(
    "piece",
    [
        "{% if custom.a < custom.b and custom.c > 1 %}{% endif %}",
        "{{ custom.name|default('<none>') }}",
        '{{ custom["a"] > 1 }}',
        "{# a comment <b> #}",
        "{{ 'two\nlines' }}",
        "{{ jinja }}",
        "{{ '}}' }}",
        "{{ {'a': {}} }}",
        "{%- set x = 1 -%}",
        "{% raw %}{{ x }}{% endraw %}",
    ],
)
@pytest.mark.parametrize("syntax", TemplateSyntax)
def test_jinja_comes_through_untouched(piece: str, syntax: TemplateSyntax) -> None:
    text = f"before {piece} after"
    source = (
        mjml(f"<mj-text>{text}</mj-text>")
        if syntax is TemplateSyntax.MJML
        else f"<table><tr><td>{text}</td></tr></table>"
    )
    result = body(source, syntax)
    assert (piece in result.html, piece in result.text) == (True, True)


@pytest.mark.parametrize("syntax", TemplateSyntax)
def test_a_loop_stays_around_its_table_row(syntax: TemplateSyntax) -> None:
    """HTML5 moves loose text out of a table: the loop would then run around nothing."""
    rows = "{% for i in custom.lines %}<tr><td>{{ i.name }}</td></tr>{% endfor %}"
    source = mjml(f"<mj-table>{rows}</mj-table>") if syntax is TemplateSyntax.MJML else f"<table>{rows}</table>"
    html = body(source, syntax).html
    rows = html[html.index("{% for") : html.index("{% endfor %}")]
    assert (rows.count("<tr"), rows.count("{{ i.name }}"), rows.count("</tr>")) == (1, 1, 1)


def test_jinja_in_attributes_keeps_its_quotes() -> None:
    html = body(
        mjml("""<mj-button href="{{ custom.url|default("https://example.com/?a=1&b=2") }}">Go</mj-button>""")
    ).html
    assert 'href="{{ custom.url|default("https://example.com/?a=1&b=2") }}"' in html


def test_styles_are_inlined() -> None:
    source = "<mjml><mj-head><mj-style inline='inline'>.big { font-size: 40px }</mj-style></mj-head><mj-body><mj-section><mj-column><mj-text><p class='big'>Hi</p></mj-text></mj-column></mj-section></mj-body></mjml>"
    assert "font-size: 40px" in body(source).html.partition("<body")[2]
    html = body("<style>p { color: {{ custom.c }} }</style><p>x", TemplateSyntax.HTML).html
    assert html == '<style></style><p style="color: {{ custom.c }}">x'


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        ("", (1, 1), "is not MJML"),
        ("<p>hi</p>", (1, 1), "<p> is outside"),
        ("<mjml>\n<mj-body>", (2, 1), "<mj-body> is not closed"),
        (mjml("\n <mj-text>&nbsp;"), (2, 17), "</mj-column> is here, but </mj-text> is expected"),
        (mjml("<mj-text><b></mj-text>"), (1, 51), "</mj-text> is here, but </b> is expected"),
        (mjml("\n{{ a }}<mj-nothing/>"), (2, 8), "MJML has no element <mj-nothing>"),
        (mjml("<mj-include path='/etc/passwd'/>"), (1, 39), "mj-include would read a file"),
        (mjml("<mj-text>é < ü</mj-text>"), (1, 50), "write &lt;"),
        ("<mjml>\x00</mjml>", (1, 7), "text is not allowed in <mjml>"),
        ("<mjml><mj-head>{% set x = 1 %}</mj-head></mjml>", (1, 16), "text is not allowed in <mj-head>"),
        ("<mjml><mj-body/></mjml>\nx", (2, 1), "text is not allowed outside <mjml>"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><mjml/>", (1, 29), "text is not allowed outside"),
        ("<mjml><mj-body><mj-carousel>x</mj-carousel></mj-body></mjml>", (1, 29), "is not MJML: unexpected token"),
        (mjml("<mj-text {{ a }}>x</mj-text>"), (1, 48), "drops text"),
        (mjml("<mj-text>jinja-99-piece</mj-text>"), (1, 48), "reserved as a placeholder"),
        (mjml("<mj-text>" + "<b>" * 200 + "</b>" * 200 + "</mj-text>"), (1, 483), "in more than 150 elements"),
    ],
)
def test_bad_mjml_is_rejected_by_line_and_column(source: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(Rejected, match=message) as caught:
        body(source)
    assert [(error.field, error.line, error.column) for error in caught.value.errors] == [("content.mjml", *place)]


FRAGMENTS = [
    "{{", "}}", "{%", "%}", "{#", "#}", "{% if x %}", "{% endif %}", "{% for i in custom.a %}", "{% endfor %}", "{{ custom.a.b }}",
    "{% include 'p' %}", "{% extends 'p' %}", "{% block a %}", "{% endblock %}", "{% raw %}", "{% endraw %}", "{{ x|upper }}",
    "<mjml>", "</mjml>", "<mj-body>", "</mj-body>", "<mj-text>", "</mj-text>", "<!--", "-->", "<p a='", '"', "'", "<table>", "<tr>",
    "<style>", "a{b:c}", "</style>", "<body ", ">", "<", "&", "\n", "é", "\x00", "jinja-1-piece", "x",
]  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join), st.sampled_from(TemplateSyntax))
@settings(max_examples=300, deadline=None)
def test_any_source_compiles_or_reports_line_and_column(source: str, syntax: TemplateSyntax) -> None:
    try:
        result = translated(
            TemplateSource(subject="s", body=source, syntax=syntax, preview="p"),
            {"p": "<p>{% block a %}x{% endblock %}"}.get,
        )
    except Rejected as error:
        assert error.errors  # noqa: PT017 - either end is fine
        assert all(one.line and one.column for one in error.errors)  # noqa: PT017 - each error, not the exception
    else:
        assert result.content.html


HOSTILE = {
    "braces": "{" * 400_000,
    "open": "{{" * 200_000,
    "raw": "{% raw" * 60_000,
    "quotes": "{{ " + "'" * 400_000,
    "deep": "{{ " + "(" * 100_000 + "}}",
    "sum": "{{ " + "1+" * 100_000 + "1 }}",
    "pieces": "{{ x }}" * 60_000,
    "blocks": "{% block a %}" * 30_000,
    "styles": "<style>" * 60_000,
    "bodies": "<body" * 80_000,
    "comments": "<!--" * 100_000,
    "less": "<" * 400_000,
    "tags": "<a " * 150_000,
    "quoted": "<a b=\"'>" * 50_000,
    "elements": "<p>" * 150_000,
    "nested": "<div>" * 90_000,
    "attributes": "<a " + "b='x' " * 70_000 + ">",
    "formatting": "".join(f"<b a={n}>" for n in range(149)) + "<p>x</p>" * 9_000,
    "rules": "<style>" + "*{color:red}" * 9_000 + "</style>" + "<b></b>" * 9_900,
    "selector": "<style>" + ":not(" * 60_000 + "</style><b>",
    "entities": "&#" * 200_000,
    "spaces": " " * 490_000,
    "names": "custom." * 70_000,
    "effects": "<mjml><mj-body><mj-section><mj-column><mj-social>"
    + "<mj-social-element name='x' icon-position='right'>t</mj-social-element>" * 4_500
    + "</mj-social></mj-column></mj-section></mj-body></mjml>",
    "defaults": "<mjml><mj-head><mj-attributes><mj-all "
    + " ".join(f"a{n}=''" for n in range(40_000))
    + "/></mj-attributes></mj-head><mj-body>"
    + "<mj-section/>" * 9_000
    + "</mj-body></mjml>",
    "inline": "<p style='" + "{{{{" * 100_000 + "'>",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("syntax", TemplateSyntax)
def test_no_source_takes_long(name: str, syntax: TemplateSyntax) -> None:
    """The text part is derived from it, too; a written one is read as the body is."""
    with within(8):
        try:
            translated(TemplateSource(subject="s", body=HOSTILE[name], syntax=syntax), lambda _: None)
        except Rejected as error:
            assert all(one.line and one.column for one in error.errors)  # noqa: PT017 - either end is fine


@pytest.mark.parametrize(
    ("source", "syntax", "link"),
    [
        ("<a href='https://x.test' data-track='false'>x</a>", TemplateSyntax.HTML, "<a ses:no-track href='https://x.test'>"),
        ("<a href='x' ses:no-track>x</a>", TemplateSyntax.HTML, "<a href='x' ses:no-track>"),
        ("<A {% if x %}data-track=false{% endif %} href=x>x</A>", TemplateSyntax.HTML, "<A {% if x %}ses:no-track{% endif %} href=x>"),
        ("<a data-track='true' href='https://x.test'>x</a>", TemplateSyntax.HTML, "<a data-track='true' href='https://x.test'>"),
        (mjml("<mj-button href='https://x.test' data-track='false'>x</mj-button>"), TemplateSyntax.MJML, '<a ses:no-track href="https://x.test" target'),
        (
            mjml("<mj-button href='https://x.test' rel='me' data-track=\"false\">x</mj-button>"),
            TemplateSyntax.MJML,
            '<a ses:no-track href="https://x.test" rel="me" target',
        ),
        (mjml("<mj-text><a data-track='false' href='{{ x }}'>x</a></mj-text>"), TemplateSyntax.MJML, "<a ses:no-track href='{{ x }}'>"),
    ],
)  # fmt: skip
def test_a_link_opts_out_of_tracking(source: str, syntax: TemplateSyntax, link: str) -> None:
    assert link in body(source, syntax).html


def test_jinja_among_attributes_stays_there() -> None:
    source = "<style>p{margin:0}</style><p {% if custom.x %}class='a'{% endif %} {{ custom.y }}>x</p>"
    assert body(source, TemplateSyntax.HTML).html == source


def patterns(source: str, syntax: TemplateSyntax) -> list[str]:
    values = re.findall(rf"""ses:tags=["'](?:[^"']*;)?{link_tag.NAME}:([^"';]*);""", body(source, syntax).html)
    return [link_tag.pattern_of({link_tag.NAME: [value]}) for value in values]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<a href='https://x.test/o/{{ custom.order }}?t={{ custom.t }}#x'>x</a>", ["https://x.test/o/{{ custom.order }}"]),
        ("<a href='{{ custom.url }}'>x</a><a href='{{ custom.url }}'>y</a>", ["{{ custom.url }}", "{{ custom.url }} (2)"]),
        ("<a href='{{ custom.a|default(\"?\") }}&amp;b'>x</a>", ['{{ custom.a|default("?") }}&b']),
        ("<a ses:tags='p:book' href='{{ custom.url }}'>x</a>", ["{{ custom.url }}"]),
        ("<a href='https://x.test/a?t={{ custom.t }}'>x</a>", []),
        ("<a href='https://x.test/a'>{{ custom.t }}</a>", []),
        ("<a data-track='false' href='{{ custom.url }}'>x</a>", []),
        ("<a name='{{ custom.url }}'>x</a>", []),
    ],
)  # fmt: skip
def test_a_personal_link_is_tagged_with_its_pattern(source: str, expected: list[str]) -> None:
    """Its recipients' addresses differ, and the click map has one row for it."""
    assert patterns(source, TemplateSyntax.HTML) == expected


def test_an_authors_tag_stays_next_to_the_pattern() -> None:
    html = body("<a ses:tags='p:book' href='{{ custom.url }}'>x</a>", TemplateSyntax.HTML).html
    assert re.search(rf"<a ses:tags='{link_tag.NAME}:[\w-]+;p:book' href='{{{{ custom.url }}}}'>", html)


def test_a_personal_button_in_mjml_is_tagged() -> None:
    assert patterns(mjml("<mj-button href='{{ custom.url }}'>x</mj-button>"), TemplateSyntax.MJML) == [
        "{{ custom.url }}"
    ]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="https://a/x.SECRET">x</a>', '<a ses:no-track href="https://a/x.SECRET">x</a>'),
        (
            '<A\nTITLE="a>b" href="https://a/?u=x.SECRET">x</a>',
            '<a ses:no-track\nTITLE="a>b" href="https://a/?u=x.SECRET">x</a>',
        ),
        ('<a ses:no-track href="x.SECRET">', '<a ses:no-track href="x.SECRET">'),
        ('<a href="https://b">x</a> x.SECRET', '<a href="https://b">x</a> x.SECRET'),
        ('<abbr title="SECRET">', '<abbr title="SECRET">'),
        ("<!-- <a x='y --><a href=SECRET>", "<!-- <a x='y --><a ses:no-track href=SECRET>"),
    ],
)
def test_a_link_with_our_secret_is_not_tracked(html: str, expected: str) -> None:
    assert own_links.untracked(html, ["SECRET"]) == expected


@pytest.mark.parametrize("piece", ["<a ", "<a x='", "<a SECRET ", "<a href=SECRET>"])
def test_links_with_our_secret_take_no_longer_than_others(piece: str) -> None:
    assert is_linear(lambda html: own_links.untracked(f"{html}SECRET", ["SECRET"]), piece)
