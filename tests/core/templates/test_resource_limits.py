"""What a hostile template can cost: each of these would take gigabytes or hours, and is ended within little of both.

Time is a processor's, which a busy machine does not lengthen, and is taken without tracemalloc, which does.
"""

from __future__ import annotations

import re
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.errors import PermanentFailure
from functions.core.outcomes import SendResult
from functions.core.templates import rendering
from functions.core.templates.hubl import size_estimates, value_sizes
from functions.core.templates.hubl.resource_limits import SIZE_MAX
from tests.support.examples import a_revision
from tests.support.processor_time import within

MEMORY_MAX = 200_000_000  # bytes; deliver has 1 GB for ten workers, and no honest template comes near
SECONDS_MAX = 2  # some tenths of one are usual; deliver has 60

WIDE = "custom.wide"  # 100,000 characters of the caller's


def rendered(html: str, custom: dict[str, Any]) -> str:
    return rendering.render(rendering.compiled(a_revision(subject="", text="", html=html)), {}, custom, now=0).html


def grown(step: str, start: str = "{% set ns = namespace(x='12345678') %}") -> str:
    return f"{start}{{% for i in range(99999) %}}{step}{{% endfor %}}{{{{ ns.x|length }}}}"


HOSTILE = [
    "{{ 'x'|center(9999999999) }}",
    "{{ 'x'.center(9999999999) }}",
    "{{ 'x'.ljust(9999999999) }}",
    "{{ 'x'.rjust(9999999999) }}",
    "{{ 'x'.zfill(9999999999) }}",
    "{{ 'x'|indent(9999999999, true) }}",
    "{{ 'x'|center('9999999999') }}",
    "{{ 'x'.center('9999999999') }}",
    "{{ 'x'.ljust(1e10) }}",
    "{{ 'x'.repeat(9999999999|round) }}",
    "{{ 'x'|indent('9999999999', true) }}",
    "{{ 'x' * 1e10 }}",
    "{{ [1] * 1e10 }}",
    "{{ 10 ** '9999999999' > 1 }}",
    "{{ '10' ** '9999999999' > 1 }}",
    "{{ ('\n' * 1000000)|indent(100000, blank=true) }}",
    "{{ ('\x0c' * 1000000)|indent('x' * 100000, blank=true) }}",
    "{{ custom.wide|replace('x', custom.wide) }}",
    "{{ custom.wide.replace('x', custom.wide) }}",
    "{{ custom.wide|replace('', custom.wide) }}",
    "{{ custom.wide.join(range(99999)) }}",
    "{{ custom.wide.repeat(100000) }}",
    "{{ custom.wide.join(custom.wide|list|map('upper')) }}",
    "{{ custom.wide|list|join(custom.wide) }}",
    "{{ range(99999)|join(custom.wide) }}",
    "{{ custom.wide|list|map('upper')|join(custom.wide) }}",
    "{{ '%9999999999d'|format(1) }}",
    "{{ '%.9999999999f'|format(1) }}",
    "{{ '%1$9999999999d'|format(1) }}",
    "{{ '%,9999999999d'|format(1) }}",
    "{{ '%(9999999999d'|format(1) }}",
    "{{ '%1$.9999999999f'|format(1) }}",
    "{{ ('%f' * 100000)|format(*([1e308] * 100000)) }}",
    "{{ ('%1$d' * 100000)|format('1e308') }}",
    "{{ ('%(a' * 100000)|format(1) }}",
    "{{ ('%(a' * 100000) % 1 }}",
    "{{ ('%s' * 100000)|format(*range(99999)) }}{{ ('%(a)s' * 100000)|format(a=custom.wide) }}",
    "{{ ('%(a)s' * 100000) % {'a': custom.wide} }}",
    "{{ '{:9999999999}'.format(1) }}",
    "{{ '{:{}}'.format(1, 9999999999) }}",
    "{{ ('{0}' * 100000).format(custom.wide) }}",
    "{{ ('{:999999}' * 100000).format(*range(99999)) }}",
    "{{ ('<b>{}</b>'|safe).format(custom.wide).center(9999999999) }}",
    "{{ [1]|slice(9999999999)|list }}",
    "{{ [1]|batch(9999999999, 'x')|list }}",
    "{{ [1]|slice('9999999999', 'x')|list }}",
    "{{ [1]|batch(1e10, 'x')|list }}",
    "{{ 1|round(9999999999, 'ceil') }}",
    "{{ {'a': [1, 2]}|tojson(indent=9999999999) }}",
    "{{ {'a': [1, 2]}|tojson(indent='9999999999') }}",
    "{{ ([1e308] * 200000)|join }}",
    "{{ ([1e-300] * 200000)|join }}",
    (
        "{% set ns = namespace(x=1e99|round) %}{% for i in range(13) %}{% set ns.x = ns.x * ns.x %}{% endfor %}"
        "{{ ([ns.x] * 9999)|join }}"
    ),
    (
        "{% set ns = namespace(x=1e-99|round(99)) %}{% for i in range(14) %}{% set ns.x = ns.x * ns.x %}{% endfor %}"
        "{{ ([ns.x] * 9999)|join }}"
    ),
    "{{ custom.wide|wordwrap(1, wrapstring=custom.wide) }}",
    "{{ custom.wide|urlize(target=custom.wide) }}",
    "{{ [[1] * 100000] * 100000 }}",
    grown("{% set ns.x = ns.x ~ ns.x %}"),
    grown("{% set ns.x = ns.x + ns.x %}"),
    grown("{% set ns.x = ns.x * 2 %}"),
    grown("{% set ns.x = '%s%s' % (ns.x, ns.x) %}"),
    grown("{% set ns.x = '%s%s'|format(ns.x, ns.x) %}"),
    grown("{% set ns.x = '{0}{0}'.format(ns.x) %}"),
    grown("{% set ns.x = [ns.x, ns.x]|join %}"),
    grown("{% set ns.x = ''.join([ns.x, ns.x]) %}"),
    grown("{% set ns.x = ns.x|replace('1', ns.x) %}"),
    grown("{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}"),
    grown("{% set ns.x %}{% filter upper %}{{ ns.x }}{{ ns.x }}{% endfilter %}{% endset %}"),
    grown("{% set ns.x = f(ns.x) %}", "{% set ns = namespace(x='1234') %}{% macro f(x) %}{{ x }}{{ x }}{% endmacro %}"),
    grown("{% set ns.x = [ns.x, ns.x] %}") + "{{ ns.x }}",
    grown("{% set ns.x = (ns.x, ns.x) %}") + "{{ ns.x|tojson }}",
    grown("{% set ns.x = {1: ns.x, 2: ns.x} %}") + "{{ ns.x|pprint }}",
    grown("{% set ns.x = dict(a=ns.x, b=ns.x) %}") + "{{ ns.x|string }}",
    grown("{% set ns.x = [ns.x] + [ns.x] %}") + "{{ ns.x }}",
    grown("{% set ns.x = [ns.x] * 2 %}") + "{{ ns.x == ns.x }}",
    grown("{% set ns.x = ns.x * ns.x %}", "{% set ns = namespace(x=7) %}"),
    grown("{% set ns.x = ns.x ** 9 %}", "{% set ns = namespace(x=7) %}"),
    "{% macro f() %}{% for i in range(50000) %}{{ custom.wide }}{% endfor %}{% endmacro %}{{ f() }}",
    "{% set x %}{% for i in range(50000) %}{{ custom.wide }}{% endfor %}{% endset %}{{ x|length }}",
    "{% for i in range(99999) %}{% set x = 'x' * 1000000 %}{% endfor %}",
    "{% for i in range(99999) %}{% set x = (custom.wide ~ i)|upper|lower|title %}{% endfor %}",
    "{% for i in range(99999) %}{% if 'z' in custom.wide %}{% endif %}{% endfor %}",
    "{% for i in range(99999) %}{% if i is in custom.many %}{% endif %}{% endfor %}",
    "{% for i in range(99999) %}{% set x = custom.wide[:-1] %}{% endfor %}",
    "{% for i in range(99999) %}{% set x = range(99999)|sum %}{% endfor %}",
    "{% for i in range(99999) %}{% set x = custom.wide.upper() %}{% endfor %}",
    "{% for i in range(99999) %}{% set x = custom.mixed|sort %}{% endfor %}",
    "{{ dict(custom.alike|map('list')) }}",
    "{{ custom.numbers|unique|list }}",
]
ALIASES = "a0: &a0 [x]\n" + "".join(f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]\n" for at in range(1, 12))
NUMBERS = [number * (2**61 - 1) for number in range(30_000)]  # Python gives all of them the hash 0
HOSTILE_DATA = {
    "wide": "x" * 100_000,
    "many": list(range(1000, 3000)),
    "mixed": [number * 7919 % 5000 for number in range(5000)],
    "numbers": NUMBERS,
    "alike": [(number, 1) for number in NUMBERS],
}


