from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.errors import Rejected
from functions.core.templates.blocks import chips, conditions
from functions.core.templates.blocks.conditions import BlockCondition, Repeat, Term
from tests.support.growth import is_linear

_paths = st.sampled_from(["contact.country", "custom.items", "custom.order.total", "item.price"])
_values = st.one_of(st.text(max_size=12), st.integers(-9999, 9999), st.booleans(), st.sampled_from([1.5, 0.25]))
_terms = st.one_of(
    st.builds(Term, _paths, st.sampled_from(["set", "unset"])),
    st.builds(Term, _paths, st.sampled_from(["eq", "ne", "gt", "gteq", "lt", "lteq", "has"]), _values),
)


@given(st.lists(_terms, min_size=1, max_size=4), st.booleans())
def test_a_written_condition_reads_back(terms: list[Term], any_term: bool) -> None:
    condition = BlockCondition(tuple(terms), any_term and len(terms) > 1)
    read = conditions.read("{% if " + conditions.written(condition) + " %}")
    texts = {term.value for term in terms if isinstance(term.value, str)}
    if not any("\n" in text or "\r" in text for text in texts):
        assert read == condition


@pytest.mark.parametrize(
    ("tag", "terms"),
    [
        ("{% if custom.vip %}", (Term("custom.vip"),)),
        ("{%- if not custom.vip -%}\n", (Term("custom.vip", "unset"),)),
        (
            '{% elif custom.plan == "pro" and custom.n > 2 %}',
            (Term("custom.plan", "eq", "pro"), Term("custom.n", "gt", 2)),
        ),
        ("{% if 'a' in custom.tags %}", (Term("custom.tags", "has", "a"),)),
    ],
)
def test_common_conditions_have_a_form(tag: str, terms: tuple[Term, ...]) -> None:
    condition = conditions.read(tag)
    assert condition is not None
    assert condition.terms == terms


@pytest.mark.parametrize(
    "code",
    ["a and (b or c)", "a|length > 2", "a.b()", "a == b", "1", "a < b < c", "not (a and b)", "a is defined and x|d"],
)
def test_any_other_condition_stays_code(code: str) -> None:
    assert conditions.read("{% if " + code + " %}") is None
    assert conditions.expression("{% if " + code + " %}") == code


def test_a_loop_over_a_path_has_a_form() -> None:
    assert conditions.read_repeat("{% for item in custom.items %}") == Repeat("item", "custom.items")
    assert conditions.read_repeat("{% for a, b in custom.items %}") is None
    assert conditions.read_repeat("{% for a in custom.items|sort %}") is None


@pytest.mark.parametrize(
    ("item", "path"), [("a.b", "custom.x"), ("item", "x y"), ("", "custom.x"), ("item", "x %}{% do")]
)
def test_a_repetition_needs_names(item: str, path: str) -> None:
    with pytest.raises(Rejected):
        conditions.written_repeat(Repeat(item, path))


def test_a_condition_needs_a_property() -> None:
    with pytest.raises(Rejected):
        conditions.written(BlockCondition((Term("1 %}{% endif"),)))
    with pytest.raises(Rejected):
        conditions.written(BlockCondition(()))


@pytest.mark.parametrize(
    ("code", "path", "default", "simple"),
    [
        ("{{ contact.firstname }}", "contact.firstname", None, True),
        ('{{ contact.firstname|default("there") }}', "contact.firstname", "there", True),
        ("{{ personalization_token('contact.firstname', 'there') }}", "contact.firstname", "there", True),
        ("{{ custom['order']['id'] }}", "custom.order.id", None, True),
        ("{{ custom.total|format_currency('en', 'EUR') }}", "custom.total", None, False),
        ("{{ custom.a|default('x', true) }}", "custom.a", None, False),
        ("{{ 1 + 1 }}", "", None, False),
        ("{{ broken", "", None, False),
    ],
)
def test_a_chip_shows_its_path_and_its_default(code: str, path: str, default: str | None, simple: bool) -> None:
    chip = chips.read(code)
    assert (chip.path, chip.default, chip.simple) == (path, default, simple)


@given(_paths, st.text(max_size=20))
def test_a_written_chip_reads_back(path: str, default: str) -> None:
    chip = chips.read(chips.written(path, default))
    assert (chip.path, chip.simple) == (path, True)
    if "\n" not in default and "\r" not in default:
        assert chip.default == (default or None)


def test_a_contacts_property_without_a_default_is_marked() -> None:
    assert chips.read("{{ contact.firstname }}").without_default
    assert not chips.read("{{ contact.firstname|default('x') }}").without_default
    assert not chips.read("{{ custom.total }}").without_default


def test_an_expression_has_no_spaces_around_it() -> None:
    assert [conditions.expression(tag) for tag in ("{%-  if  a  b  -%}\n", "{% elif a%}", "{% if %}")] == [
        "a  b",
        "a",
        "",
    ]


def test_spaces_in_an_expression_take_no_longer_than_others() -> None:
    assert is_linear(lambda spaces: conditions.expression("{% if a" + spaces + "b %}"), " ")
