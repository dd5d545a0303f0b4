"""Every error of a template is reported together, as far as one can be found after another."""

from __future__ import annotations

import pytest

from functions.core.emails.email import TemplateSource, TemplateSyntax
from functions.core.errors import Rejected
from functions.core.templates.reading import REREAD_MAX, SYNTAX_ERRORS_MAX, readable, tree
from functions.core.templates.source_map import MappedText
from functions.core.templates.translation import translated
from tests.support.processor_time import within


def positions(source: str) -> list[tuple[int | None, int | None]]:
    with pytest.raises(Rejected) as caught:
        tree(MappedText.of("content.html", source))
    return [(error.line, error.column) for error in caught.value.errors]


def test_each_wrong_expression_is_reported() -> None:
    assert positions("{{ 1 if }}\n{{ fine }}\n{{ }}\n{{ a b }}") == [(1, 9), (3, 4), (4, 6)]


def test_a_wrong_tag_is_the_last_reported_error() -> None:
    assert positions("{{ }}\n{% for %}\n{{ }}\n{% endfor %}") == [(1, 4), (2, 8)]


def test_the_number_of_reported_syntax_errors_is_limited() -> None:
    assert len(positions("{{ }}" * 50)) == SYNTAX_ERRORS_MAX


@pytest.mark.parametrize(("size", "number"), [(1_000, SYNTAX_ERRORS_MAX), (REREAD_MAX // 4 - 40, 4), (REREAD_MAX, 1)])
def test_a_large_template_reports_fewer_unreadable_tags(size: int, number: int) -> None:
    """Each one takes another look at the whole source."""
    unreadable = "{{ § }}" * 20
    source = MappedText.of("content.html", unreadable + "x" * (size - len(unreadable)))
    with pytest.raises(Rejected) as caught:
        readable(source)
    assert len(caught.value.errors) == number


def test_each_part_reports_its_errors() -> None:
    source = TemplateSource(
        subject="{{ }}", body="<p>{{ a b }}{{ }}</p>", syntax=TemplateSyntax.HTML, text="{{ 1 if }}", preview="{% x %}"
    )
    with pytest.raises(Rejected) as caught:
        translated(source, lambda _name: None, language="de")
    assert [error.field.rpartition(".")[2] for error in caught.value.errors] == [
        "subject",
        "html",
        "html",
        "plainTextVersion",
        "previewText",
    ]


@pytest.mark.parametrize(
    "expression",
    ["10**5000", "10**500000000", "'%1000000000d' % 5", "'a' * 1000000000", "-(9**99999999)", "1 in (10**50000000,)"],
)
@pytest.mark.parametrize(
    "template", ["{{ %s }}", "{%% if %s %%}{%% endif %%}", "{%% autoescape %s %%}{%% endautoescape %%}"]
)
def test_a_check_evaluates_no_constant(template: str, expression: str) -> None:
    """Jinja2's generator folds constants, without our limits: this template took gigabytes, or was a 500."""
    with within(1):
        tree(MappedText.of("content.html", template % expression))


@pytest.mark.parametrize("number", ["1" * 5000, "0x" + "f" * 9000, "5 " + "1" * 5000])
def test_a_number_of_thousands_of_digits_is_an_error(number: str) -> None:
    with pytest.raises(Rejected, match="too many digits"):
        tree(MappedText.of("content.html", f"{{{{ {number} }}}}"))


@pytest.mark.parametrize("number", ["1e400", "1.5E+309", "1" * 400 + ".5", "5 - 1e999", "[1, 1e400]"])
def test_a_number_above_the_largest_is_an_error(number: str) -> None:
    """Jinja2 reads it as infinity, and generates Python that has an unknown name: no send of the email ended."""
    for template in ("{{ %s }}", "{%% if 1 > %s %%}{%% endif %%}", "{%% set a = %s %%}"):
        with pytest.raises(Rejected, match="a number is too large"):
            tree(MappedText.of("content.html", template % number))


def reported(source: str) -> list[str]:
    with pytest.raises(Rejected) as caught:
        tree(MappedText.of("content.html", source))
    return [f"{error.line}:{error.column} {error.message}" for error in caught.value.errors]


def test_errors_of_every_kind_are_reported_at_once() -> None:
    source = """{% unles custom.a %}{% email_each list="x" %}
{% if custom.a ! %}{{ 1 if }}{% endif %}
{{ custom.a|uper }}{{ custom.a is evn }}
{{ custom.a.appnd(1) }}{{ custom.a|replace('x') }}
{{ custom.a|default(wrong=1) }}{{ type() }}{{ custom.__class__ }}{{ 1 is divisibleby }}"""
    assert reported(source) == [
        "1:4 there is no tag 'unles': is it 'unless'?",
        "1:24 there is no tag 'email_each': loop over a list of the request: {% for item in custom.items %}",
        "2:16 is not HubL: expected %} or an operator, not 'not'",
        "2:28 is not HubL: expected a value before }}",
        "3:13 there is no filter 'uper': is it 'upper'?",
        "3:32 there is no test 'evn': is it 'even'?",
        "4:18 there is no method 'appnd': is it 'append'?",
        "4:36 the filter replace needs more arguments: replace(old, new, count)",
        "5:13 the filter default has no argument 'wrong': default(default_value, truthy)",
        "5:39 the function type needs more arguments: type(value)",
        "5:53 '__class__' is not for templates, like every attribute that begins with _",
        "5:71 the test divisibleby needs more arguments: divisibleby(divisor)",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "{% import 'x' as m %}{% endimport %}{{ m.button(1) }}",
        "{% set n = namespace(f=1) %}{{ n.f }}{{ custom.a.toUpperCase() }}{{ custom.a.items() }}",
        "{% macro f(a, b=1) %}{% endmacro %}{{ f() }}{{ f(1, 2, 3) }}{{ self.title() }}",
        "{{ custom.a|truncate(5, end='!') }}{{ custom.a|join(attribute='b') }}{{ custom.a|sort(attribute='b') }}",
        "{{ custom.a|selectattr('b', '>', 1)|map('name') }}{{ '%s %s'|format(1, 2) }}{{ custom.a is > 1 }}",
        "{% for i in custom.a %}{{ loop.cycle(1, 2) }}{% break %}{% endfor %}{{ today()|datetimeformat }}",
        "{{ '{}'.format(1) }}{{ custom.day.strftime('%Y') }}",
    ],
)
def test_what_fits_is_no_error(source: str) -> None:
    tree(MappedText.of("content.html", source))


@pytest.mark.parametrize("call", ["format_number('xx-XX')", "format_date('medium', 'UTC', '../de')", "format_currency(locale='deutsch')"])  # fmt: skip
def test_a_written_locale_must_exist(call: str) -> None:
    (error,) = reported("{{ custom.a|" + call + " }}{{ custom.a|format_number('fr-DE') }}")
    assert "there is no locale" in error


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("custom.a.upper(1)", "the arguments do not fit: upper()"),
        ("custom.a.replace('x')", "the arguments do not fit: replace(old, new, count)"),
        ("custom.a.get(1, 2, 3)", "the arguments do not fit: get(index) or get(key, default)"),
        ("custom.a.contains()", "the arguments do not fit"),
        ("'x'.append(1)", "a text has no method 'append'"),
        ("[1].toUpperCase()", "a list has no method 'toUpperCase'"),
        ("{a: 1}.append(2)", "a map has no method 'append'"),
    ],
)
def test_a_method_call_that_cannot_fit_is_refused(expression: str, message: str) -> None:
    with pytest.raises(Rejected) as caught:
        tree(MappedText.of("x", f"{{{{ {expression} }}}}"))
    (error,) = caught.value.errors
    assert error.message.startswith(message)


