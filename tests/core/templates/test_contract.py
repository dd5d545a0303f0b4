from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.core.errors import PermanentFailure, Rejected
from functions.core.templates import contract, rendering
from functions.core.templates.contract import Variables
from functions.core.templates.hubl.variables import lacking
from functions.core.templates.reading import tree
from functions.core.templates.rendering import FILTER_NAMES
from functions.core.templates.source_map import MappedText
from functions.core.templates.variable_analysis import find_variables
from tests.support.examples import a_revision


def variables(source: str) -> Variables:
    found = contract.none_yet()
    find_variables(tree(MappedText.of("content.html", source)), found)
    return found


def requires(*sources: str) -> tuple[str, ...]:
    return contract.requires([variables(source) for source in sources])


def custom(source: str) -> dict[str, Any]:
    given: dict[str, Any] = contract.schema([variables(source)])["properties"]["customProperties"]["properties"]
    return given


@pytest.mark.parametrize(
    ("source", "required"),
    [
        ("{{ custom.x }}", ("x",)),
        ("{{ custom['x'] }}", ("x",)),
        ("{{ custom.x|upper|trim }}", ("x",)),
        ("{{ custom.a.b }}", ("a", "a.b")),
        ("{{ custom.a[0].b }}", ("a",)),
        ("{{ custom.a[custom.b] }}", ("a",)),
        ("{{ custom.x + 1 }}{{ 'a' ~ custom.y }}", ("x", "y")),
        ("{% if custom.x > 1 %}{% endif %}", ("x",)),
        ("{% for i in custom.items %}{{ i }}{% endfor %}", ("items",)),
        ("{% with %}{{ custom.x }}{% endwith %}", ("x",)),
        ("{{ personalization_token('custom.x') }}", ("x",)),
        ("{{ '%.2f'|format(custom.x) }}", ()),
        ("{{ custom.x|default('-') }}", ()),
        ("{{ custom.x or '-' }}", ()),
        ("{{ custom.x is defined }}", ()),
        ("{{ custom.x == 1 }}", ()),
        ("{{ [custom.x] }}", ()),
        ("{{ custom.get('x') }}", ()),
        ("{% for k, v in custom.items() %}{% endfor %}", ()),
        ("{% if custom.x %}{{ custom.x }}{{ custom.y }}{% endif %}", ()),
        ("{{ custom.y if custom.x }}", ()),
        ("{% for i in [] %}{{ custom.x }}{% endfor %}", ()),
        ("{% macro f() %}{{ custom.x }}{% endmacro %}", ()),
        ("{% set x = custom.y %}", ()),
        ("{% set custom = {'x': 1} %}{{ custom.x }}", ()),
        ("{{ personalization_token('custom.x', 'there') }}", ()),
        ("{{ contact.firstname }}", ()),
        ("{{ custom['a.b'] }}", ()),
    ],
)
def test_what_is_required_is_used_on_every_way_and_has_no_default(source: str, required: tuple[str, ...]) -> None:
    assert requires(source) == required


def test_what_one_language_can_do_without_is_not_required() -> None:
    assert requires("{{ custom.x }}{{ custom.y }}", "{{ custom.y }}") == ("y",)


def test_the_schema_tells_of_objects_lists_numbers_dates_and_defaults() -> None:
    source = (
        "{% for line in custom.lines %}{{ line.name }}{{ line.price|format_currency }}{% endfor %}"
        "{{ custom.order.number }}{{ custom.total * 2 }}{{ custom.due|format_date }}{{ custom.note|default('none') }}"
        "{% if custom.paid %}x{% endif %}{{ contact.firstname }}"
    )
    text, number = {"type": ["string", "number", "boolean"]}, {"type": ["number", "string"], "description": "a number"}
    found = custom(source)
    assert found["lines"] == {
        "type": "array",
        "items": {"type": "object", "properties": {"name": text, "price": number}},
    }
    assert found["order"] == {"type": "object", "properties": {"number": text}, "required": ["number"]}
    assert found["total"] == number
    assert found["due"]["description"].startswith("a date")
    assert found["note"] == {**text, "default": "none"}
    assert "type" not in found["paid"]
    schema = contract.schema([variables(source)])
    assert schema["required"] == ["customProperties"]
    assert schema["properties"]["customProperties"]["required"] == ["due", "lines", "order", "total"]
    assert "required" not in schema["properties"]["contactProperties"]


