"""HubL's own filters and tests, as templates written for HubSpot use them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from functions.core.errors import PermanentFailure
from functions.core.outcomes import SendResult
from functions.core.templates import rendering
from functions.core.templates.hubl import language
from tests.support.examples import a_revision
from tests.support.processor_time import within

SECONDS_MAX = 5  # of a processor, as in test_bounds
NOON = 1_795_435_200_000  # 2026-11-23T12:00:00Z


def everything(source: str, custom: dict[str, Any]) -> rendering.Rendered:
    return rendering.render(rendering.compiled(a_revision(subject="s", html=source, text=source)), {}, custom, now=0)


def refused(source: str, custom: dict[str, Any]) -> PermanentFailure:
    with pytest.raises(PermanentFailure) as caught:
        everything(source, custom)
    return caught.value


NUMBERS = [
    ("{{ 40|add(13) }} {{ '1.5'|add('1') }} {{ 0.1|add(0.2) }}", "53 2.5 0.3"),
    ("{{ 106|divide(2) }} {{ 5|divide(2) }} {{ 20|multiply(52) }} {{ 1.1|multiply(3) }}", "53 2.5 1040 3.3"),
    ("{{ 10|divisible(5) }} {{ 10|divisible(4) }}", "true false"),
    ("{{ 10|log(10) }} {{ 8|log(2) }} {{ 65536|log(4) }} {{ 16|root }} {{ 125|root(3) }}", "1.0 3.0 8.0 4.0 5.0"),
    ("{{ 1000000.5678|format_number }} {{ 1234567|format_number('de-DE') }}", "1,000,000.5678 1.234.567"),
    ("{{ 1000.5678|format_number('en-US', 2) }} {{ '0.5'|format_number }}", "1,000.57 0.5"),
    ("{{ 1100|format_currency }} {{ -5|format_currency('en-US', 'EUR', true) }}", "$1,100.00 -€5.00"),
    ("{{ 1234.5|format_currency_value('de_DE') }}", "1.234,50\N{NO-BREAK SPACE}€"),
    ("{{ 1234.5|format_currency('en-GB') }} {{ 1234|format_currency('en-US', 'JPY') }}", "£1,234.50 ¥1,234"),
]
DATES = [
    ("{{ custom.noon|datetimeformat }}", "12:00 / 23-11-2026"),
    ("{{ custom.noon|datetimeformat('%B %e, %Y') }}", "November 23, 2026"),
    (
        "{{ '2026-01-05T09:04:00Z'|datetimeformat('%A, %d %b %y at %-I:%M %p (100%%)') }}",
        "Monday, 05 Jan 26 at 9:04 AM (100%)",
    ),
    ("{{ '2026-01-05'|datetimeformat(\"%-d.%-m. it's %j\") }}", "5.1. it&#39;s 005"),
    ("{{ custom.noon|datetimeformat('%H:%M %Z %z', 'America/New_York') }}", "07:00 EST -0500"),
    ("{{ custom.noon|string|format_date }}", "Nov 23, 2026"),
    ("{{ custom.noon|format_date('short') }}", "11/23/26"),
    ("{{ custom.noon|format_date('long') }}", "November 23, 2026"),
    ("{{ custom.noon|format_date('full') }}", "Monday, November 23, 2026"),
    ("{{ custom.noon|format_date('yyyy-MM-dd') }}", "2026-11-23"),
    ("{{ custom.noon|format_time('short') }} {{ custom.noon|format_time('HH:mm:ss.SSS') }}", "12:00 PM 12:00:00.000"),
    ("{{ custom.noon|format_datetime }}", "Nov 23, 2026, 12:00:00 PM"),
    ("{{ custom.noon|format_datetime('long', 'Europe/Rome') }}", "November 23, 2026 at 1:00:00 PM CET"),
    ("{{ custom.noon|format_datetime(\"d MMM yyyy 'o''clock'\") }}", "23 Nov 2026 o&#39;clock"),
    ("{{ '2026-11-23T14:00:00+02:00'|unixtimestamp }}", str(NOON)),
    (
        "{{ custom.noon|plus_time(2, 'hours') }} {{ custom.noon|minus_time(1) }}",
        "2026-11-23 14:00:00 2026-11-22 12:00:00",
    ),
    ("{{ '2028-01-31'|plus_time(1, 'months')|format_date }}", "Feb 29, 2028"),
    ("{{ '2026-03-15'|minus_time(1, 'YEARS')|format_date('d/M/yyyy') }}", "15/3/2025"),
    ("{{ '9999-11-30'|plus_time(1, 'months')|type }}", "datetime"),
]
TEXTS = [
    ("{{ 'true'|bool }}{{ 'off'|bool }}{{ 1|bool }}", "truefalsetrue"),
    ("{{ 'hello world'|cut('l') }}", "heo word"),
    ("{{ ' a, b ,,c '|split(',')|join('|') }}", "a|b|c"),
    ("{{ 'a b  c'|split|join('|') }} {{ 'a-b-c'|split('-', 2)|join('|') }}", "a|b|c a|b-c"),
    ("{{ '<b>'|escape_html }} {{ 'a\"b'|escape_attr }}", "&lt;b&gt; a&quot;b"),
    ("{{ 'a b&c/d'|escape_url }}", "a+b%26c%2Fd"),
    ("{{ '</script>\"\n'|escape_js }}", "\\u003c/script\\u003e\\u0022\\n"),
    ('{{ "it\'s \\\\"|escapejson }}', "it\\u0027s \\\\"),
    ('{{ (\'{"a": [1, {"b": 2}]}\'|fromjson).a[1].b }}', "2"),
    ("{{ 'a'|md5 }}", "0cc175b9c0f1b6a831c399e269772661"),
    ("{{ 'caffè'|b64encode }} {{ 'Y2FmZsOo'|base64_decode }}", "Y2FmZsOo caffè"),
    (
        "{{ 1|type }} {{ 'a'|type }} {{ [1]|type }} {{ custom.map|type }} {{ 1.5|type }} {{ true|type }}",
        "int str list dict float bool",
    ),
]
SETS = [
    ("{{ [1, 2, 2, 3]|union([3, 4]) }}", "[1, 2, 3, 4]"),
    ("{{ [1, 2, 3]|intersect([3, 1]) }}", "[1, 3]"),
    ("{{ [1, 2, 3]|difference([2]) }}", "[1, 3]"),
    ("{{ [1, 2]|symmetric_difference([2, 3]) }}", "[1, 3]"),
    ("{{ [[1], [2]]|difference([[1]]) }}", "[[2]]"),
]
TESTS = [
    ("{{ [1, 2] is containing 2 }}{{ [1, 2] is containing 3 }}{{ [1] is containing none }}", "truefalsefalse"),
    ("{{ [1, 2, 3] is containing_all [3, 1] }}{{ [1] is containing_all [1, 2] }}", "truefalse"),
    ("{{ 2 is within [1, 2] }}{{ 5 is within [1, 2] }}", "truefalse"),
    ("{{ 'newsletter' is string_containing 'letter' }}{{ 5 is string_containing '5' }}", "truefalse"),
    ("{{ 'newsletter' is string_startingwith 'news' }}{{ 'a' is string_startingwith 'b' }}", "truefalse"),
    ("{{ 'x' is truthy }}{{ 'false' is truthy }}{{ 0 is truthy }}{{ custom.gone is truthy }}", "truefalsefalsefalse"),
    ("{{ ['ab', 'cd']|select('string_containing', 'c')|join }}", "cd"),
]


# What HubSpot's engine writes for values that are absent, of another kind, or unusual.
NULLS = [
    (
        "{{ 10|add(none) }} {{ 10|multiply(contact.gone) }} {{ 10|divide(none) }} {{ 'x'|replace('x', none) }}",
        "10 10 10 x",
    ),
    ("{{ none|multiply(2) }} {{ none|divide(2) }} {{ none|sum }} {{ contact.gone|wordcount }}", "0 0 0 0"),
    ("{{ contact.gone|union(['b']) }} {{ ['b']|union(none) }} {{ ['b']|difference(contact.gone) }}", "[b] [b] [b]"),
    ("{{ ['a']|union('b') }} {{ 1|intersect([1, 2]) }}", "[a, b] [1]"),
    ("{{ [1]|map('gone') }} {{ [contact.gone, none] }} {{ {'a': contact.gone} }}", "[null] [null, null] {a=null}"),
]
KINDS = [
    ("{{ 3|bool }} {{ [1]|bool }} {{ '1'|bool }} {{ 1|bool }} {{ none|bool }}", "false false true true false"),
    ("{{ 'a' is iterable }} {{ {} is iterable }} {{ [] is iterable }} {{ 'a' is sequence }}", "false false true false"),
    ("{{ 'a b' is lower }} {{ 'ab' is lower }} {{ 'A1' is upper }} {{ 'AB' is upper }}", "false true false true"),
    ("{{ true.toString() }} {{ custom.map.a.toString() }} {{ (1.25|round(1)).toString() }}", "true 1 1.3"),
    ("{{ 'straße ßa'|title }} {{ 'ßa'|capitalize }} {{ 'éCOLE'|capitalize }}", "Straße ßa ßa École"),
    ("{{ 129.5|toyaml }}{{ [1]|toyaml }}", "129.5\n- 1\n"),
    ("{{ 'a~b*c'|urlencode }} {{ {'k~': '*'}|urlencode }}", "a%7Eb*c k%7E=*"),
    ("{{ '<style>p{}</style><p>x</p><SCRIPT>y()</SCRIPT >z'|striptags }}", "x z"),
    (
        "{{ \"a 'quoted' text\"|wordwrap(5, true, '/') }} {{ 'one\ntwo'|wordwrap(5, true, '/') }}",
        "a/&#39;quot/ed&#39;/text one\nt/wo",
    ),
    ("{{ 'abcdefghij kl'|wordwrap(4, false, '/') }} {{ 'ab cd'|wordwrap(9) }}", "abcdefghij/kl ab cd"),
    ("{% for a, b in [[1], [2, 3, 4], custom.map.items()[0]] %}{{ a }}{{ b }};{% endfor %}", "1;23;a1;"),
]
# No object of Python's shows its name and its address in memory.
INTERNALS = [
    ("{{ [range] }}{{ range ~ '' }}{{ '%s' % today }}{{ '{}'.format(cycler) }}{{ dict|string }}", "[]"),
    ("{{ cycler(1) }}{{ joiner() }}{{ namespace(kind=1) }}{% macro m() %}{% endmacro %}{{ m }}", ""),
    ("{% for i in [1] %}{{ loop }}{% endfor %}{{ self }}{{ range|tojson }}", '""'),
    (
        "{{ '%s %s' % (true, none) }} {{ '%s' % ['a'] }} {{ '%(b)s' % {'b': true} }} {{ '%(b)s'|format(b=[1]) }}",
        "true null [a] true [1]",
    ),
]
TRUSTED = [
    (
        "{{ '<b>%s</b>'|safe|format(custom.html) }} {{ '<b>%s</b>'|safe % custom.html }}",
        "<b>&lt;i&gt;</b> <b>&lt;i&gt;</b>",
    ),
    ("{{ '<b>%s</b>'|safe|format('<i>'|safe) }} {{ '%s'|format('<i>'|safe) }}", "<b><i></b> &lt;i&gt;"),
    ("{{ 'ab'|safe|wordwrap(1, true, custom.html) }}", "a&lt;i&gt;b"),
]
TRUNCATED = [
    ("{{ '<p>The <b>quick brown</b> fox</p>'|truncatehtml(9)|safe }}", "<p>The <b>...</b></p>"),
    ("{{ '<p>The <b>quick brown</b> fox</p>'|truncatehtml(9, '~', true)|safe }}", "<p>The <b>quick~</b></p>"),
    ("{{ 'one two three'|truncatehtml(5) }} {{ 'one two three'|truncatehtml(7) }}", "one... one..."),
    ("{{ '<b>hello</b> world'|truncatehtml(5)|safe }} {{ 'hello'|truncatehtml(5) }}", "<b>hello</b> hello"),
    ("{{ 'a &amp; b &lt; c'|truncatehtml(5)|safe }} {{ '2026-11'|truncatehtml(4) }}", "a &amp;... ..."),
    ("{{ true|truncatehtml(2) }} {{ [1, 2]|truncatehtml(1) }}", "true [1, 2]"),
]
LIKE_THE_ENGINE = [*NULLS, *KINDS, *INTERNALS, *TRUSTED, *TRUNCATED]


@pytest.mark.parametrize(("source", "expected"), LIKE_THE_ENGINE)
def test_what_hubl_writes_of_unusual_values(source: str, expected: str) -> None:
    assert everything(source, {"html": "<i>", "map": {"a": 1}}).html == expected


@pytest.mark.parametrize("items", ["custom.map", "['xy']", "[{'a': 1, 'b': 2}]", "5"])
def test_a_loop_with_two_names_needs_pairs(items: str) -> None:
    error = refused("{% for a, b in " + items + " %}{{ a }}{% endfor %}", {"map": {"ab": 1}})
    assert "loop over map.items()" in error.reason


@pytest.mark.parametrize(("source", "expected"), [*NUMBERS, *DATES, *TEXTS, *SETS, *TESTS])
def test_what_hubl_writes(source: str, expected: str) -> None:
    assert everything(source, {"noon": NOON, "map": {"a": 1}}).html == expected


@pytest.mark.parametrize("name", sorted(language.FILTERS.keys() - language.LAZY))
def test_a_missing_property_is_named_through_every_filter(name: str) -> None:
    error = refused("{{ custom.gone|" + name + " }}", {})
    assert (error.result, "custom.gone" in error.reason) == (SendResult.MISSING_TEMPLATE_PROPERTIES, True)


@pytest.mark.parametrize(
    "source",
    [
        "{{ 1|add(custom.gone) }}",
        "{{ '2026-01-01'|format_date(custom.gone) }}",
        "{{ [1]|union([custom.gone]) }}",
        "{{ custom.gone|add(1)|multiply(2) + 1 }}",
    ],
)
def test_a_missing_property_is_named_in_every_place(source: str) -> None:
    assert "custom.gone" in refused(source, {}).reason


def test_a_callers_html_is_escaped_after_every_filter() -> None:
    """A filter that returns text returns no tag of the caller."""
    mark = "<b>&'\""
    for name in sorted(language.FILTERS.keys() - {"safe"}):
        for source in (
            "{{ custom.x|" + name + " }}",
            "{{ custom.x|" + name + "('<i>') }}",
            "{{ (custom.x|e)|" + name + " }}",
        ):
            try:
                html = everything(source, {"x": mark}).html
            except PermanentFailure:
                continue
            assert "<" not in html, (source, html)


def test_unescaped_html_is_escaped_again() -> None:
    assert everything("{{ '&lt;b&gt;'|unescape_html }}", {}).html == "&lt;b&gt;"
    assert everything("{{ '&lt;b&gt;'|unescape_html }}", {}).text == "<b>"


@pytest.mark.parametrize(
    ("locale", "number", "date"),
    [
        ("fr-DE", "1\u202f234,5", "1 janv. 1970"),
        ("de_DE.UTF-8", "1.234,5", "01.01.1970"),
        ("no-NO", "1\xa0234,5", "1. jan. 1970"),
        ("de-AT-oberland", "1.234,5", "01.01.1970"),
        ("xx-XX", "1,234.5", "Jan 1, 1970"),
        ("deutsch", "1,234.5", "Jan 1, 1970"),
        ("../de", "1,234.5", "Jan 1, 1970"),
        ("", "1,234.5", "Jan 1, 1970"),
        (5, "1,234.5", "Jan 1, 1970"),
        (["de"], "1,234.5", "Jan 1, 1970"),
    ],
)
def test_a_requests_locale_falls_back_to_the_nearest(locale: Any, number: str, date: str) -> None:
    source = "{{ 1234.5|format_number(custom.x) }}|{{ 0|format_date('medium', 'UTC', custom.x) }}"
    assert everything(source, {"x": locale}).text == f"{number}|{date}"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{{ 'soon'|format_date }}", "'soon' is not a date"),
        ("{{ 0|format_date('medium', 'Mars/Olympus') }}", "no time zone 'Mars/Olympus'"),
        ("{{ 0|format_date('medium', 'America') }}", "no time zone 'America'"),
        ("{{ 0|format_date('medium', '../../etc/passwd') }}", "no time zone"),
        ("{{ 0|datetimeformat('%Q') }}", "the directive %Q is unknown"),
        ("{{ 0|format_date('yyyy J') }}", "the date pattern has J"),
        ('{{ 0|format_date("yyyy \'o") }}', "the date pattern has '"),
        ("{{ 0|plus_time(1, 'fortnights') }}", "'fortnights' is not a unit of time"),
        ("{{ 'x'|add(1) }}", "expected a number, not 'x'"),
        ("{{ 1|format_currency('en-US', 'dollars') }}", "is not a currency"),
        ("{{ 'a'|b64encode('rot13') }}", "the character set 'rot13'"),
    ],
)
def test_an_impossible_operation_is_reported(source: str, reason: str) -> None:
    error = refused(source, {})
    assert (error.result, reason in error.reason) == (SendResult.TEMPLATE_RENDER_EXCEPTION, True), error.reason


def test_a_value_nested_too_deep_is_reported_plainly() -> None:
    deep: Any = "x"
    for _ in range(400):
        deep = [deep]
    error = refused("{{ custom.a }}", {"a": deep})
    assert (error.result, "nested too deep" in error.reason) == (SendResult.TEMPLATE_RENDER_EXCEPTION, True), (
        error.reason
    )


@pytest.mark.parametrize(
    "step",
    [
        "{% set x = custom.wide|cut('a') %}",
        "{% set x = custom.wide|md5 %}",
        "{% set x = custom.wide|split('x') %}",
        "{% set x = custom.wide|escape_js %}",
        "{% set x = 0|format_date(custom.wide) %}",
        "{% set x = 0|datetimeformat('%c' * 50000) %}",
        "{% set x = custom.many|union(custom.many) %}",
        "{% set x = custom.wide is string_containing 'y' %}",
        "{% set x = [custom.wide]|select('string_containing', 'y')|list %}",
        "{% set x = 1 is within custom.many %}",
        "{% set x = ('[' ~ '[],' * 300000 ~ '0]')|fromjson %}",
        "{% set x = '1e99999999'|format_number %}",
        "{% set x = 1|plus_time(10 ** 5000) %}",
        "{% set x = (custom.noon|plus_time(1)).strftime('%999999999d') %}",
    ],
)
def test_a_filter_with_too_large_a_result_ends(step: str) -> None:
    one_hash = [number * (2**61 - 1) for number in range(5000)]  # Python's hash of each is 0: a set of them takes long
    custom = {"wide": "x" * 100_000, "many": one_hash, "noon": NOON}
    with within(SECONDS_MAX):
        error = refused("{% for i in range(99999) %}" + step + "{% endfor %}", custom)
    assert error.result in {SendResult.TEMPLATE_RENDER_EXCEPTION, SendResult.MISSING_TEMPLATE_PROPERTIES}


VALUES = st.one_of(
    st.text(max_size=20),
    st.text("0123456789.-+eE%'yMdHhs T:Z[]{}\",\\&;#", max_size=20),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.lists(st.integers() | st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@given(st.sampled_from(sorted(language.FILTERS)), VALUES, VALUES, VALUES, st.integers(0, 2))
def test_any_filter_gives_text_or_a_template_error(name: str, value: Any, first: Any, second: Any, count: int) -> None:
    arguments = ", ".join(["custom.a", "custom.b"][:count])
    try:
        everything(f"{{{{ custom.x|{name}({arguments}) }}}}", {"x": value, "a": first, "b": second})
    except PermanentFailure as error:
        assert error.result is SendResult.TEMPLATE_RENDER_EXCEPTION  # noqa: PT017 - either end is fine


@given(st.sampled_from(sorted(language.TESTS)), VALUES, VALUES)
def test_any_test_gives_text_or_a_template_error(name: str, value: Any, other: Any) -> None:
    try:
        everything(f"{{{{ custom.x is {name}(custom.a) }}}}", {"x": value, "a": other})
    except PermanentFailure as error:
        assert error.result is SendResult.TEMPLATE_RENDER_EXCEPTION  # noqa: PT017 - either end is fine


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ today() }}", "2027-01-15 00:00:00"),
        ("{{ today('Asia/Tokyo')|datetimeformat('%Y-%m-%d %H:%M', 'Asia/Tokyo') }}", "2027-01-15 00:00"),
        ("{{ today('America/Los_Angeles') }}", "2027-01-15 00:00:00"),
        ("{{ today('America/Los_Angeles')|unixtimestamp }}", "1800000000000"),
        ("{{ today('UTC+2') }} {{ today('-03:30')|datetimeformat('%H %z') }}", "2027-01-15 00:00:00 00 -0330"),
        ("{% set d = today('Asia/Tokyo') %}{{ d.year }}/{{ d.month }}/{{ d.day }} {{ local_dt.hour }}", "2027/1/15 8"),
        ("{{ unixtimestamp() }}", "1800000000000"),
        ("{{ unixtimestamp('2026-11-23') }}", "1795392000000"),
        ("{{ '2026-11-23'|between_times('2026-12-24', 'days') }}", "31"),
        ("{{ '2026-11-23'|between_times('2026-12-24', 'months') }}", "1"),
        ("{{ '2026-01-31'|between_times('2026-02-28', 'months') }}", "1"),
        ("{{ '2026-12-24'|between_times('2026-11-25', 'months') }}", "0"),
        ("{{ '2026-12-24T12:00'|between_times('2026-12-23T13:00', 'days') }}", "0"),
        ("{{ '2016-11-23'|between_times('2026-11-22', 'years') }}", "9"),
        ("{{ '23/11/2026 5:07 PM'|strtotime('dd/MM/yyyy h:mm a') }}", "2026-11-23 17:07:00"),
        ("{{ 'Nov 3, 26'|strtotime('MMM d, yy') }}", "2026-11-03 00:00:00"),
        ("{{ '2018-07-14T14:31:30+0530'|strtotime(\"yyyy-MM-dd'T'HH:mm:ssZ\") }}", "2018-07-14 14:31:30"),
        ("{{ '<p>one <b>two three</b></p>'|truncatehtml(8)|safe }}", "<p>one <b>two...</b></p>"),
        ("{{ '<p>one <b>two three</b></p>'|truncatehtml(9, '', true)|safe }}", "<p>one <b>two t</b></p>"),
        ("{{ '<p>a &amp; b<br>c</p>'|truncatehtml(255)|safe }}", "<p>a &amp; b<br>c</p>"),
        ("{{ '&lt;&lt;&lt;'|truncatehtml(2, '', true)|safe }}", "&lt;&lt;"),
    ],
)
def test_estimates_of_the_clock_and_of_html(source: str, expected: str) -> None:
    compiled = rendering.compiled(a_revision(subject="s", html=source, text=""))
    assert rendering.render(compiled, {}, {}, now=1_800_000_000).html == expected


@pytest.mark.parametrize("pattern", ["yyyy-MM-dd'", "q", "HH", "yyyy-MM-dd HH", ""])
def test_a_date_in_another_pattern_is_reported(pattern: str) -> None:
    compiled = rendering.compiled(
        a_revision(subject="s", html=f'{{{{ "2026-11-23"|strtotime("{pattern}") }}}}', text="")
    )
    with pytest.raises(PermanentFailure):
        rendering.render(compiled, {}, {}, now=0)


@pytest.mark.parametrize("source", ["{{ '%0$s'|format('a', 'b') }}", "{{ '%0$s' % ('a', 'b') }}"])
def test_a_format_has_no_argument_of_number_zero(source: str) -> None:
    assert "the first one must be %1$s" in refused(source, {}).reason


def test_a_template_reads_its_year_its_language_and_its_email() -> None:
    source = "{{ year }} {{ current_year }} {{ local_dt|datetimeformat('%H:%M') }} {{ html_lang }} {{ content.subject }} {{ content.name }}"
    compiled = rendering.compiled(a_revision(subject="Order {{ custom.n }}", html="", text=source))
    text = rendering.render(compiled, {}, {"n": 7}, now=NOON / 1000).text
    assert text == f"2026 2026 12:00 {compiled.revision.language} Order 7 {compiled.revision.name}"


def test_a_random_choice_is_the_same_in_every_part() -> None:
    source = "{{ custom.many|random }} {{ custom.many|shuffle|join(',') }} {{ 100|random }}"
    first, second = (everything(source, {"many": list(range(50))}) for _ in range(2))
    assert first.html == first.text == second.text
    assert sorted(map(int, first.text.split()[1].split(","))) == list(range(50))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ 'a1b22'|regex_replace('[0-9]+', '#') }} {{ 'ab'|regex_replace('(a)(b)', '$2$1') }}", "a#b# ba"),
        ("{{ 'a-b'|regex_replace('-', '\\\\$') }}", "a$b"),
        ("{{ ('a: [1, x]'|fromyaml).a }} {{ {'a': 1}|toyaml }}", "[1, x] a: 1\n"),
        (
            "{{ {'a': {'b': ['true', 'x\\ny', none, 5, '']}}|toyaml }}",
            'a:\n  b:\n  - "true"\n  - "x\\ny"\n  - null\n  - 5\n  - ""\n',
        ),
        (
            "{{ 0.00001 }} {{ 0.1 * 0.0001 }} {{ [1e21]|join }} {{ 1234567.5 }}",
            "0.00001 0.00001 1000000000000000000000.0 1234567.5",
        ),
        ("{{ '1_000' == 1000 }} {{ '1_000'|int(7) }}", "false 7"),
        (
            "{{ '10.0.0.1'|ipaddr }} {{ '10.0.0.1/24'|ipaddr('netmask') }} {{ ['::1', 'x']|ipv6 }}",
            "true 255.255.255.0 [::1]",
        ),
        (
            "{{ ({'fooBar': 1}|allow_snake_case).foo_bar }} {{ '{{ x }}'|escape_jinjava }}",
            "1 &lbrace;&lbrace; x &rbrace;&rbrace;",
        ),
        (
            "{{ '%,.2f'|format(1234.5) }} {{ '%05d|%-4s|%+d'|format(42, 'a', 3) }} {{ '%2$s%1$s'|format('a', 'b') }}",
            "1,234.50 00042|a   |+3 ba",
        ),
        (
            "{{ 0|format_date('long', 'UTC', 'de-DE') }} {{ 0|format_date('short', 'UTC', 'en-GB') }}",
            "1. Januar 1970 01/01/1970",
        ),
        (
            "{{ 1234.5|format_number('pl') }} {{ 1234.5|format_currency('de-DE') }}",
            "1\N{NO-BREAK SPACE}234,5 1.234,50\N{NO-BREAK SPACE}€",
        ),
        ("{{ 0|datetimeformat('%x %B', 'UTC', 'fr') }}", "01/01/1970 janvier"),
    ],
)
def test_filters_that_load_a_library(source: str, expected: str) -> None:
    assert everything(source, {}).text == expected


@pytest.mark.parametrize("pattern", ["(", "a" * 600, "(?<=a)b"])
def test_an_expression_that_re2_refuses_is_reported(pattern: str) -> None:
    assert "regular expression" in refused("{{ 'x'|regex_replace(custom.p, '') }}", {"p": pattern}).reason


@pytest.mark.parametrize(
    ("language", "direction"),
    [("ar", 'dir="rtl"'), ("he", 'dir="rtl"'), ("az-arab", 'dir="rtl"'), ("ur-latn", ""), ("de", ""), ("arn", "")],
)
def test_a_template_reads_the_direction_of_its_language(language: str, direction: str) -> None:
    source = "<html {{ html_lang_dir }}>{{ 'fa_IR' is right_to_left }} {{ custom.x is right_to_left }}"
    revision = replace(a_revision(subject="s", html=source, text="t"), language=language)
    assert rendering.render(rendering.compiled(revision), {}, {"x": 5}, now=0).html == f"<html {direction}>true false"