@pytest.mark.parametrize(
    "expression",
    [
        "custom.a.get('k', 1)",
        "custom.a.get(0)",
        "custom.a.split()",
        "custom.a.indexOf('x', 1)",
        "custom.a.substring(1)",
        "custom.a.add(1)",
        "custom.a.upper(*custom.b)",
        "'{}'.format(1, 2, a=3)",
    ],
)
def test_a_method_call_that_fits_some_value_passes(expression: str) -> None:
    tree(MappedText.of("x", f"{{{{ {expression} }}}}"))


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("today('Nowhere/City')", "there is no time zone 'Nowhere/City'"),
        ("custom.a|format_date('short', 'Mars/X')", "there is no time zone"),
        ("format_datetime(custom.a, 'short', 'UTC', 'xx-yy')", "there is no locale"),
        ("custom.a|datetimeformat('%Q')", "the directive %Q is unknown"),
        ("custom.a|regex_replace('(', '')", "is not a regular expression of RE2"),
        ("custom.a|format_currency('en-US', 'XXXX')", "is not a currency"),
        ("custom.a|plus_time(1, 'fortnight')", "is not a unit of time"),
    ],
)
def test_constants_that_fail_with_every_value_are_refused(expression: str, message: str) -> None:
    with pytest.raises(Rejected, match=message) as caught:
        tree(MappedText.of("x", f"{{{{ {expression} }}}}"))
    assert len(caught.value.errors) == 1


