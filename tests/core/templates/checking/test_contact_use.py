from __future__ import annotations

import pytest

from functions.core.emails.email import EmailBody
from functions.core.templates.checking.contact_use import used, used_names

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
