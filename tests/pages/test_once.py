"""Forms that create something: what a second press, or the browser's back button, does."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from functions import wiring
from functions.core.access.roles import Role
from functions.wiring import Container
from tests.support.console import automation_examples, email_examples
from tests.support.console.browser import Answer, Browser
from tests.support.console.form_fields import FormFields
from tests.support.console.people import signed_in

LISTS, NEW = "/console/lists", "/console/automations/new"
KEYS, WEBHOOKS = "/console/keys", "/console/webhooks"


@pytest.fixture
def browser(aws: Container) -> Browser:
    email_examples.prepare(aws)
    automation_examples.prepare(aws)
    return signed_in(Role.ADMINISTRATOR)


def fields_of(page: Answer, **entered: str) -> list[tuple[str, str]]:
    form = FormFields(page.html, "automation")
    return [(name, entered.get(name, value)) for name, value in form.fields]


def form_id(page: Answer) -> str:
    return page.html.partition('name="form" value="')[2].partition('"')[0]


def send(browser: Browser, path: str, fields: list[tuple[str, str]]) -> Answer:
    return browser.send("POST", path, urlencode(fields))


def automations(container: Container) -> list[str]:
    return [one.name for one in container.get(wiring.adapters.automations.automations).all()][2:]


def test_the_same_automation_is_stored_once(aws: Container, browser: Browser) -> None:
    page = send(browser, NEW, [*fields_of(browser.get(NEW), trigger="contact_created"), ("act", "add wait top 0")])
    form = fields_of(page, name="Welcome")
    first, second = send(browser, NEW, form), send(browser, NEW, form)
    assert automations(aws) == ["Welcome"]
    assert second.headers["location"] == first.headers["location"]
    assert "Here is what it created" in browser.get(second.headers["location"]).text


def test_a_changed_automation_is_stored_again_by_choice_only(aws: Container, browser: Browser) -> None:
    page = send(browser, NEW, [*fields_of(browser.get(NEW), trigger="contact_created"), ("act", "add wait top 0")])
    first = send(browser, NEW, fields_of(page, name="Welcome"))
    refused = send(browser, NEW, fields_of(page, name="Welcome 2"))
    assert (refused.status, automations(aws)) == (400, ["Welcome"])
    assert 'value="Welcome 2"' in refused.html
    assert f'<a href="{first.headers["location"]}">Show what it created</a>' in refused.html
    send(browser, NEW, fields_of(refused))
    assert automations(aws) == ["Welcome", "Welcome 2"]


def test_a_refused_form_is_corrected_and_stored(aws: Container, browser: Browser) -> None:
    page = browser.get(LISTS)
    fields = {"csrf": page.csrf, "form": form_id(page)}
    refused = browser.post(LISTS, name="", **fields)
    assert (refused.status, form_id(refused)) == (400, fields["form"])
    assert "location" in browser.post(LISTS, name="News", **fields).headers


def test_a_list_is_created_once_and_then_another_one(aws: Container, browser: Browser) -> None:
    page = browser.get(LISTS)
    for name in ("News", "News", "Offers"):
        browser.post(LISTS, csrf=page.csrf, form=form_id(page), name=name)
    assert sorted(one.name for one in aws.get(wiring.contacts.list_editor).all()) == ["News", "Offers"]


def test_the_address_keeps_the_id_for_the_way_back(browser: Browser) -> None:
    page = browser.get(f"{NEW}?form=of-before")
    assert 'name="form" value="of-before" data-in-address' in page.html


def test_a_secret_is_shown_once_and_a_repeat_makes_none(aws: Container, browser: Browser) -> None:
    page = browser.get(KEYS)
    fields = {"csrf": page.csrf, "form": form_id(page), "name": "Shop", "scopes": "reports"}
    assert "stf_" in browser.post(KEYS, **fields).html
    assert browser.post(KEYS, **fields).headers["location"] == KEYS
    assert [key.name for key in aws.get(wiring.adapters.access.api_keys).all()].count("Shop") == 1
