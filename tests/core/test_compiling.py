from __future__ import annotations

import pytest

from functions.core.compiling import compiled_html
from functions.core.errors import Rejected


def mjml(inside: str) -> str:
    return f"<mjml><mj-body><mj-section><mj-column>{inside}</mj-column></mj-section></mj-body></mjml>"


@pytest.mark.parametrize(
    "piece",
    [
        "{% if custom.a < custom.b and custom.c > 1 %}",
        "{{ custom.name|default('<none>') }}",
        '{{ custom["a"] & 1 }}',
        "{# a comment <b> #}",
        "{{ 'two\nlines' }}",
        "{{ jinja }}",
    ],
)
def test_jinja_comes_through_untouched(piece: str) -> None:
    assert piece in compiled_html(mjml(f"<mj-text>before {piece} after</mj-text>"))


def test_a_loop_stays_around_its_table_row() -> None:
    """HTML5 moves loose text out of a table: the loop would then run around nothing."""
    table = "<mj-table>{% for i in custom.lines %}<tr><td>{{ i.name }}</td></tr>{% endfor %}</mj-table>"
    html = compiled_html(mjml(table))
    rows = html[html.index("{% for") : html.index("{% endfor %}")]
    assert (rows.count("<tr"), rows.count("{{ i.name }}"), rows.count("</tr>")) == (1, 1, 1)


def test_jinja_in_attributes_keeps_its_quotes() -> None:
    html = compiled_html(
        mjml("""<mj-button href="{{ custom.url|default("https://example.com/?a=1&b=2") }}">Go</mj-button>""")
    )
    assert 'href="{{ custom.url|default("https://example.com/?a=1&b=2") }}"' in html


def test_styles_are_inlined() -> None:
    source = "<mjml><mj-head><mj-style inline='inline'>.big { font-size: 40px }</mj-style></mj-head><mj-body><mj-section><mj-column><mj-text><p class='big'>Hi</p></mj-text></mj-column></mj-section></mj-body></mjml>"
    assert "font-size: 40px" in compiled_html(source).partition("<body")[2]


def test_a_text_that_looks_like_our_placeholder_is_told() -> None:
    with pytest.raises(Rejected, match="'jinja-99-piece', which stands for"):
        compiled_html(mjml("<mj-text>jinja-99-piece {{ x }}</mj-text>"))


@pytest.mark.parametrize(
    "source",
    ["", "<p>hi</p>", "<mjml><mj-body>", mjml("<mj-text>&nbsp;"), mjml("<mj-text><b></mj-text>"), "<mjml>\x00</mjml>"],
)
def test_bad_mjml_is_rejected_in_the_compilers_words(source: str) -> None:
    with pytest.raises(Rejected) as caught:
        compiled_html(source)
    assert [fault.where for fault in caught.value.faults] == ["content.mjml"]
    assert caught.value.faults[0].message
