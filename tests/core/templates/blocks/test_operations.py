from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from functions.core.errors import Rejected
from functions.core.templates.blocks import palette, requests, tree
from functions.core.templates.blocks.conditions import BlockCondition, Repeat, Term
from functions.core.templates.blocks.operations import Changed, Editing
from functions.core.templates.blocks.rich_text import MarkAttributes, NodeAttributes, RichMark, RichNode
from functions.core.templates.blocks.tree import Block
from tests.core.templates.blocks.documents import CORPUS, LEVELS, STARTERS, documents

RECEIPT = STARTERS["receipt"]
OLD = ".".join("00000")
COLUMN = ".".join("0100")  # of the empty document
Change = Callable[[Editing, str], Changed]


def paragraph(text: str) -> RichNode:
    return RichNode("paragraph", content=(RichNode("text", text=text),))


def retype(editing: Editing, path: str) -> Changed:
    return editing.set_text(path, [*(placed.node for placed in editing.text(path)), paragraph("A new last line.")])


def pad(editing: Editing, path: str) -> Changed:
    return editing.set_attributes(path, {"padding": "3px"})


WITHIN: dict[str, Change] = {"text": retype, "attribute": pad}  # changes of one block
AROUND: dict[str, Change] = {
    "duplicate": lambda editing, path: editing.duplicate(path),
    "delete": lambda editing, path: editing.delete(path),
    "show when": lambda editing, path: editing.show_when(path, BlockCondition((Term("custom.vip"),))),
    "repeat": lambda editing, path: editing.repeat(path, Repeat("item", "custom.items")),
}


def leaves(document: Block, source: str) -> list[str]:
    return [block.code(source) for _, block in document.walk() if not block.children]


def related(path: str, other: str) -> bool:
    return not path or not other or path == other or path.startswith(f"{other}.") or other.startswith(f"{path}.")


def paths(source: str) -> Iterator[tuple[str, Block]]:
    yield from tree.opened(source, LEVELS).walk()


def check_only_its_octets(source: str, path: str, change: Change) -> None:
    """A change within a block: everything before and after it stays, and so does each other block."""
    before = tree.opened(source, LEVELS)
    block = before.at(path)
    assert block is not None
    try:
        changed = change(Editing(source, LEVELS), path)
    except Rejected:
        return
    after = tree.opened(changed.source, LEVELS)
    assert changed.source.startswith(source[: block.start])
    assert changed.source.endswith(source[block.end :])
    for other, untouched in before.walk():
        if not related(path, other):
            still = after.at(other)
            assert still is not None
            assert still.code(changed.source) == untouched.code(source)


def check_other_leaves_stay(source: str, path: str, change: Change) -> None:
    """A change around a block: each leaf that is not in it has the octets that it had, in the same order."""
    before = tree.opened(source, LEVELS)
    others = [block.code(source) for other, block in before.walk() if not block.children and not related(path, other)]
    try:
        changed = change(Editing(source, LEVELS), path)
    except Rejected:
        return
    remaining = iter(leaves(tree.opened(changed.source, LEVELS), changed.source))
    assert all(other in remaining for other in others)


@pytest.mark.parametrize("name", CORPUS)
@pytest.mark.parametrize("change", [*WITHIN, *AROUND])
def test_a_change_of_a_block_leaves_the_corpus_octets(name: str, change: str) -> None:
    source = CORPUS[name]
    for path, _ in paths(source):
        if change in WITHIN:
            check_only_its_octets(source, path, WITHIN[change])
        else:
            check_other_leaves_stay(source, path, AROUND[change])


@given(documents, st.data())
def test_a_change_of_a_block_leaves_other_octets(source: str, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([path for path, _ in paths(source)]))
    check_only_its_octets(source, path, data.draw(st.sampled_from([*WITHIN.values()])))
    check_other_leaves_stay(source, path, data.draw(st.sampled_from([*AROUND.values()])))


@given(documents, st.data())
def test_a_text_that_comes_back_as_it_was_changes_nothing(source: str, data: st.DataObject) -> None:
    editing = Editing(source, LEVELS)
    for path, block in paths(source):
        if block.text:
            with suppress(Rejected):
                nodes = [placed.node for placed in editing.text(path)]
                assert editing.set_text(path, nodes).source == source


