from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.addresses import Address
from functions.core.errors import PermanentFailure
from functions.core.outcomes import SendResult
from functions.core.templates import rendering
from tests.support.examples import a_revision
from tests.support.strategies import JSON


def rendered(source: str, custom: dict[str, Any] | None = None, contact: dict[str, str] | None = None) -> str:
    """Renders the text part, which is not escaped."""
    return everything(text=source, custom=custom, contact=contact).text


def everything(
    *,
    subject: str = "s",
    html: str = "",
    text: str = "",
    custom: dict[str, Any] | None = None,
    contact: dict[str, str] | None = None,
) -> rendering.Rendered:
    compiled = rendering.compiled(a_revision(subject=subject, html=html, text=text))
    return rendering.render(compiled, contact or {}, custom or {}, now=0)


def refused(source: str, custom: dict[str, Any] | None = None) -> PermanentFailure:
    with pytest.raises(PermanentFailure) as caught:
        rendered(source, custom)
    return caught.value


@pytest.mark.parametrize(
    ("source", "custom", "expected"),
    [
        ("{{ custom.order }}", {"order": 42}, "42"),
        ("{{ custom['order'] }}", {"order": 42}, "42"),
        ("{{ custom.items }}", {"items": 3}, "3"),
        ("{% for i in custom.items %}{{ i.name }};{% endfor %}", {"items": [{"name": "a"}, {"name": "b"}]}, "a;b;"),
        ("{{ custom.values|join('-') }}", {"values": [1, 2]}, "1-2"),
        ("{{ custom.a.b.c }}", {"a": {"b": {"c": "deep"}}}, "deep"),
        ("{% for k, v in custom.a.items() %}{{ k }}={{ v }}{% endfor %}", {"a": {"x": 1}}, "x=1"),
        ("{{ custom.a|tojson }}", {"a": {"x": [1, {"y": "z"}]}}, '{"x":[1,{"y":"z"}]}'),
        ("{{ custom.a|length }} {{ custom.a is mapping }}", {"a": {"x": 1}}, "1 true"),
        ("{{ custom.x|default('none') }}", {}, "none"),
        ("{{ custom.x or 'none' }}", {}, "none"),
        ("{{ custom.x is defined }}", {}, "false"),
        ("{% if custom.x %}a{% else %}b{% endif %}", {}, "b"),
        ("{% if custom.x == 1 %}a{% endif %}", {}, ""),
        ("{{ 'Yes' if custom.flag }}", {"flag": True}, "Yes"),
        ("{{ '%.2f'|format(custom.total) }}", {"total": 3}, "3.00"),
        ("{{ custom.n * 2 }}", {"n": 4}, "8"),
        ("{{ '=' * 5 }}", {}, "====="),
        ("{{ 2 ** 10 }} {{ '%s-%s' % (1, 2) }}", {}, "1024 1-2"),
    ],
)
def test_what_templates_write(source: str, custom: dict[str, Any], expected: str) -> None:
    assert rendered(source, custom) == expected


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("{{ custom.x }}", "custom.x"),
        ("{{ custom['label'] }}", "custom.label"),
        ("{{ custom['missing'] }}", "custom.missing"),
        ("{{ custom['values_'] }}", "custom.values_"),
        ("{{ custom.a.b }}", "custom.a.b"),
        ("{{ custom.x + 1 }}", "custom.x"),
        ("{{ custom.x ** 2 }}", "custom.x"),
        ("{{ -custom.x }}", "custom.x"),
        ("{{ custom.x|round }}", "custom.x"),
        ("{{ custom.x|int }}", "custom.x"),
        ("{{ custom.x|first }}", "custom.x"),
        ("{{ custom.x|upper }}", "custom.x"),
        ("{{ '%.2f'|format(custom.x) }}", "custom.x"),
        ("{% for i in custom.x %}{% endfor %}", "custom.x"),
        ("{{ custom.x.y.z }}", "custom.x"),
        ("{{ custom.x.y() }}", "custom.x"),
        ("{{ custom.x[0].y }}", "custom.x"),
        ("{{ [custom.x] }}", "custom.x"),
        ("{{ '-'.join([custom.x]) }}", "custom.x"),
        ("{{ 'a' ~ custom.x }}", "custom.x"),
        ("{{ personalization_token('custom.order') }}", "custom.order"),
    ],
)
def test_a_missing_property_is_named(source: str, named: str) -> None:
    error = refused(source, {"a": {}, "list": [{}]})
    assert (error.result, error.reason) == (
        SendResult.MISSING_TEMPLATE_PROPERTIES,
        f"the template needs {named}, which the request does not give",
    )


