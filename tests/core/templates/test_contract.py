from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.core.errors import PermanentFailure, Rejected
from functions.core.outcomes import SendResult
from functions.core.templates import contract, rendering
from functions.core.templates.contract import Variables
from functions.core.templates.hubl.checking import METHODS
from functions.core.templates.hubl.language import FILTERS, TESTS
from functions.core.templates.hubl.variables import lacking
from functions.core.templates.reading import tree
from functions.core.templates.source_map import MappedText
from functions.core.templates.variable_analysis import find_variables
from tests.support.examples import a_revision


def variables(source: str) -> Variables:
    collected = contract.none_yet()
    find_variables(tree(MappedText.of("content.html", source)), collected)
    return collected


def requires(*sources: str) -> tuple[str, ...]:
    return contract.requires([variables(source) for source in sources])


def custom(source: str) -> dict[str, Any]:
    properties: dict[str, Any] = contract.schema([variables(source)])["properties"]["customProperties"]["properties"]
    return properties


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
        ("{% if custom.x > 1 %}{% endif %}", ()),
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
def test_a_required_property_is_used_on_every_path(source: str, required: tuple[str, ...]) -> None:
    assert requires(source) == required


def test_a_property_optional_in_one_language_is_not_required() -> None:
    assert requires("{{ custom.x }}{{ custom.y }}", "{{ custom.y }}") == ("y",)


def test_the_schema_has_objects_lists_numbers_dates_and_defaults() -> None:
    source = (
        "{% for line in custom.lines %}{{ line.name }}{{ line.price|format_currency }}{% endfor %}"
        "{{ custom.order.number }}{{ custom.total * 2 }}{{ custom.due|format_date }}{{ custom.note|default('none') }}"
        "{% if custom.paid %}x{% endif %}{{ contact.firstname }}"
    )
    text, number = {"type": ["string", "number", "boolean"]}, {"type": ["number", "string"], "description": "a number"}
    collected = custom(source)
    assert collected["lines"] == {
        "type": "array",
        "items": {"type": "object", "properties": {"name": text, "price": number}},
    }
    assert collected["order"] == {"type": "object", "properties": {"number": text}, "required": ["number"]}
    assert collected["total"] == number
    assert collected["due"]["description"].startswith("a date")
    assert collected["note"] == {**text, "default": "none"}
    assert "type" not in collected["paid"]
    schema = contract.schema([variables(source)])
    assert schema["required"] == ["customProperties"]
    assert schema["properties"]["customProperties"]["required"] == ["due", "lines", "order", "total"]
    assert "required" not in schema["properties"]["contactProperties"]


@pytest.mark.parametrize(
    ("source", "schema"),
    [
        ("{{ custom.x|default(5) }}", {"type": ["string", "number", "boolean"], "default": 5}),
        ("{{ custom.x|default(false) }}", {"type": ["string", "number", "boolean"], "default": False}),
        ("{{ custom.x or 7 }}", {"type": ["string", "number", "boolean"], "default": 7}),
        ("{% for i in custom.x|default('') %}{% endfor %}", {"type": "array"}),
        ("{% set b = custom.x|default([]) %}", {"type": "array", "default": []}),
        (
            "{% set b = custom.x|default({}) %}{{ b.name }}",
            {
                "type": "object",
                "properties": {"name": {"type": ["string", "number", "boolean"]}},
                "default": {},
            },
        ),
    ],
)
def test_a_default_is_a_value(source: str, schema: dict[str, Any]) -> None:
    assert custom(source) == {"x": schema}


def test_a_contract_is_not_too_deep_to_store() -> None:
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