@given(documents, st.text(max_size=30))
def test_any_text_that_is_typed_can_be_read_again(source: str, text: str) -> None:
    editing = Editing(source, LEVELS)
    path = next((path for path, block in paths(source) if block.text), None)
    if path is None:
        return
    changed = editing.set_text(path, [paragraph(text)])
    assert len([*paths(changed.source)]) == len([*paths(source)])


@given(documents, st.data())
def test_a_moved_block_keeps_its_octets(source: str, data: st.DataObject) -> None:
    every = [path for path, _ in paths(source)]
    path, parent = data.draw(st.sampled_from(every)), data.draw(st.sampled_from(every))
    block = tree.opened(source, LEVELS).at(path)
    assert block is not None
    try:
        moved = Editing(source, LEVELS).move(path, parent, data.draw(st.integers(0, 5)))
    except Rejected:
        return
    after = tree.opened(moved.source, LEVELS).at(moved.path)
    assert after is not None
    assert after.code(moved.source) == block.code(source)
    lines = (
        text.replace(" ", "").replace("\n", "").replace("\r", "").replace("\t", "") for text in (source, moved.source)
    )
    first, second = lines
    assert sorted(first) == sorted(second)


def receipt() -> Editing:
    return Editing(RECEIPT, LEVELS)


def test_a_new_block_gets_a_line_of_its_own() -> None:
    changed = receipt().add("3", 1, "divider")
    assert changed.path == "3.1"
    assert '</mj-text>\n<mj-divider border-width="1px" border-color="#e4e2db" />\n<mj-table' in changed.source


def test_a_new_block_is_indented_as_its_neighbours() -> None:
    source = Editing(palette.EMPTY).add(COLUMN, 0, "table").source
    assert '\n        <mj-table>\n          <tr><th align="left">' in source
    assert source.endswith("</mj-table>\n      </mj-column>\n    </mj-section>\n  </mj-body>\n</mjml>\n")


@pytest.mark.parametrize(
    ("parent", "name", "kinds"),
    [
        ("0.1", "text", ["mj-section", "mj-column", "mj-text"]),
        ("0.1.0", "text", ["mj-column", "mj-text"]),
        (COLUMN, "text", ["mj-text"]),
        ("0.1", "columns", ["mj-section", "mj-column", "mj-column"]),
    ],
)
def test_a_new_block_brings_what_its_place_needs(parent: str, name: str, kinds: list[str]) -> None:
    changed = Editing(palette.EMPTY).add(parent, 9, name)
    block = tree.opened(changed.source).at(changed.path)
    assert block is not None
    assert [child.kind for _, child in block.walk()] == kinds


@pytest.mark.parametrize(("parent", "name"), [("0", "text"), (COLUMN, "section"), (COLUMN, "nothing"), ("", "text")])
def test_a_block_cannot_be_everywhere(parent: str, name: str) -> None:
    with pytest.raises(Rejected):
        Editing(palette.EMPTY).add(parent, 0, name)


def test_delete_takes_the_line_with_it() -> None:
    changed = receipt().delete("3.1.0.1")
    assert changed.source == RECEIPT.replace(
        '\n    <tr><th class="label" scope="row">Date</th><td class="value">{{ custom.order_date }}</td></tr>', ""
    )


@pytest.mark.parametrize("path", ["", "0", "9", "3.9"])
def test_delete_refuses_what_the_email_needs(path: str) -> None:
    with pytest.raises(Rejected):
        receipt().delete(path)


def test_a_block_moves_up_and_down() -> None:
    button = RECEIPT[RECEIPT.index("<mj-button") : RECEIPT.index("{% endblock %}", RECEIPT.index("<mj-button"))].strip()
    up = receipt().move("3.4", "3", 0)
    assert up.path == "3.0"
    assert up.source.index(button) < up.source.index("Hi {{")
    down = Editing(up.source, LEVELS).move("3.0", "3", 5)
    assert (down.path, down.source) == ("3.4", RECEIPT)


def test_a_block_moves_to_no_wrong_place() -> None:
    editing = Editing(CORPUS["columns"])
    every = [path for path, block in paths(CORPUS["columns"]) if block.kind == "mj-section"]
    with pytest.raises(Rejected):
        editing.move(every[0], f"{every[0]}.0", 0)
    with pytest.raises(Rejected):
        receipt().move("3.4", "1", 0)


