from __future__ import annotations

from email.header import Header
from typing import Any

import pytest

from functions.core.contacts import event_redaction
from tests.core.contacts.test_unsubscribe_link import SECRET, URL


def an_event(**more: Any) -> dict[str, Any]:
    return {"eventType": "Send", "mail": {"messageId": "1", "destination": ["ada@example.net"], **more}, "send": {}}


@pytest.mark.parametrize(
    "mail",
    [
        {"headers": [{"name": "List-Unsubscribe", "value": f"<{URL}>"}]},
        {"headers": [{"name": "X-Leave", "value": URL}]},
        {"headers": [{"name": "Subject", "value": Header("Grüße " + URL, "utf-8", maxlinelen=990).encode()}]},
        {"headers": [{"name": "Subject", "value": Header("Grüße " + URL, "utf-8", maxlinelen=60).encode()}]},
        {"commonHeaders": {"subject": "Leave: " + URL}},
        {"tags": {URL: [URL]}},
    ],
)
def test_no_part_of_an_event_has_the_secret(mail: dict[str, Any]) -> None:
    redacted = event_redaction.without_link_secrets(an_event(**mail))
    assert SECRET not in str(redacted)
    assert "redacted" in str(redacted)
    assert redacted["mail"]["destination"] == ["ada@example.net"]


def test_a_callers_own_unsubscribe_link_is_removed_too() -> None:
    """It acts for the recipient as ours does, and any part of it may be secret."""
    event = an_event(headers=[{"name": "list-unsubscribe", "value": "<https://shop.example/leave?t=secret>"}])
    assert "t=secret" not in str(event_redaction.without_link_secrets(event))


@pytest.mark.parametrize(
    "event",
    [
        an_event(headers=[{"name": "Subject", "value": "=?utf-8?q?Gr=C3=BC=C3=9Fe?="}]),
        an_event(headers=[{"name": "Subject", "value": "=?no-charset?b?!!?="}, {"name": "X"}, {"name": 1, "value": 2}]),
        ["a", 1, None, 1.5, True],
        "text",
    ],
)
def test_an_event_without_a_link_stays_as_it_is(event: Any) -> None:
    assert event_redaction.without_link_secrets(event) == event


@pytest.mark.parametrize(
    ("event", "own"),
    [
        ({"click": {"link": URL}}, True),
        ({"click": {"link": URL + "?all=true"}}, True),
        (event_redaction.without_link_secrets({"click": {"link": URL}}), True),
        ({"click": {"link": "https://shop.example/unsubscribe"}}, False),
        ({"click": {"link": None}}, False),
        ({"click": None}, False),
        ({}, False),
        ([], False),
    ],
)
def test_a_click_on_our_own_link_is_recognised(event: Any, own: bool) -> None:
    assert event_redaction.is_click_on_own_link(event) == own
