from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, assume, given, settings
from msgspec import json

from functions.core.automations import checking, diagram, words
from functions.core.errors import Rejected
from tests.support.automations import definition, sources

NAME = "name: Order <script>\ntrigger: {type: event, event: order_placed}\n"


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter() if element.tag.endswith("}text")]  # noqa: S314 - ours


def test_each_step_and_way_is_drawn() -> None:
    automation = definition(
        """
        - {id: mail, type: send_email, email: 1001}
        - {id: paid, type: wait_for, event: paid, at_most: 3d, timed_out: mail, next: end}
        """,
        NAME,
    )
    svg = diagram.drawn(automation, {"mail": 1200})
    drawn_texts = texts(svg)
    assert {
        "Order <script>",
        "Event order_placed",
        "mail (1,200)",
        "Send email 1001",
        "happened",
        "timed out",
        "End",
    } <= set(drawn_texts)
    assert "<script>" not in svg
    assert "paid: Wait until event paid, at most 3 days. happened: end. timed out: mail." in diagram.description(
        automation
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(sources())
def test_every_checked_definition_can_be_drawn(source: dict[str, object]) -> None:
    try:
        automation, _ = checking.read(json.encode(source).decode())
    except Rejected:
        assume(False)
    drawn_texts = " ".join(texts(diagram.drawn(automation)))
    assert all(step.id in drawn_texts for step in automation.steps)


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ("{type: date, property: renewal, offset: -1w}", "1 week before renewal, at 09:00"),
        ("{type: date, property: birthday, yearly: true}", "Each year on birthday, at 09:00"),
        ("{type: property_changed, property: plan, value: pro}", "plan changes to pro"),
        ("{type: email_not_opened, email: 7, within: 2d}", "Email 7 is not opened within 2 days"),
        ("{type: email, email: 7, was: CLICKED}", "Email 7 is clicked"),
        ("{type: list_joined, list: 3}", "A contact joins list 3"),
        ("{type: contact_created}", "A contact is created"),
        ("{type: event_bus, source: shop, detail_type: Order}", "EventBridge: Order of shop"),
    ],
)
def test_a_trigger_has_its_words(trigger: str, expected: str) -> None:
    automation = definition("- {id: a, type: end}", f"name: x\ntrigger: {trigger}\n")
    assert words.of_trigger(automation.trigger) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("{property: plan, operator: IN, values: [pro, team]}", "plan is one of pro and team"),
        ("{event: order.total, operator: BETWEEN, value: 1, high_value: 5}", "event.order.total is between 1 and 5"),
        ("{none: [{property: plan, operator: HAS_PROPERTY}]}", "not plan has a value"),
        (
            "{any: [{event: a, operator: EQ, value: 1}, {event: b, operator: EQ, value: true}]}",
            "(event.a is 1) or (event.b is true)",
        ),
    ],
)
def test_a_condition_has_its_words(condition: str, expected: str) -> None:
    automation = definition("- {id: a, type: end}", f"name: x\ntrigger: {{type: event, event: e}}\nwhen: {condition}\n")
    assert automation.when
    assert words.of_condition(automation.when) == expected