def test_every_missing_property_of_every_part_is_named() -> None:
    with pytest.raises(PermanentFailure, match=r"needs custom\.b, custom\.c, custom\.d, which"):
        everything(subject="{{ contact.a }}", html="{{ custom.b }}{{ custom.c }}", text="{{ custom.d + 1 }}")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ personalization_token('contact.firstname', 'there') }}", "Ada"),
        ("{{ personalization_token('contact.nickname', 'there') }}", "there"),
        ("{{ personalization_token('custom.order', 'none') }}", "42"),
    ],
)
def test_hubspots_personalization_token(source: str, expected: str) -> None:
    assert rendered(source, {"order": 42}, {"firstname": "Ada"}) == expected


def test_a_wrong_personalization_token_is_reported() -> None:
    assert "expected 'contact.<property>'" in refused("{{ personalization_token('company.name') }}").reason


def test_html_is_escaped_and_plain_parts_are_not() -> None:
    mail = everything(
        subject="{{ custom.x }}", html="<p>{{ custom.x }}</p>", text="{{ custom.x }}", custom={"x": "<b>&'"}
    )
    assert (mail.subject, mail.html, mail.text) == ("<b>&'", "<p>&lt;b&gt;&amp;&#39;</p>", "<b>&'")


def test_a_from_name_is_rendered_as_the_subject_is() -> None:
    """In one line, without escapes. A missing property is named."""
    revision = a_revision(sender=Address("shop@example.com", "{{ custom.shop }}\n & {{ contact.x|upper }}"))
    template = rendering.compiled(revision)
    custom = {"order": 1, "shop": "A\r\nBcc: <eve@example.org>"}
    mail = rendering.render(template, {"firstname": "Ada", "x": "b"}, custom, now=0)
    assert mail.from_name == "A Bcc: <eve@example.org> & B"
    with pytest.raises(PermanentFailure, match=r"custom\.shop") as caught:
        rendering.render(template, {"firstname": "Ada", "x": "b"}, {"order": 1}, now=0)
    assert caught.value.result is SendResult.MISSING_TEMPLATE_PROPERTIES


@given(st.text("aé<&'}% \n\r\t", max_size=20))
def test_a_part_without_a_template_is_as_jinja_writes_it(source: str) -> None:
    """Only a part without a brace has no template: the empty comment makes another one of it."""
    assert "{" not in source
    parts = everything(text=source), everything(text="{# #}" + source)
    assert parts[0].text == parts[1].text


def test_a_subject_is_one_line() -> None:
    subject = everything(subject="Order\n  {{ custom.x }} ", custom={"x": "1\r\nBcc: eve@example.org"}).subject
    assert subject == "Order 1 Bcc: eve@example.org"


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ custom|attr('__class__') }}",
        "{{ personalization_token.__globals__ }}",
        "{{ personalization_token.__closure__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ '{0.__class__}'.format(custom) }}",
        "{{ '{0.missing}'.format(custom) }}",
        "{{ ''|attr('__class__') }}",
        "{{ unknown }}",
        "{{ custom.get.__self__ }}",
        "{{ range.__wrapped__ }}",
        "{{ ''.format.__self__ }}",
        "{{ ''|attr('format') }}",
        "{{ custom['__init__'] }}",
        "{{ [].append }}",
        "{% macro f() %}{% endmacro %}{{ f.__globals__ }}",
    ],
)
def test_a_template_reads_nothing_of_python(source: str) -> None:
    try:
        assert rendered(source, {"list": [], "a": {}}) == ""
    except PermanentFailure as error:
        assert error.result is SendResult.MISSING_TEMPLATE_PROPERTIES  # noqa: PT017 - either end is fine


