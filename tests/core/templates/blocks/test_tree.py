from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.templates.blocks import tree
from functions.core.templates.blocks.tree import Block
from tests.core.templates.blocks.documents import CORPUS, HTML, LEVELS, STARTERS, documents


def octets(block: Block, source: str) -> Iterator[str]:
    """Yields the leaves and what is between them, in their order."""
    at = block.start
    for child in block.children:
        yield source[at : child.start]
        yield from octets(child, source)
        at = child.end
    yield source[at : block.end]


def check_spans(block: Block) -> None:
    at = block.inner_start
    assert block.start <= block.inner_start <= block.inner_end <= block.end
    for child in block.children:
        assert at <= child.start < child.end <= block.inner_end
        check_spans(child)
        at = child.end


def check_identity(source: str) -> None:
    document = tree.opened(source, LEVELS)
    assert "".join(octets(document, source)) == source
    check_spans(document)


@pytest.mark.parametrize("name", [*CORPUS, *HTML])
def test_open_and_save_is_the_identity_over_the_corpus(name: str) -> None:
    check_identity({**CORPUS, **HTML}[name])


@given(documents)
def test_open_and_save_is_the_identity_of_documents(source: str) -> None:
    check_identity(source)


@given(st.text(alphabet="<>{}%#/ \n\r\"'=amj-textifnd", max_size=60))
def test_open_and_save_is_the_identity_of_any_text(source: str) -> None:
    check_identity(source)


def kinds(source: str) -> list[str]:
    return [block.kind for _, block in tree.opened(source, LEVELS).walk()][1:]


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_has_no_locked_block(name: str) -> None:
    assert "locked" not in kinds(STARTERS[name])


def test_a_starters_frame_areas_and_includes_are_blocks() -> None:
    document = tree.opened(STARTERS["receipt"], LEVELS)
    assert [(block.kind, block.name, block.holds) for block in document.children] == [
        ("frame", "layout", ""),
        ("area", "title", "words"),
        ("area", "why", "words"),
        ("area", "content", "content"),
    ]
    assert [(block.kind, block.name) for block in document.children[3].children] == [
        ("mj-text", ""),
        ("mj-table", ""),
        ("code", ""),
        ("include", "items"),
        ("mj-button", ""),
    ]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<mj-text>a</mj-text>", ["mj-text"]),
        ("{% if a %}<mj-text>a</mj-text>{% endif %}", ["condition", "branch", "mj-text"]),
        ("{% if a %}{% else %}<mj-spacer />{% endif %}", ["condition", "branch", "branch", "mj-spacer"]),
        ("{% for a in b %}<mj-spacer />{% endfor %}", ["repeat", "mj-spacer"]),
        ("{% for a in b %}<mj-spacer />{% else %}{% endfor %}", ["locked"]),
        ("{% macro a() %}<mj-spacer />{% endmacro %}", ["locked"]),
        ("{% raw %}{{ a }}{% endraw %}", ["locked"]),
        ("words {{ a }}", ["locked", "code"]),
        ("<mj-section></mj-section>", ["locked"]),
        ("<div>a</div>", ["locked"]),
        ("<!-- a -->", ["code"]),
        ("<mj-table><tr><td>a</td></tr></mj-table>", ["mj-table", "tr", "td"]),
        ("<mj-table><tr><td>a</tr></mj-table>", ["mj-table", "locked"]),
    ],
)
def test_a_columns_blocks(inner: str, expected: list[str]) -> None:
    outside = ["mjml", "mj-body", "mj-section", "mj-column"]
    source = f"<mjml><mj-body><mj-section><mj-column>{inner}</mj-column></mj-section></mj-body></mjml>"
    assert kinds(source) == [*outside, *expected]


@pytest.mark.parametrize("source", ["<mjml>", "{% if a %}", "{{ a", "</mj-text>", "<mjml>{% if a %}</mjml>{% endif %}"])
def test_what_cannot_be_read_is_one_locked_block(source: str) -> None:
    assert kinds(source) == ["locked"]


def test_a_path_leads_to_a_block() -> None:
    document = tree.opened(STARTERS["receipt"], LEVELS)
    assert {path: document.at(path) for path, _ in document.walk()} == dict(document.walk())
    assert document.at("9") is document.at("x") is document.at("3.-1") is None