@pytest.mark.parametrize(
    "use",
    [
        "{{ unknown }}",
        "{{ unknown.a }}",
        "{{ unknown.a.b }}",
        "{{ unknown[0] }}",
        "{{ unknown() }}",
        "{{ unknown.size() }}",
        "{% if unknown %}{% endif %}",
        "{% if unknown.a %}{% endif %}",
        "{% if not unknown %}{% endif %}",
        "{% unless unknown %}{% endunless %}",
        "{% for i in unknown %}{% endfor %}",
        "{% for i in unknown.a %}{% endfor %}",
        "{% if custom.x %}{{ unknown }}{% endif %}",
        "{{ 1 if unknown else 2 }}",
        "{{ custom.x ? unknown : 2 }}",
        "{{ custom.x|default(unknown) }}",
        "{{ unknown.a|default(1) }}",
        "{{ unknown or 1 }}",
        "{{ 'a' ~ unknown }}",
        "{{ [unknown] }}",
        "{{ {'a': unknown} }}",
        "{{ custom.x|join(unknown) }}",
        "{{ custom.x[unknown] }}",
        "{{ custom.x is containing unknown }}",
        "{{ unknown == 1 }}",
        "{% set x = unknown %}",
        "{% do unknown.append(1) %}",
        "{% macro f(a=unknown) %}{% endmacro %}",
        "{% macro f() %}{{ unknown }}{% endmacro %}",
        "{% cycle unknown, 1 %}",
        "{{ '%s'|format(unknown) }}",
    ],
)
def test_an_unknown_name_is_reported_in_every_use(use: str) -> None:
    assert find_variables(tree(MappedText.of("x", use)), contract.none_yet()) == {"unknown": use.index("unknown")}


@pytest.mark.parametrize(
    "use",
    [
        "{{ unknown is defined }}{{ unknown is none }}",
        "{{ unknown|default(1) }}",
        "{{ company.name|default('x') }}",
        "{% set known = 1 %}{{ known }}",
        "{% if custom.x %}{% set known = 1 %}{% endif %}{{ known }}",
        "{% for i in custom.x %}{{ i }}{{ loop.index }}{% endfor %}",
        "{% macro f(a) %}{{ a }}{{ caller() }}{{ varargs }}{% endmacro %}{{ f(1) }}",
        "{% for a, b in custom.x %}{{ a }}{{ b }}{% endfor %}",
        "{% with a = 1 %}{{ a }}{% endwith %}",
        "{% set n = namespace(a=1) %}{% set n.a = 2 %}{{ n.a }}",
    ],
)
def test_a_set_or_tested_name_is_no_error(use: str) -> None:
    assert find_variables(tree(MappedText.of("x", use)), contract.none_yet()).keys() <= {"namespace"}


USES = st.sampled_from(
    ["custom.a", "custom.b", "custom.a.b", "custom['b']", "custom.a[0]", "custom.b[custom.a]", "1", "'x'"]
)
EXPRESSIONS = st.recursive(
    USES,
    lambda inner: (
        st.tuples(inner, st.sampled_from(sorted(FILTERS))).map("|".join).map("({})".format)
        | st.tuples(
            inner, st.sampled_from(["+", "~", "*", "<", "==", "and", "or", "in", "&&", "||", "lt", "div"]), inner
        )
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
        | inner.map("({} is none)".format)
        | inner.map("(!{})".format)
        | st.tuples(inner, inner, inner).map(lambda parts: "({} ? {} : {})".format(*parts))
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
        | st.tuples(EXPRESSIONS, inner).map(lambda parts: "{{% unless {} %}}{}{{% endunless %}}".format(*parts))
        | st.tuples(EXPRESSIONS, inner).map(lambda parts: "{{% ifchanged {} %}}{}{{% endifchanged %}}".format(*parts))
        | st.tuples(EXPRESSIONS, inner).map(lambda parts: "{{% do {} %}}{}".format(*parts))
        | inner.map("{{% autoescape %}}{}{{% endautoescape %}}".format)
        | inner.map("{{% set b %}}{}{{% endset %}}".format)
        | inner.map("{{% filter upper %}}{}{{% endfilter %}}".format)
        | st.tuples(inner, inner).map("".join)
    ),
    max_leaves=4,
)
VALUES = st.none() | st.sampled_from(["x", 1, 0, "", [], ["y"], {"b": 1}, {"b": None}, {}, [1, 2]])


def check_refusal(source: str, properties: dict[str, Any]) -> None:
    """A property that is reported as missing is really required."""
    try:
        required = requires(source)
    except Rejected:
        return
    if lacking(required, properties):
        with pytest.raises(PermanentFailure):
            rendering.render(rendering.compiled(a_revision(subject="s", html=source, text="")), {}, properties, now=0)


@given(BLOCKS, st.fixed_dictionaries({}, optional={"a": VALUES, "b": VALUES}))
@settings(max_examples=600, deadline=None)
def test_no_renderable_request_is_refused(source: str, properties: dict[str, Any]) -> None:
    check_refusal(source, properties)


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_a_required_property_is_missed_in_every_filter(name: str) -> None:
    """It tests every filter, so it finds one that Jinja2 adds, or that passes a missing value through."""
    for arguments in ("", "(1)", "('a', 'b')"):
        check_refusal(f"{{{{ custom.x|{name}{arguments} }}}}", {})


