"""The first page, the site settings and the subscription types."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.access.roles import Role
from functions.core.templates.site_settings import NAMES
from functions.pages import rendering
from functions.pages.account import site_settings
from functions.wiring import Container
from tests.support.console.people import signed_in


def test_a_new_stage_shows_what_to_do_next(aws: Container) -> None:
    viewer, administrator = signed_in(Role.VIEWER), signed_in(Role.ADMINISTRATOR)
    home = administrator.get("/console")
    assert "What to do next" in home.text
    assert "Publish a first email." in home.text
    assert 'href="/console/keys"' in home.html
    assert 'href="/console/keys"' not in viewer.get("/console").html


def test_a_pause_is_on_the_first_page(aws: Container) -> None:
    wiring.get(wiring.account.pause_sending).pause(None, "wrong prices", unrestricted("ada@example.com"))
    home = signed_in(Role.VIEWER).get("/console").text
    assert "All marketing mail is paused: wrong prices (ada@example.com" in home


def test_site_settings_are_saved_and_removed(aws: Container) -> None:
    editor = signed_in(Role.EDITOR)
    page = "/console/site-settings"
    editor.submit(page, company_name="Acme <Ltd>", company_city="Dublin")
    assert wiring.get(wiring.adapters.templates.site_settings).get() == {
        "company_name": "Acme <Ltd>",
        "company_city": "Dublin",
    }
    editor.submit(page, company_name="Acme", company_city="")
    assert wiring.get(wiring.adapters.templates.site_settings).get() == {"company_name": "Acme"}
    refused = editor.submit(page, company_name="x" * 501)
    assert (refused.status, "at most 500 characters" in refused.text) == (400, True)


def test_a_subscription_type_is_created_and_changed(aws: Container) -> None:
    editor = signed_in(Role.EDITOR)
    page = "/console/subscription-types"
    assert "News" in editor.submit(page, name="News", description="What is new", purpose="").text
    (type_,) = wiring.get(wiring.adapters.contacts.subscription_types).all()
    editor.submit(f"{page}/{type_.id}", name="Offers", description="", purpose="")
    (changed,) = wiring.get(wiring.adapters.contacts.subscription_types).all()
    assert (changed.name, changed.description, changed.active) == ("Offers", "", False)
    assert editor.submit(page, name="").status == 400
    assert editor.get(f"{page}/nothing").status == 404


def test_every_site_setting_has_a_label() -> None:
    assert set(site_settings.LABELS) == set(NAMES)


@pytest.mark.parametrize(("language", "cost"), [("en", "$1,234.50"), ("it", "1.234,50\xa0USD")])
def test_a_price_has_the_form_of_the_language(language: str, cost: str) -> None:
    assert rendering._environment(language).from_string("{{ 1234.5 | dollars }}").render() == cost
