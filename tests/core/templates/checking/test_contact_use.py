from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.emails.email import EmailBody
from functions.core.templates.checking.contact_use import _tags, used, used_names

CONTACT = {"firstname": "Ada", "lastname": "L", "salary": "1", "hs_language": "de"}


def names(html: str, from_name: str = "") -> set[str]:
    return set(used(CONTACT, used_names(EmailBody("", html, ""), from_name)))


@pytest.mark.parametrize(
    "html",
    [
        "Hello {{ contact.firstname }}, contact us",
        "{{ personalization_token('contact.firstname', 'you') }}",
        '{% if contact . firstname %}{{ personalization_token("contact.firstname") }}{% endif %}',
    ],
)
def test_a_name_is_stored_if_the_template_writes_it(html: str) -> None:
    assert names(html) == {"firstname", "hs_language"}


@pytest.mark.parametrize(
    "html",
    [
        "{{ contact[custom.name] }}",
        "{% for name in contact %}{{ name }}{% endfor %}",
        "{{ contact.items() }}",
        "{% set c = contact %}{{ c.firstname }}",
        "{{ personalization_token(custom.path) }}",
        "{{ personalization_token('contact.' ~ custom.name) }}",
        "{{ contact|tojson }}",
    ],
)
def test_all_are_stored_if_the_template_may_read_any(html: str) -> None:
    assert names(html) == set(CONTACT)


def test_the_from_name_is_a_template_too() -> None:
    assert names("", "{{ contact.lastname }} at Acme") == {"lastname", "hs_language"}


@given(st.text("{}% x", max_size=20))
def test_tags_are_those_of_a_search_of_pairs(text: str) -> None:
    assert list(_tags(text)) == re.findall(r"\{\{.*?\}\}|\{%.*?%\}", text)


def test_raw_braces_take_no_longer_than_other_text() -> None:
    """They took the square of their number, in each delivery: minutes for a large mail."""
    content = EmailBody(subject="", html="{{ contact.city }}{% raw %}" + "{{ " * 100_000 + "{% endraw %}", text="")
    assert "city" in (used_names(content, "") or ())