def test_a_contract_is_no_deeper_than_can_be_stored() -> None:
    deep = (
        "{{ custom" + ".a" * 60 + " }}" + "{% for x in custom.b %}{% endfor %}" + "{% for x in x %}{% endfor %}" * 1_500
    )
    level, depth = [contract.schema([variables(deep)])], 0
    while level:
        level = [
            part
            for one in level
            if isinstance(one, dict | list)
            for part in (one.values() if isinstance(one, dict) else one)
        ]
        depth += 1
    assert depth < 32


def test_names_that_nothing_has_are_told_where_they_are_used_for_certain() -> None:
    found = contract.none_yet()
    source = "{% set known = 1 %}{{ known }}{{ unknown }}{{ other|default(1) }}{% if maybe %}{{ maybe }}{% endif %}"
    assert find_variables(tree(MappedText.of("x", source)), found) == {"unknown": source.index("unknown")}


USES = st.sampled_from(
    ["custom.a", "custom.b", "custom.a.b", "custom['b']", "custom.a[0]", "custom.b[custom.a]", "1", "'x'"]
)
EXPRESSIONS = st.recursive(
    USES,
    lambda inner: (
        st.tuples(inner, st.sampled_from(sorted(FILTER_NAMES))).map("|".join).map("({})".format)
        | st.tuples(inner, st.sampled_from(["+", "~", "*", "<", "==", "and", "or", "in"]), inner)
        .map(" ".join)
        .map("({})".format)
        | st.tuples(inner, inner, inner).map(lambda parts: "({} if {} else {})".format(*parts))
        | inner.map("(not {})".format)
        | inner.map("(-{})".format)
        | inner.map("[{}]".format)
        | inner.map("({} is defined)".format)
        | inner.map("({}).upper()".format)
        | inner.map("'%s'|format({})".format)
        | inner.map("{}|default('-')".format)
    ),
    max_leaves=6,
)
BLOCKS = st.recursive(
    EXPRESSIONS.map("{{{{ {} }}}}".format),
    lambda inner: (
        st.tuples(EXPRESSIONS, inner, inner).map(
            lambda parts: "{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format(*parts)
        )
        | st.tuples(EXPRESSIONS, inner).map(lambda parts: "{{% for i in {} %}}{}{{% endfor %}}".format(*parts))
        | st.tuples(EXPRESSIONS, inner).map(lambda parts: "{{% set custom2 = {} %}}{}".format(*parts))
        | inner.map("{{% set b %}}{}{{% endset %}}".format)
        | inner.map("{{% filter upper %}}{}{{% endfilter %}}".format)
        | st.tuples(inner, inner).map("".join)
    ),
    max_leaves=4,
)
VALUES = st.none() | st.sampled_from(["x", 1, 0, "", [], ["y"], {"b": 1}, {"b": None}, {}, [1, 2]])


def check_refusal(source: str, given: dict[str, Any]) -> None:
    """What is told to be lacking is truly needed."""
    try:
        required = requires(source)
    except Rejected:
        return
    if lacking(required, given):
        with pytest.raises(PermanentFailure):
            rendering.render(rendering.compiled(a_revision(subject="s", html=source, text="")), {}, given, now=0)


@given(BLOCKS, st.fixed_dictionaries({}, optional={"a": VALUES, "b": VALUES}))
@settings(max_examples=600, deadline=None)
def test_nothing_is_refused_that_would_have_been_rendered(source: str, given: dict[str, Any]) -> None:
    check_refusal(source, given)


@pytest.mark.parametrize("name", sorted(FILTER_NAMES))
def test_what_a_filter_of_a_missing_property_requires_is_missed(name: str) -> None:
    """Every filter, so that one that Jinja2 adds, or passes a missing value through, is found here."""
    for arguments in ("", "(1)", "('a', 'b')"):
        check_refusal(f"{{{{ custom.x|{name}{arguments} }}}}", {})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, ["order", "order.number"]),
        ({"order": None}, ["order", "order.number"]),
        ({"order": {}}, ["order.number"]),
        ({"order": {"number": None}}, ["order.number"]),
        ({"order": {"number": 0}}, []),
        ({"order": "text"}, []),
    ],
)
def test_what_a_request_lacks_is_named(given: dict[str, Any], told: list[str]) -> None:
    assert lacking(("order", "order.number"), given) == told