@pytest.mark.parametrize(
    "source",
    [
        "{{ custom.__class__.__init__.__globals__ }}",
        "{{ custom['__class__']['__init__'] }}",
        "{{ custom.get.__self__ }}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{{ 1 / 0 }}",
        "{{ 5|xmlattr }}",
        "{{ {'a b': 1}|xmlattr }}",
        "{{ 1|batch(0)|list }}",
        "{{ [1,2]|slice(0)|list }}",
        "{{ '\\ud800'|urlencode }}",
        "{{ namespace(1, 2) }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    ],
)
def test_a_template_that_misbehaves_gives_up_and_nothing_else(source: str) -> None:
    assert refused(source, {"list": [], "a": {}}).result in {
        SendResult.TEMPLATE_RENDER_EXCEPTION,
        SendResult.MISSING_TEMPLATE_PROPERTIES,
    }


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(1000000000) %}{% endfor %}",
        "{% for i in range(100000) %}{{ 'x' * 100 }}{% endfor %}",
        "{{ 'x' * 10000000000 }}",
        "{{ 10000000000 * [1] }}",
        "{{ 'x' * 100000 * 100000 }}",
        "{{ 9 ** 999999999 }}",
        "{{ custom.n ** custom.n }}",
        "{{ '%10000000000d' % 1 }}",
        "{{ lipsum(n=100000000) }}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% for k in range(99999) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
    ],
)
def test_a_template_that_would_not_end_is_ended(source: str) -> None:
    assert refused(source, {"n": 99_999_999}).result is SendResult.TEMPLATE_RENDER_EXCEPTION


@pytest.mark.parametrize(
    "source",
    [
        "{{ 1 if }}",
        "{% for %}",
        "{{ x",
        "{% endfor %}",
        "{{ a|nosuchfilter }}",
        "{% for i in [1] %}" * 25 + "{% endfor %}" * 25,
    ],
)
def test_a_template_that_does_not_compile_fails_at_once(source: str) -> None:
    with pytest.raises(PermanentFailure) as caught:
        rendering.compiled(a_revision(html=source))
    assert caught.value.result is SendResult.TEMPLATE_RENDER_EXCEPTION


def test_a_syntax_error_names_its_line() -> None:
    with pytest.raises(PermanentFailure, match="line 3: "):
        rendering.compiled(a_revision(text="a\nb\n{{ 1 if }}"))


@given(JSON)
def test_any_property_prints_or_gives_up(value: Any) -> None:
    """A template that prints any JSON in every way has one of our two results."""
    source = "{{ custom.x }}{{ custom.x|tojson }}{{ custom.x|length }}{{ custom.x|string|upper }}{% for i in custom.x %}{{ i }}{% endfor %}"
    try:
        rendered(source, {"x": value})
    except PermanentFailure as error:
        assert error.result in {SendResult.TEMPLATE_RENDER_EXCEPTION, SendResult.MISSING_TEMPLATE_PROPERTIES}  # noqa: PT017 - either end is fine


@given(st.text("{}%#custom.x|'\"[]()+*-_ ifor \n", max_size=40))
def test_any_source_compiles_and_renders_or_gives_up(source: str) -> None:
    try:
        rendered(source, {"x": "1"})
    except PermanentFailure as error:
        assert error.reason  # noqa: PT017 - either end is fine, as long as it speaks


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"html": "<p>a</p>\n<p>{{ custom.x|round }}</p>"}, "in the HTML part: {{ custom.x|round }}: "),
        ({"html": "{{ 1 }}{{ custom.x|round }}"}, "in the HTML part: "),
        (
            {"html": "{% macro m(a) %}\n{{ a|round }}\n{% endmacro %}\n{{ m('abc') }}"},
            "in the HTML part: {{ a|round }}: ",
        ),
        ({"subject": "{{ custom.x|round }}"}, "in the subject: {{ custom.x|round }}: "),
        ({"text": "{{ custom.x|round }}"}, "in the text part: {{ custom.x|round }}: "),
    ],
)
def test_an_error_names_its_place(changed: dict[str, str], place: str) -> None:
    template = rendering.compiled(a_revision(**{"subject": "s", "html": "h", "text": "t", **changed}))
    with pytest.raises(PermanentFailure) as caught:
        rendering.render(template, {}, {"x": "abc"}, now=0)
    assert caught.value.reason == f"{place}expected a number, not 'abc'"


@pytest.mark.parametrize(
    ("name", "source"), [("fromjson", "{b=x}"), ("fromjson", ""), ("fromjson", '{"a": 1} x'), ("fromyaml", "{a")]
)
def test_a_text_that_cannot_be_read_is_named(name: str, source: str) -> None:
    assert (
        f"{name}: {source!r} is not {name[4:].upper()}" in refused(f"{{{{ custom.x|{name} }}}}", {"x": source}).reason
    )
