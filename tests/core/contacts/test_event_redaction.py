from __future__ import annotations

import json
from email.header import Header
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.contacts import event_redaction
from tests.core.contacts.subscriptions.test_unsubscribe_link import SECRET, URL


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


_PIECES = st.sampled_from(
    [
        URL,
        URL.upper(),
        URL.replace("/", "%2F").replace(".", "%252E"),
        "List-Unsubscribe",
        "=?utf-8?q?x?=",
        "0.1",
        "é",
        "/",
    ]
)
_TEXTS = st.lists(_PIECES | st.text(max_size=3)).map("".join)
_EVENTS = st.recursive(
    _TEXTS | st.none() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(_TEXTS, inner), max_leaves=6
)


@given(_EVENTS, st.booleans())
def test_a_text_without_the_signs_has_no_secret(event: Any, escaped: bool) -> None:
    text = json.dumps(event, ensure_ascii=escaped)
    changed = event_redaction.without_link_secrets(event) != event
    assert event_redaction.may_have_secrets(text) or not changed


def test_a_usual_event_is_not_searched_value_by_value() -> None:
    tags = {"staffetta_send": ["0d2ab0a4-5a1c-4c5e-9d6e-0d3f5a6b7c8d"], "staffetta_recipient": ["0"]}
    assert not event_redaction.may_have_secrets(json.dumps(an_event(tags=tags)))
