"""Webhooks in the console: added with a secret that is shown once, their deliveries, replays, and new secrets."""

from __future__ import annotations

import re

import pytest

from functions import wiring
from functions.core.access.roles import Role
from functions.wiring import Container
from tests.support.console import room_examples
from tests.support.console.browser import Browser
from tests.support.console.people import signed_in
from tests.support.console.room_examples import HOOK

WEBHOOKS = "/console/webhooks"


@pytest.fixture
def person(aws: Container) -> Browser:
    room_examples.prepare(aws)
    return signed_in(Role.ADMINISTRATOR)


def entries(aws: Container) -> list[tuple[str, str]]:
    return [(str(one.action), one.by) for one in aws.get(wiring.adapters.access.audit_entries).latest(1)]


def queued(aws: Container) -> int:
    url, sqs = aws.settings.webhook_queue_url, aws.get(wiring.clients.sqs)
    return len(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []))


def test_an_empty_stage_shows_what_webhooks_are_for(aws: Container) -> None:
    assert "No webhook yet" in signed_in(Role.ADMINISTRATOR).get(WEBHOOKS).text


def test_webhooks_are_listed_with_their_state(person: Browser) -> None:
    page = person.get(WEBHOOKS)
    for text in ("http://127.0.0.1:9/<in>", "Shop <b>", "Paused", "On"):
        assert text in page.text


def test_an_added_webhook_shows_its_secret_once(aws: Container, person: Browser) -> None:
    page = person.submit(f"{WEBHOOKS}/create", url="http://127.0.0.1:9/new", eventTypes=["email.sent", "email.bounced"])
    secret = re.search(r'id="secret">(whsec_[^<]+)<', page.html)
    assert secret, page.text
    assert entries(aws) == [("webhook.created", "administrator@example.com")]
    assert secret[1] not in person.get(WEBHOOKS).html
    assert "email.sent, email.bounced" in person.get(WEBHOOKS).text


@pytest.mark.parametrize(
    ("url", "types", "field"), [("ftp://x", ["*"], "url"), ("http://127.0.0.1:9/", [], "eventTypes")]
)
def test_a_wrong_webhook_is_shown_at_its_field(person: Browser, url: str, types: list[str], field: str) -> None:
    page = person.submit(f"{WEBHOOKS}/create", url=url, eventTypes=types)
    assert page.status == 400
    assert f'id="{field}-error"' in page.html
    assert f'value="{url}"' in page.html


def test_a_webhook_shows_its_deliveries(person: Browser) -> None:
    page = person.get(HOOK)
    for text in ("Tried again later", "500", "9 ms", "message", "Send missed events again"):
        assert text in page.text
    assert 'href="/console/messages/s-page/0"' in page.html


def test_a_sample_and_a_delivery_are_sent(aws: Container, person: Browser) -> None:
    delivery = re.search(r'name="delivery" value="([^"]+)"', person.get(HOOK).html)
    assert delivery
    assert "A sample event is on its way" in person.submit(f"{HOOK}/test", page=HOOK).text
    assert "are sent again" in person.submit(f"{HOOK}/replay", page=HOOK, delivery=delivery[1]).text
    assert "are sent again" in person.submit(f"{HOOK}/replay", page=HOOK, span="24").text
    assert queued(aws) == 3
    assert entries(aws) == [("webhook.replayed", "administrator@example.com")]


def test_a_paused_webhook_is_switched_on(aws: Container, person: Browser) -> None:
    paused = f"{HOOK}-paused"
    assert "410 Gone" in person.get(paused).text
    assert "The webhook gets events" in person.submit(f"{paused}/active", page=paused, active="on").text
    endpoint = aws.get(wiring.adapters.webhooks.webhook_endpoints).get("hook-paused")
    assert endpoint
    assert endpoint.is_active
    assert "The webhook gets no events" in person.submit(f"{paused}/active", page=paused, active="off").text


def test_a_replay_of_a_paused_webhook_shows_why(person: Browser) -> None:
    page = person.submit(f"{HOOK}-paused/replay", page=f"{HOOK}-paused", span="1")
    assert "paused, or not active" in page.text


def test_a_new_secret_is_shown_once(aws: Container, person: Browser) -> None:
    page = person.submit(f"{HOOK}/rotate")
    assert "whsec_" in page.text
    assert "signs too until" in page.text
    assert entries(aws) == [("webhook.secret_rotated", "administrator@example.com")]


def test_a_deleted_webhook_is_gone(aws: Container, person: Browser) -> None:
    assert "no longer gets events" in person.get(f"{HOOK}/delete").text
    assert "The webhook is deleted" in person.submit(f"{HOOK}/delete").text
    assert person.get(HOOK).status == 404


def test_only_administrators_see_webhooks(aws: Container) -> None:
    assert signed_in(Role.EDITOR).get(WEBHOOKS).status == 403