@pytest.mark.parametrize(
    ("properties", "missing"),
    [
        ({}, ["order", "order.number"]),
        ({"order": None}, ["order", "order.number"]),
        ({"order": {}}, ["order.number"]),
        ({"order": {"number": None}}, ["order.number"]),
        ({"order": {"number": 0}}, []),
        ({"order": "text"}, []),
    ],
)
def test_missing_properties_of_a_request_are_named(properties: dict[str, Any], missing: list[str]) -> None:
    assert lacking(("order", "order.number"), properties) == missing


NAMES = ["custom.a", "custom.a.b", "custom.b[0]", "contact.x", "contact['x']", "1", "'7'", "'x'", "[1, 'a']", "{k: 1}"]
WILD = st.recursive(
    st.sampled_from([*NAMES, "none", "true", "2.5", "custom.b", "today()", "range(3)"]),
    lambda inner: (
        st.tuples(inner, st.sampled_from(sorted(FILTERS))).map("|".join).map("({})".format)
        | st.tuples(inner, st.sampled_from(sorted(TESTS)), st.just("1")).map(lambda p: "({} is {} {})".format(*p))
        | st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%", "~", "<", "==", "&&", "||", "eq", "in"]), inner)
        .map(" ".join)
        .map("({})".format)
        | st.tuples(inner, st.sampled_from(sorted(METHODS))).map(lambda parts: "({}.{}())".format(*parts))
        | st.tuples(inner, inner, inner).map(lambda parts: "({} ? {} : {})".format(*parts))
        | st.tuples(inner, inner).map(lambda parts: "{}[{}]".format(*parts))
        | inner.map("(!{})".format)
    ),
    max_leaves=5,
)
PROPERTIES = st.fixed_dictionaries({"a": st.just({"b": "x"}), "b": st.sampled_from([[1], ["y", "z"], [{"n": 1}]])})
# Data that an operation cannot use, and a bound.
BY_DATA = re.compile(
    r"expected |is not a|cannot (compare|calculate|sort)|has no method|the text has|the list has|larger than|division|zero"
    r"|has wrong arguments|is not JSON|Invalid|Incorrect padding|base64|non-hexadecimal|codec|is not one of"
    r"|is not written|there is no (time zone|locale)|is not YAML|regular expression|too few arguments|must be|math domain|a root"
    r"|not enough|unknown: expected|needs|format\(\)|non-zero|character|empty|digits|unhashable|update\(\)|too long|range\(\)"
)


@given(WILD, PROPERTIES)
@settings(max_examples=500, deadline=None)
def test_what_passes_check_fails_by_data_only(expression: str, properties: dict[str, Any]) -> None:
    source = f"{{{{ {expression} }}}}"
    try:
        tree(MappedText.of("content.html", source))
    except Rejected:
        return
    compiled = rendering.compiled(a_revision(subject="s", html=source, text=source))
    try:
        rendering.render(compiled, {}, properties, now=0)
    except PermanentFailure as error:
        if error.result is SendResult.TEMPLATE_RENDER_EXCEPTION:
            assert BY_DATA.search(error.reason), error.reason  # noqa: PT017 - either end is fine


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% if custom.total > 100 %}a{% else %}b{% endif %}", "b"),
        ("{{ 'a' if custom.items|length > 2 else 'b' }}", "b"),
        ("{{ custom.a|lower|default('b') }}{{ custom.a.b.trim()|default('c') }}", "bc"),
        ("{{ custom.a|upper or 'b' }}{{ custom.list[0].name|default('c') }}", "bc"),
        ("{% unless custom.a|lower == 'x' %}b{% endunless %}", "b"),
        ("{{ custom.a|lower is none }}{{ custom.a <= 3 }}", "truefalse"),
        ("{% for i in [1] if custom.a > i %}x{% else %}b{% endfor %}", "b"),
        ("{{ caller() }}{{ super() }}b", "b"),
    ],
)
def test_a_tested_or_defaulted_property_is_not_missed(source: str, text: str) -> None:
    assert requires(source) == ()
    compiled = rendering.compiled(a_revision(subject="s", html=source, text=source))
    assert rendering.render(compiled, {}, {}, now=0).text == text