@pytest.mark.parametrize("aliases", [ALIASES, "a: &a {x: 1}\nb: {<<: *a}", "a: &a [*a]"])
def test_values_of_yaml_do_not_multiply(aliases: str) -> None:
    with within(SECONDS_MAX), pytest.raises(PermanentFailure, match="an alias"):
        rendered("{{ custom.yaml|fromyaml }}", {"yaml": aliases})


@pytest.mark.parametrize("source", HOSTILE)
def test_a_template_that_would_take_long_is_ended(source: str) -> None:
    with within(SECONDS_MAX):
        refused(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [("{{ custom.text|format(1) }}", "%" + "0" * 100_000), ("{{ custom.text|striptags }}", "<p " * 33_000)],
)
def test_a_long_text_of_the_callers_takes_no_square(source: str, text: str) -> None:
    with within(SECONDS_MAX):
        rendered(source, {"text": text})


@pytest.mark.parametrize("source", HOSTILE)
def test_a_template_that_would_not_fit_is_ended(source: str) -> None:
    tracemalloc.start()
    try:
        refused(source)
        assert tracemalloc.get_traced_memory()[1] < MEMORY_MAX
    finally:
        tracemalloc.stop()


def refused(source: str) -> None:
    with pytest.raises(PermanentFailure) as caught:
        rendered(source, HOSTILE_DATA)
    assert caught.value.result is SendResult.TEMPLATE_RENDER_EXCEPTION
    assert re.search(r"a value larger than|takes more than|takes longer than", caught.value.reason), caught.value.reason


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ 'a'|center(5) }}|{{ 'a'.ljust(3) }}|{{ '7'.zfill(3) }}", "  a  |a  |007"),
        ("{{ 'a\nb'|indent(2) }}", "a\n  b"),
        ("{{ 'a-b'|replace('-', ' to ') }}|{{ 'aXb'.replace('X', '') }}", "a to b|ab"),
        ("{{ '%.2f of %s'|format(1.5, 'x') }}|{{ '%05.1f' % 2 }}", "1.50 of x|002.0"),
        ("{{ '{:,.2f} {a}'.format(1234.5, a='x') }}|{{ '{{}}'.format() }}", "1,234.50 x|{}"),
        ("{{ 'call 0123456789 for %s'|format('help') }}", "call 0123456789 for help"),
        (
            "{{ ['a', 'b']|join(', ') }}|{{ '-'.join(['a', 'b']) }}|{{ '-'.join('ab'|list|map('upper')) }}",
            "a, b|a-b|A-B",
        ),
        ("{{ 'a' ~ 1 ~ none }}|{{ 1 + 2 }}|{{ 'a' + 'b' }}|{{ [1] + [2] }}", "a1|3|ab|[1, 2]"),
        ("{{ '<' ~ ('<b>'|safe) }}", "&lt;<b>"),
        ("{% set x %}a{{ 1 }}<b>{% endset %}{{ x }}{% set y|upper %}b{% endset %}{{ y }}", "a1<b>B"),
        ("{% set ns = namespace(n=0) %}{% for i in [1, 2] %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}", "3"),
        ("{% for a, b in [(1, 2), (3, 4)] %}{{ a }}{{ b }}{% endfor %}{% set c, d = 5, 6 %}{{ c }}{{ d }}", "123456"),
        ("{% for k, v in {'a': 1}.items() %}{{ k }}{{ v }}{% endfor %}{{ {'a': {'b': 2}}.a.b }}", "a12"),
        (
            "{% macro m(x) %}[{{ x }}{{ caller() if caller }}]{% endmacro %}{{ m(1) }}{% call m(2) %}3{% endcall %}",
            "[1][23]",
        ),
        (
            "{{ 1 in [1, 2] }}{{ 'a' in 'abc' }}{{ 3 is in [1] }}{{ [1, 2, 3][1:] }}{{ 'abc'[::-1] }}",
            "truetruefalse[2, 3]cba",
        ),
        (
            "{% for i in [1, 2] %}{{ '-'.join(['a', 'b']) }}{{ '{:.1f}'.format(i) }}{{ 'x'.center(3) }}{{ dict(a=i).a }}{% endfor %}",
            "a-b1.0 x 1a-b2.0 x 2",
        ),
        ("{{ [3, 1]|sort }}{{ [1, 2]|sum }}{{ [[1], [2]]|sum(start=5) }}{{ 2.567|round(1) }}", "[1, 3]352.6"),
        ("{{ custom.many|length }}|{{ custom.many|batch(1000)|list|length }}", "2000|2"),
        ("{{ 1000000 * '3' }} {{ '2.5' * 4000000 }} {{ 2 ** '10' }}", "3000000 10000000.0 1024"),
    ],
)
def test_an_honest_template_is_rendered_as_its_author_expects(source: str, expected: str) -> None:
    assert rendered(source, {"many": list(range(2000))}) == expected