@pytest.mark.parametrize(
    "expression",
    ["today()", "today(custom.zone)", "custom.a|format_date('short', custom.zone)", "custom.a|plus_time(custom.n)"],
)
def test_arguments_that_may_fit_pass(expression: str) -> None:
    tree(MappedText.of("x", f"{{{{ {expression} }}}}"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a {% for i in custom.a %}{{ i }}", "1:6 is not HubL: {% for %} is not closed: write {% endfor %}"),
        ("{% if 1 %}{% for i in x %}x", "1:14 is not HubL: {% for %} is not closed: write {% endfor %}"),
        ("{% endif %}", "1:4 is not HubL: {% endif %} has no {% if %} before it"),
        ("{% else %}", "1:4 is not HubL: {% else %} does not fit here: it belongs to a tag that is open"),
        (
            "{% if 1 %}{% else %}{% else %}{% endif %}",
            "1:24 is not HubL: {% else %} does not fit here: {% if %} is open, and {% endif %} closes it",
        ),
        (
            "{% for i in x %}{% endif %}{% endfor %}",
            "1:20 is not HubL: {% endif %} does not fit here: {% for %} is open, and {% endfor %} closes it",
        ),
        (
            "{% if custom.a = 1 %}{% endif %}",
            "1:16 is not HubL: expected %} or an operator, not =: two values are compared with ==",
        ),
        ("{{ custom.first name }}", "1:17 is not HubL: expected }} or an operator, not 'name'"),
        ("{{ custom. }}", "1:12 is not HubL: expected a name or a number after the dot"),
        ("{{ 'a }}", "1:4 is not HubL: the text that begins with ' is not closed"),
        ('{{ "a }}', '1:4 is not HubL: the text that begins with " is not closed'),
        ("{{ § }}", "1:4 is not HubL: the character § has no meaning here"),
        ("{{ custom.a }", "1:13 is not HubL: a single } closes nothing: {{ ends with }}, and {% with %}"),
        ("{{ 1 ) }}", "1:6 is not HubL: ) closes nothing: it has no beginning"),
        ("{{ (1 }}", "1:7 is not HubL: expected ) here, not }"),
        ("{% for x %}{% endfor %}", "1:10 is not HubL: expected 'in' here, not %}"),
        ("{{ a | }}", "1:8 is not HubL: expected a name here, not }}"),
        ("{%  %}", "1:5 is not HubL: a tag begins with its name, as in {% if %}"),
        (
            "{{ custom.a.replaceAll('x', 'y') }}",
            "1:23 there is no method 'replaceAll': write |regex_replace('expression', 'text')",
        ),
        ("{% if %}{% endif %}", "1:7 is not HubL: expected a value before %}"),
        ("{% set 1 = 2 %}", "1:8 is not HubL: only a name can be set: {% set name = 1 %}"),
        ("{# open", "1:3 is not HubL: the comment is not closed: write #}"),
        ("{% raw %}x", "1:10 is not HubL: {% raw %} is not closed: write {% endraw %}"),
    ],
)
def test_a_syntax_error_states_what_is_right(source: str, expected: str) -> None:
    assert reported(source) == [expected]
