"""MJML: nothing of an author's text is changed, and each attribute acts as in npm's mjml, or is reported."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from functions.core.emails.email import TemplateSyntax
from functions.core.errors import Rejected
from functions.core.templates.compiling import Body, compiled
from functions.core.templates.mjml import compiler
from functions.core.templates.mjml.attribute_table import ATTRIBUTES, WITHOUT_EFFECT
from functions.core.templates.source_map import MappedText

# Recorded with npm's mjml 5.4.1: for each element and attribute, the document without and with it, and whether its HTML differs.
RECORD: dict[str, tuple[str, str, bool]] = json.loads(Path(__file__).with_name("mjml_record.json").read_text("utf-8"))


def body(source: str) -> Body:
    return compiled(
        MappedText.of("content.mjml", source), TemplateSyntax.MJML, MappedText.of("content.previewText", "")
    )


def document(inside: str, head: str = "") -> str:
    return f"<mjml><mj-head>{head}</mj-head><mj-body><mj-section><mj-column>{inside}</mj-column></mj-section></mj-body></mjml>"


@pytest.mark.parametrize(
    "value",
    ["10\u00a0kg", "नमस्ते", "สวัสดี", "שָׁלוֹם", "❤\ufe0f", "\u3000\u200b", "a\\b", "a\nb\tc", "&#160;&amp;", "{{ x }}é"],
)
def test_an_attribute_keeps_every_character(value: str) -> None:
    html = body(document(f'<mj-image src="https://e.test/a.png" alt="{value}" href="https://e.test/{value}" />')).html
    assert (f'alt="{value}"' in html, f'href="https://e.test/{value}"' in html) == (True, True)


@pytest.mark.parametrize(
    "inside",
    [
        "<i style='font-family:\"Open Sans\";color:red'>x</i>",
        '<i style="\n color:red;\n">x</i>',
        "<I CLASS=x>a<br>b<img src=x alt=''><p>unclosed<ul><li>one<li>two</ul></I>",
        "<!-- {{ x }} --><![if !mso]>&nbsp;&eacute;{% if a < b %}<b>x</b>{% endif %}<![endif]>",
    ],
)
@pytest.mark.parametrize("element", ["mj-text", "mj-raw", "mj-button", "mj-navbar-link"])
def test_the_html_in_an_element_stays_octet_for_octet(inside: str, element: str) -> None:
    source = document(
        f"<mj-navbar><{element}>{inside}</{element}></mj-navbar>"
        if "navbar" in element
        else f"<{element}>{inside}</{element}>"
    )
    assert inside in compiler.to_html(MappedText.of("content.mjml", source)).text


@pytest.mark.parametrize(
    ("before", "after"),
    [("\ufeff", ""), ('<?xml version="1.0"?>\n', ""), ("{% set x = 3 %}", "{% set x = 3 %}"), ("{% macro b(t) %}<b>{{ t }}</b>{% endmacro %}\n", "{% macro b(t) %}<b>{{ t }}</b>{% endmacro %}")],
)  # fmt: skip
def test_what_may_be_before_the_root(before: str, after: str) -> None:
    html = body(before + document("<mj-text>{{ x }}</mj-text>")).html
    assert html.startswith(f"{after}<!DOCTYPE html>")


def test_raw_html_may_be_at_the_files_start() -> None:
    source = document("<mj-text>x</mj-text>").replace(
        "<mj-head>", '<mj-raw position="file-start"><!-- {{ x }} --></mj-raw><mj-head>'
    )
    assert body(source).html.startswith("<!-- {{ x }} --><!DOCTYPE html>")


def test_an_inline_style_stays_where_jinja_decides() -> None:
    style = "<mj-style inline='inline'>.a{color:red} .b{margin:0}</mj-style>"
    html = body(document("<mj-text><i class='a {% if x %}b{% endif %}'>T</i></mj-text>", style)).html
    assert "<i style=\"color:red\" class='a {% if x %}b{% endif %}'>" in html
    assert ".b{margin:0}" in html


def test_a_web_font_in_quotes_is_recognised() -> None:
    html = body(document("<mj-text font-family='\"Open Sans\", Arial'>x</mj-text>")).html
    assert ("fonts.googleapis.com/css?family=Open+Sans" in html, "font-family:'Open Sans', Arial" in html) == (
        True,
        True,
    )


@pytest.mark.parametrize(
    "image",
    [
        '<mj-image src="https://e.test/a.png" />',
        "<mj-social><mj-social-element name='github'>x</mj-social-element></mj-social>",
    ],
)
def test_an_image_without_a_text_has_an_empty_alt(image: str) -> None:
    assert re.search(r'<img [^>]*alt=""', body(document(image)).html)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (document("<mj-text>x</mj-text>", "<mj-include path='x' />"), "mj-include would read a file"),
        (document("<mj-text {% if x %}color='red'{% endif %}>x</mj-text>"), "has Jinja2 among its attributes"),
        (document("<mj-image src='x' width='{{ w }}px' />"), "is in the attribute width of <mj-image>"),
    ],
)  # fmt: skip
def test_a_refusal_names_its_cause(source: str, message: str) -> None:
    with pytest.raises(Rejected, match=message) as caught:
        body(source)
    assert all((error.column or 0) > 1 for error in caught.value.errors)


@pytest.mark.parametrize("pair", RECORD)
def test_an_attribute_acts_as_in_npms_mjml_or_is_reported(pair: str) -> None:
    without, with_it, acts = RECORD[pair]
    element, attribute = pair.split()
    differs = html_of(without) != html_of(with_it)
    assert not acts or differs or attribute in WITHOUT_EFFECT.get(element, ())
    reported = {warning.code for warning in body(with_it).warnings} & {"NO_EFFECT", "UNKNOWN_ATTRIBUTE"}
    assert reported == ({"NO_EFFECT"} if attribute in WITHOUT_EFFECT.get(element, ()) else set())


def html_of(source: str) -> str:
    """Carousels have random names."""
    return re.sub("[0-9a-f]{8,}", "", compiler.to_html(MappedText.of("content.mjml", source)).text)


def test_every_attribute_without_effect_acts_in_npms_mjml() -> None:
    pairs = {f"{element} {attribute}" for element, names in WITHOUT_EFFECT.items() for attribute in names}
    assert all(RECORD[pair][2] for pair in pairs)
    assert {pair.split()[0] for pair in RECORD} <= set(ATTRIBUTES)


@pytest.mark.parametrize(
    ("element", "attribute", "code"),
    [("mj-image", "colour", "UNKNOWN_ATTRIBUTE"), ("mj-section", "gutter", "NO_EFFECT"), ("mj-text", "data-track", ""), ("mj-text", "css-class", ""), ("mj-all", "padding", ""), ("mj-all", "paddin", "UNKNOWN_ATTRIBUTE")],
)  # fmt: skip
def test_an_unknown_attribute_is_reported_with_its_place(element: str, attribute: str, code: str) -> None:
    source = f"<mjml>\n<mj-head/><{element} {attribute}='red'></{element}></mjml>"
    warnings = [
        (one.code, one.line, one.column)
        for one in compiler.warnings(MappedText.of("content.mjml", source))
        if one.code != "NO_ALT"
    ]
    assert warnings == ([(code, 2, len(f"<mj-head/><{element} ") + 1)] if code else [])


@pytest.mark.parametrize(
    "default", ["<mj-table align='{{ x }}' />", "<mj-class name='a' align='{{ x }}' />", "<mj-all href='{{ x }}' />"]
)
def test_an_untaken_default_may_have_jinja(default: str) -> None:
    assert (
        "T"
        in body(
            document("<mj-spacer height='1px' /><mj-raw>T</mj-raw>", f"<mj-attributes>{default}</mj-attributes>")
        ).html
    )


def test_jinja_in_a_default_number_is_refused() -> None:
    with pytest.raises(Rejected, match="is in the attribute width of <mj-image>"):
        body(document("<mj-image src='x' />", "<mj-attributes><mj-image width='{{ x }}px' /></mj-attributes>"))


HTML_ATTRIBUTES = "<mj-html-attributes><mj-selector path='{path}'><mj-html-attribute name='{name}'>{value}</mj-html-attribute></mj-selector></mj-html-attributes>"


@pytest.mark.parametrize(
    ("path", "name", "value", "expected"),
    [
        (".a i", "data-id", "42", '<i data-id="42" class="b">'),
        (".a .b", "title", '{{ x }} & "y"', '<i title="{{ x }} & &quot;y&quot;" class="b">'),
        ("i", "class", "c", '<i class="c">'),
        ("p", "id", "none", '<i class="b">'),
    ],
)
def test_html_attributes_are_set_by_selectors(path: str, name: str, value: str, expected: str) -> None:
    rules = HTML_ATTRIBUTES.format(path=path, name=name, value=value)
    assert expected in body(document("<mj-text css-class='a'><i class=\"b\">T</i></mj-text>", rules)).html


@pytest.mark.parametrize(
    ("path", "name", "message"),
    [("..x", "id", "is not a selector"), ("i.b", "id", "only in some outcomes"), ("i", "a b", "is not the name of an attribute"), ("", "id", "needs the attribute path")],
)  # fmt: skip
def test_html_attributes_that_cannot_be_set(path: str, name: str, message: str) -> None:
    rules = HTML_ATTRIBUTES.format(path=path, name=name, value="1")
    inside = '<mj-text><i class="{% if x %}b{% endif %}">T</i></mj-text>'
    with pytest.raises(Rejected, match=message) as caught:
        body(document(inside, rules))
    assert all((error.column or 0) > 1 for error in caught.value.errors)


def test_a_default_alt_is_not_lost_and_not_missing() -> None:
    compiled_body = body(document('<mj-image src="x" />', '<mj-attributes><mj-image alt="A cat" /></mj-attributes>'))
    assert 'alt="A cat"' in compiled_body.html
    assert [one.code for one in compiled_body.warnings] == []


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<mj-button mj-class='a' href='x'>B</mj-button>", '<a title="{{ x }}" href="x"'),
        ("<mj-button mj-class='a' href='x' title='Own'>B</mj-button>", '<a title="Own" href="x"'),
        ("<mj-table css-class='t' role='table'><tr><td>1</td></tr></mj-table>", 'class="t"'),
        ("<mj-image src='x' border-top='{{ x }} solid red' />", "border:0;border-top:{{ x }} solid red;"),
    ],
)
def test_an_effect_of_ours_takes_classes_and_jinja(inside: str, expected: str) -> None:
    html = body(document(inside, "<mj-attributes><mj-class name='a' title='{{ x }}' /></mj-attributes>")).html
    assert (expected in html, "mjml-effect" in html) == (True, False)