def test_a_loop_may_read_a_long_lists_length() -> None:
    source = "{% for i in custom.many %}{{ loop.index }}/{{ custom.many|length }} {% if i in [1, 2] %}{{ 'a' ~ i }}{% endif %}{% endfor %}"
    assert rendered(source, {"many": list(range(5000))}).count("/5000") == 5000


TEXTS = st.text(max_size=30)
SMALL = st.integers(0, 60)


@given(TEXTS, TEXTS, TEXTS, SMALL)
def test_no_rule_estimates_too_little(text: str, other: str, third: str, width: int) -> None:
    """Each against the real thing."""
    for name in ("center", "ljust", "rjust", "zfill"):
        assert size_estimates.METHODS[name](text, width) >= len(getattr(text, name)(width))
    assert size_estimates.replaced(text, other, third) >= len(text.replace(other, third))
    assert size_estimates.joined_by(other, list(text)) >= len(other.join(text))
    assert size_estimates.braces(f"{{0}}{{0:{width}}}", text) >= len(f"{text}{text:{width}}")
    assert size_estimates.percent(f"%s%{width}s", (text, other)) >= len(f"{text}{other:>{width}}")
    assert size_estimates.repeated(text, width) >= len(text * width)
    assert size_estimates.added(text, other) == len(text + other)
    assert value_sizes.size({"a": [text, (other, None)], third: 5}) >= len(text) + len(other) + len(third)


@given(st.integers(0, 2**200), st.integers(0, 2**200))
def test_a_number_that_no_rule_refuses_is_small(left: int, right: int) -> None:
    assert (
        size_estimates.multiplied(left, right) < SIZE_MAX
        or (left * right).bit_length() > size_estimates.INT_BITS_MAX - 2
    )
    if size_estimates.power(left, right) < SIZE_MAX:
        assert (left**right).bit_length() <= size_estimates.INT_BITS_MAX