def test_an_element_that_closes_at_once_gets_a_text() -> None:
    source = palette.EMPTY.replace("<mj-column>", '<mj-column><mj-button href="x" />')
    changed = Editing(source).set_text(f"{COLUMN}.0", [paragraph("Go")])
    assert changed.source == source.replace('<mj-button href="x" />', '<mj-button href="x">Go</mj-button>')


def test_a_changed_paragraph_keeps_its_tags_and_its_neighbours() -> None:
    source = '<mjml><mj-body><mj-section><mj-column><mj-text><p class="a">One &copy;</p>\n <p>Two &copy;</p></mj-text></mj-column></mj-section></mj-body></mjml>'
    editing = Editing(source)
    first, second = (placed.node for placed in editing.text(OLD))
    new = replace(first, content=(RichNode("text", text="1 < 2 & {{ 3"),))
    assert editing.set_text(OLD, [new, second]).source == source.replace(
        '<p class="a">One &copy;</p>', '<p class="a">1 &lt; 2 &amp; &#123;{ 3</p>'
    )


def test_marks_chips_and_breaks_are_written() -> None:
    bold, link = RichMark("strong"), RichMark("link", MarkAttributes(href='https://example.com/?a=1&b="2"'))
    red = RichMark("style", MarkAttributes(color="#aa0000"))
    nodes = (
        RichNode("text", text="Hi "),
        RichNode("chip", NodeAttributes(path="contact.firstname", default="there")),
        RichNode("hard_break"),
        RichNode("text", text="bold", marks=(bold,)),
        RichNode("text", text=" both", marks=(bold, link)),
        RichNode("text", text="red", marks=(red,)),
    )
    changed = receipt().set_text("3.0", [RichNode("paragraph", content=nodes)])
    block = tree.opened(changed.source, LEVELS).at("3.0")
    assert block is not None
    assert block.inner(changed.source) == (
        'Hi {{ contact.firstname|default("there") }}<br /><strong>bold</strong>'
        '<a href="https://example.com/?a=1&amp;b=&quot;2&quot;"><strong> both</strong></a>'
        '<span style="color: #aa0000">red</span>'
    )


def test_a_links_new_address_keeps_its_other_attributes() -> None:
    source = palette.EMPTY.replace("<mj-column>", "<mj-column><mj-text><a class='x' href='a'>b</a></mj-text>")
    editing = Editing(source)
    (placed,) = editing.text(f"{COLUMN}.0")
    (text,) = placed.node.content
    mark = replace(text.marks[0], attrs=replace(text.marks[0].attrs, href="https://example.com/{{ custom.id }}"))
    changed = editing.set_text(f"{COLUMN}.0", [replace(placed.node, content=(replace(text, marks=(mark,)),))])
    assert changed.source == source.replace("href='a'", "href='https://example.com/{{ custom.id }}'")


@pytest.mark.parametrize(
    "address",
    ["https://x.example/?a=1&region=eu&copy=2", "https://x.example/?a=1&amp;b=2", "/?a&section;&not", "a > b"],
)
def test_a_link_stays_as_written_when_its_text_changes(address: str) -> None:
    link = f'<a href="{address}">'
    source = palette.EMPTY.replace("<mj-column>", f"<mj-column><mj-text>{link}b</a></mj-text>")
    editing = Editing(source)
    (placed,) = editing.text(f"{COLUMN}.0")
    nodes = [replace(placed.node, content=(*placed.node.content, RichNode("text", text=" more")))]
    changed = editing.set_text(f"{COLUMN}.0", nodes)
    assert changed.source == source.replace("b</a>", "b</a> more")


@pytest.mark.parametrize("value", ["?a=1&b=2", "a > b", "one\n  two", "{{ custom.x }}&y"])
def test_the_same_value_of_an_attribute_changes_nothing(value: str) -> None:
    source = palette.EMPTY.replace("<mj-column>", f'<mj-column><mj-image alt="{value}" />')
    assert Editing(source).set_attributes(f"{COLUMN}.0", {"alt": value}).source == source


