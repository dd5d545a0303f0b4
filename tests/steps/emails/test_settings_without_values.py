from __future__ import annotations

from msgspec.structs import replace

from tests.fakes.emails import MemoryEmails
from tests.fakes.templates import MemorySiteSettings
from tests.support.publishing import a_draft, a_source, publication


def warnings_of(source: str, **settings: str) -> list[tuple[str, str]]:
    body = a_source(
        body="<mjml><mj-body><mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section></mj-body></mjml>"
    )
    publish = replace(publication(MemoryEmails()), site_settings=MemorySiteSettings(settings))
    checked = publish.check(a_draft(replace(body, text=source)))
    assert not checked.errors
    return sorted((warning.code, warning.message) for warning in checked.warnings)


def test_a_setting_without_a_value_is_a_warning() -> None:
    source = "{{ company_name }} {{ site_settings.company_city }} {{ company_zip|default('-') }}{{ subscription_name }}"
    assert warnings_of(source, company_name="Acme") == [
        (
            "NO_VALUE",
            "prints site_settings.company_city, which has no value: set company_city in the site settings",
        ),
        ("NO_VALUE", "prints subscription_name, and the email is transactional: it prints nothing"),
    ]


def test_a_template_may_set_our_maps_itself() -> None:
    assert (
        warnings_of("{% set content = {'a': 1} %}{{ content.a }}{% set site_settings = {} %}{{ site_settings.b }}")
        == []
    )
