"""What a person entered is never lost: after an error, after the session ended, and after another sign-in in the same browser."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.access.roles import Role
from functions.wiring import Container
from tests.support.console import examples
from tests.support.console.browser import Answer, Browser
from tests.support.console.people import ADDRESS, PASSWORD, sign_in, signed_in

TYPES = "/console/subscription-types"
NEWS = {"name": "Product <news>", "description": "What is new.", "purpose": ""}


@pytest.fixture
def stored(aws: Container) -> Container:
    examples.prepare(aws)
    return aws


def post_from_our_page(browser: Browser, path: str, fields: dict[str, str]) -> Answer:
    """As a browser with Sec-Fetch-Site does."""
    return browser.send("POST", path, urlencode(fields), sec_fetch_site="same-origin")


def names(aws: Container) -> list[str]:
    return [one.name for one in aws.get(wiring.adapters.contacts.subscription_types).all()]


def test_a_form_of_an_ended_session_is_kept(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    token = browser.get(TYPES).csrf
    wiring.get(wiring.access.sign_in).end_all(ADDRESS[Role.EDITOR])
    page = post_from_our_page(browser, TYPES, {"csrf": token, **NEWS})
    assert page.status == 401
    assert "Your session is over" in page.text
    assert 'name="name" value="Product &lt;news&gt;"' in page.html
    assert token not in page.html
    assert names(aws) == []
    browser.cookies |= sign_in(ADDRESS[Role.EDITOR]).cookies
    again = post_from_our_page(browser, TYPES, {"csrf": page.csrf, **NEWS})
    assert again.status == 400, "the token was of the session that ended"
    assert 'value="Product &lt;news&gt;"' in again.html
    stored = browser.post(TYPES, csrf=again.csrf, **NEWS)
    assert (stored.status, names(aws)) == (303, ["Product <news>"])


def test_a_kept_form_has_no_password(aws: Container) -> None:
    fields = {"csrf": "x", "current": PASSWORD, "password": PASSWORD, "note": "kept"}
    page = post_from_our_page(Browser(), "/console/you/password", fields)
    assert page.status == 401
    assert PASSWORD not in page.html


def test_a_form_of_another_site_is_not_kept(aws: Container) -> None:
    for headers in ({}, {"sec_fetch_site": "cross-site"}):
        page = Browser().send("POST", TYPES, urlencode(NEWS), **headers)
        assert (page.status, "news" in page.html) == (303, False)


def test_a_script_gets_the_sign_in_of_its_page(aws: Container) -> None:
    page = Browser().send("GET", "/console/broadcasts/b", hx_request="true")
    assert page.headers["hx-redirect"] == "/console/sign-in?to=/console/broadcasts/b"


def test_a_stale_form_is_shown_again_and_changes_nothing(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    page = post_from_our_page(browser, TYPES, {"csrf": "0" * 64, **NEWS})
    assert page.status == 400
    assert "This page was open since an earlier sign-in" in page.text
    assert 'value="Product &lt;news&gt;"' in page.html
    assert names(aws) == []


def test_a_forged_form_explains_itself(aws: Container) -> None:
    refused = signed_in(Role.EDITOR).post(TYPES, csrf="", **NEWS)
    assert refused.status == 403
    assert "administrator" not in refused.text, "no role changes it"


def test_the_sign_in_leads_back_to_the_search(aws: Container) -> None:
    signed_in(Role.EDITOR)
    browser = Browser()
    page = browser.get("/console/messages?address=a%26b%40example.net&status=SENT")
    to = page.html.partition('name="to" value="')[2].partition('"')[0].replace("&amp;", "&")
    assert to == "/console/messages?address=a%26b%40example.net&status=SENT"
    arrived = browser.submit("/console/sign-in", email=ADDRESS[Role.EDITOR], password=PASSWORD, to=to)
    assert 'value="a&amp;b@example.net"' in arrived.html


def test_a_cleared_field_stays_empty_after_an_error(stored: Container) -> None:
    wiring.get(wiring.contacts.subscriptions).update_type(
        "news", {"purpose": "Marketing"}, unrestricted("editor@example.com")
    )
    page = signed_in(Role.EDITOR).submit(f"{TYPES}/news", name="", description="", purpose="", active="on")
    assert page.status == 400
    assert "Marketing" not in page.html


def test_boxes_that_were_unchecked_stay_so_after_an_error(stored: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    page = browser.submit("/console/webhooks/create", url="ftp://x", **{"of-form": "eventTypes"})
    assert page.status == 400
    assert 'value="*" checked' not in page.html
    active = browser.submit(f"{TYPES}/news", name="", **{"of-form": "active"})
    assert 'name="active" value="on" checked' not in active.html


def test_boxes_of_another_form_keep_their_defaults(stored: Container) -> None:
    assert 'value="*" checked' in signed_in(Role.ADMINISTRATOR).get("/console/webhooks/create").html


def test_an_error_page_has_the_persons_language(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    browser.submit("/console/you", language="it", zone="")
    assert "Questa pagina non esiste" in browser.get("/console/nowhere").text


def test_a_missing_page_has_no_words_of_the_protocol(aws: Container) -> None:
    assert "GET" not in signed_in(Role.EDITOR).get("/console/nowhere").text
