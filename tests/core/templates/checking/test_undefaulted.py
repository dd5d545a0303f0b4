from __future__ import annotations

import pytest

from functions.core.templates.checking.undefaulted import printed_without_default
from functions.core.templates.reading import tree
from functions.core.templates.source_map import MappedText


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("Hi {{ contact.firstname }}", ["contact.firstname"]),
        ("{{ contact['first name']|upper }}", ["contact.first name"]),
        ("{{ 'Hi ' ~ contact.a }}{% for i in custom.x %}{{ contact.b }}{% endfor %}", ["contact.a", "contact.b"]),
        ("{{ contact.a or contact.b }}", ["contact.b"]),
        ("{{ contact.a|default('there') }}{{ (contact.b|default('x'))|upper }}", []),
        ("{% if contact.a %}{{ contact.a }}{% endif %}", []),
        ("{{ contact.a if contact.a else 'x' }}{{ contact.b is defined }}", []),
        ("{{ contact.email }}{{ contact.hs_object_id }}{{ contact.createdate }}", []),
        ("{% set x = contact.a %}", []),
        (
            "{{ personalization_token('contact.a') }}{{ personalization_token('contact.b', 'x') }}",
            ["contact.a", "personalization_token"],
        ),
        ("{{ company_name }}{{ site_settings.company_city }}", ["company_name", "site_settings.company_city"]),
    ],
)
def test_a_printed_contact_property_without_default_is_reported(source: str, paths: list[str]) -> None:
    reported = printed_without_default(tree(MappedText.of("x", source)))
    assert sorted(reported) == paths
    starts = (".", "[", "(", "company_name", "personalization_token")
    assert all(source[offset:].startswith(starts) for offset in reported.values())
