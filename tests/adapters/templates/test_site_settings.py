"""One suite for the fake and for the adapter."""

from __future__ import annotations

from typing import Any

import pytest

from functions import wiring
from functions.adapters.templates.site_settings import DynamoSiteSettings
from functions.core.access.actor import Actor
from functions.core.access.scopes import CONTENT, REPORTS
from functions.core.errors import Forbidden, Rejected
from functions.ports.templates import SiteSettings
from functions.steps.templates.site_settings import change_settings
from tests.fakes.templates import MemorySiteSettings
from tests.support.aws.cloud import aws_of

EDITOR = Actor("ada@example.com", (CONTENT,))


@pytest.fixture(params=["memory", "dynamo"])
def settings(request: pytest.FixtureRequest) -> SiteSettings:
    if request.param == "memory":
        return MemorySiteSettings()
    container = aws_of(request)
    stored = DynamoSiteSettings(container.get(wiring.clients.dynamodb), container.settings.emails_table)
    stored.change(dict.fromkeys(stored.get()))
    return stored


def test_a_change_merges_and_an_empty_value_removes(settings: SiteSettings) -> None:
    assert settings.get() == {}
    assert change_settings(settings, {"company_city": " Rome ", "company_name": "Acme"}, EDITOR) == settings.get()
    assert settings.get() == {"company_name": "Acme", "company_city": "Rome"}
    change_settings(settings, {"company_name": None, "primary_font": "Arial", "company_phone": ""}, EDITOR)
    change_settings(settings, {}, EDITOR)
    assert settings.get() == {"company_city": "Rome", "primary_font": "Arial"}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"company_nam": "x", "nothing like it": "x", "company_name": "fine"}, ["company_nam", "nothing like it"]),
        (
            {"company_name": 7, "company_city": "a\nb", "company_zip": "x" * 501},
            ["company_name", "company_city", "company_zip"],
        ),
    ],
)
def test_every_error_is_reported_and_nothing_stored(
    settings: SiteSettings, changes: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(Rejected) as caught:
        change_settings(settings, changes, EDITOR)
    assert ([error.field for error in caught.value.errors], settings.get()) == (fields, {})


def test_an_actor_without_the_scope_changes_nothing(settings: SiteSettings) -> None:
    with pytest.raises(Forbidden):
        change_settings(settings, {"company_name": "Acme"}, Actor("viewer@example.com", (REPORTS,)))
    assert settings.get() == {}