@pytest.mark.parametrize("mark", [MarkAttributes(href="https://x.example/{{ custom.id"), MarkAttributes(open="x")])
def test_a_link_that_cannot_be_written_is_refused(mark: MarkAttributes) -> None:
    node = RichNode("text", text="a", marks=(RichMark("link", mark),))
    with pytest.raises(Rejected):
        receipt().set_text("3.0", [RichNode("paragraph", content=(node,))])


@pytest.mark.parametrize(("begin", "end"), [("<span>", "</span>"), ("<ul><li>a", "</li></ul>")])
def test_a_text_nested_too_deep_is_locked(begin: str, end: str) -> None:
    text = f"<mj-text>{begin * 1000}{end * 1000}</mj-text>"
    editing = Editing(palette.EMPTY.replace("<mj-column>", f"<mj-column>{text}"))
    with pytest.raises(Rejected):
        editing.text(f"{COLUMN}.0")


def test_attributes_are_set_added_and_removed() -> None:
    changed = receipt().set_attributes(
        "3.4", {"href": "https://example.com/?a=1&b=2", "css-class": None, "align": "left"}
    )
    assert (
        '<mj-button href="https://example.com/?a=1&amp;b=2" background-color="{{ accent }}" color="{{ on_accent }}" align="left">'
        in changed.source
    )


@pytest.mark.parametrize("changes", [{"onclick": "x"}, {"a b": "x"}, {"href": "{{ x"}])
def test_attributes_that_do_not_exist_or_end_are_refused(changes: dict[str, str | None]) -> None:
    with pytest.raises(Rejected):
        receipt().set_attributes("3.4", changes)


def test_a_condition_wraps_a_block_changes_and_goes() -> None:
    wrapped = receipt().show_when("3.4", BlockCondition((Term("custom.receipt_url"),)))
    assert "\n{% if custom.receipt_url %}\n<mj-button" in wrapped.source
    assert wrapped.path == "3.4.0.0"
    other = Editing(wrapped.source, LEVELS).set_condition("3.4.0", BlockCondition((Term("custom.plan", "eq", 'a"b'),)))
    assert '{% if custom.plan == "a\\"b" %}' in other.source
    assert Editing(other.source, LEVELS).unwrap("3.4").source == RECEIPT


def test_a_repetition_wraps_a_row_and_changes() -> None:
    wrapped = receipt().repeat("3.1.0.0", Repeat("item", "custom.items"))
    assert "\n    {% for item in custom.items %}\n    <tr>" in wrapped.source
    other = Editing(wrapped.source, LEVELS).set_repeat("3.1.0.0", Repeat("line", "custom.lines"))
    assert "{% for line in custom.lines %}" in other.source
    assert Editing(other.source, LEVELS).unwrap("3.1.0.0").source == RECEIPT


def test_the_code_of_html_changes_if_it_can_be_read() -> None:
    source = Editing(palette.EMPTY).add(COLUMN, 0, "html").source
    changed = Editing(source).set_code(f"{COLUMN}.0", "<div>{{ custom.x }}</div>")
    assert "<mj-raw><div>{{ custom.x }}</div></mj-raw>" in changed.source
    with pytest.raises(Rejected):
        Editing(source).set_code(f"{COLUMN}.0", "{% if x %}")
    with pytest.raises(Rejected):
        receipt().set_code("3.2", "{% set x = 1 %}")


@pytest.mark.parametrize("place", [{"near": ""}, {"near": COLUMN}, {"near": "", "parent": COLUMN, "index": 0}])
def test_an_uploaded_image_comes_with_its_attributes_in_one_change(place: dict[str, str | int]) -> None:
    request = {"do": "image", "src": "https://x.example/images/a.png", "alt": 'Our "shop"', **place}
    changed = requests.read(json.dumps(request)).apply(Editing(palette.EMPTY))
    block = tree.opened(changed.source).at(changed.path)
    assert block
    assert block.kind == "mj-image"
    code = block.code(changed.source)
    assert 'src="https://x.example/images/a.png"' in code
    assert "Our &quot;shop&quot;" in code


def test_an_image_next_to_a_section_has_its_own() -> None:
    source = "<mjml><mj-body><mj-section><mj-column /></mj-section></mj-body></mjml>"
    changed = Editing(source).add_image({"src": "/a.png", "alt": ""}, "", "0.0", 1)
    assert changed.source.count("<mj-section>") == 2
    assert '<mj-image src="/a.png" alt="" />' in changed.source
