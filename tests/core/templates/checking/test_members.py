"""Names that are defined, but not as the template uses them."""

from __future__ import annotations

import pytest

from functions.core.emails.email import TemplateSource, TemplateSyntax
from functions.core.errors import Rejected
from functions.core.templates.translation import translated


def messages(body: str) -> list[str]:
    try:
        translated(TemplateSource(subject="s", body=body, syntax=TemplateSyntax.HTML), lambda _name: None)
    except Rejected as rejected:
        return [error.message for error in rejected.errors]
    return []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{{ content }}", "'content' has no text: write one of its parts, such as content.name"),
        (
            "{{ site_settings }}",
            "'site_settings' has no text: write one of its parts, such as site_settings.company_name",
        ),
        ("{{ today }}", "'today' is a function: write today()"),
        ("{{ today|format_date('long') }}", "'today' is a function: write today()"),
        ("{{ range }}", "'range' is a function: write range()"),
        ("{{ contact() }}", "'contact' is not a function"),
    ],
)
def test_a_name_is_used_as_what_it_is(body: str, expected: str) -> None:
    assert messages(body) == [expected]


@pytest.mark.parametrize(
    "body", ["{{ content.name }}", "{{ today() }}", "{{ content|tojson }}", "{% set content = 1 %}{{ content }}"]
)
def test_what_has_a_text_is_no_error(body: str) -> None:
    assert not messages(body)


@pytest.mark.parametrize(
    ("body", "names", "written"),
    [
        ("{{ custom.first-name }}", ["name"], "custom['first-name']"),
        ("{{ custom.order.line-item-count|int }}", ["item", "count"], "custom.order['line-item-count']"),
        ("{{ contact.first-name|default('x') }}", ["name"], "contact['first-name']"),
    ],
)
def test_a_property_with_a_hyphen_is_written_in_brackets(body: str, names: list[str], written: str) -> None:
    assert messages(body) == [
        f"'{name}' is not defined: a property with a hyphen is written {written}" for name in names
    ]


def test_a_difference_with_spaces_is_one() -> None:
    assert "a property of the request is custom.name" in messages("{{ custom.first - name }}")[0]
