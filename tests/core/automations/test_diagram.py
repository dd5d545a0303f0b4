from __future__ import annotations

import itertools
import re
import typing
from collections.abc import Sequence
from gettext import NullTranslations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, assume, given, settings
from msgspec import json

from functions.adapters.automations import starters
from functions.core.automations import checking, diagram
from functions.core.automations.definition import AnyStep, Condition, Engagement
from functions.core.automations.words import ENGLISH, AutomationWords
from functions.core.contacts.filters import Operator
from functions.core.errors import Rejected
from functions.i18n.catalogs import catalog
from tests.core.automations.test_checking import STAGE
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


def test_labels_of_one_step_are_apart_and_titles_fit() -> None:
    automation = definition(
        """
        - {id: which, type: branch, cases: [{when: {event: x, operator: HAS_PROPERTY}, next: end}]}
        - {id: a_step_with_a_very_long_name_of_its_own, type: wait, time: 1d}
        """
    )
    elements = ET.fromstring(diagram.drawn(automation)).iter()  # noqa: S314 - ours
    drawn = {one.text or "": int(one.get("y", "0")) for one in elements if one.tag.endswith("}text")}
    assert abs(drawn["case 1"] - drawn["otherwise"]) >= 12
    assert "a_step_with_a_very_long_n…" in drawn


class LongWords(AutomationWords, frozen=True):
    """Has a long label for each way."""

    def of_ways(self, step: AnyStep) -> Sequence[str]:
        return [label and f"{label}, or <another> long label" for label in super().of_ways(step)]


def assert_labels_are_apart(svg: str) -> None:
    """Boxes of the labels in an average letter's width, above the common one."""
    drawn = [one for one in ET.fromstring(svg).iter() if one.get("font-size") == "11"]  # noqa: S314 - ours
    spans = []
    for one in drawn:
        width = 6.5 * len([*one.itertext()][-1])
        left = int(one.get("x", "")) - (width if one.get("text-anchor") == "end" else 0)
        spans.append((left, left + width, int(one.get("y", ""))))
    for (left, right, y), (other_left, other_right, other_y) in itertools.combinations(spans, 2):
        assert abs(y - other_y) >= 13 or right <= other_left or other_right <= left


@pytest.mark.parametrize("name", starters.names())
def test_labels_of_a_starter_are_apart(name: str) -> None:
    source = (starters.ROOT / name / "automation.yaml").read_text("utf-8")
    assert_labels_are_apart(diagram.drawn(checking.read(source)[0]))


def test_a_long_label_is_shortened_and_has_its_whole_text() -> None:
    automation = definition("- {id: paid, type: wait_for, event: paid, at_most: 3d}", NAME)
    svg = diagram.drawn(automation, words=LongWords())
    assert "<title>happened, or &lt;another&gt; long label</title>happened, or &lt;anoth…</text>" in svg


def test_what_the_stage_has_is_written_by_its_name() -> None:
    automation = definition(
        """
        - {id: a, type: send_email, email: 1001}
        - {id: b, type: add_to_list, list: 7}
        - {id: c, type: call_webhook, endpoint: we_1}
        - {id: d, type: start_automation, automation: 2}
        - {id: e, type: start_automation, automation: 9}
        """,
        "name: Test\ntrigger: {type: list_joined, list: 7}\n",
    )
    text = diagram.description(automation, AutomationWords(stage=STAGE))
    for words in (
        "A contact joins list “News”",
        "Send email “Offer”",
        "Add to list “News”",
        "Call webhook “CRM (crm.example.com)”",
        "Start automation “Series”",
        "Start automation 9",
    ):
        assert words in text


EVERY_STEP = """
- {id: xx, type: send_email, email: 1001}
- {id: xxa, type: wait, time: 2d}
- {id: xxb, type: wait_until, time: "09:00", weekdays: [monday, sunday]}
- {id: xxc, type: wait_until, time: "09:00"}
- {id: xxd, type: wait_for, event: xx, at_most: 1h, timed_out: xxf}
- {id: xxe, type: wait_for, step: xx, was: NOT_SENT, at_most: 2w}
- {id: xxf, type: branch, cases: [{when: {property: xx, operator: HAS_PROPERTY}, next: xxh}]}
- {id: xxg, type: split, shares: [{percent: 50, next: xxh}, {percent: 50, next: xxi}]}
- {id: xxh, type: set_property, property: xx, value: 1}
- {id: xxi, type: set_property, property: xx, value: null}
- {id: xxj, type: add_to_list, list: 1}
- {id: xxk, type: remove_from_list, list: 1}
- {id: xxl, type: call_webhook, endpoint: xx}
- {id: xxm, type: start_automation, automation: 1}
- {id: xxn, type: end}
"""
TRIGGERS = [
    "{type: date, property: xx, offset: -1w}",
    "{type: date, property: xx, offset: 1w, yearly: true}",
    "{type: date, property: xx, yearly: true}",
    "{type: date, property: xx}",
    "{type: property_changed, property: xx, value: xx}",
    "{type: property_changed, property: xx}",
    "{type: email_not_opened, email: 7, within: 30m}",
    *(f"{{type: email, email: 7, was: {was}}}" for was in Engagement),
    "{type: list_joined, list: 3}",
    "{type: contact_created}",
    "{type: event_bus, source: xx, detail_type: xx}",
    "{type: event, event: xx}",
]


class Hidden(NullTranslations):
    """Shows nothing of a text but its values: any other word of a page was never in a catalogue."""

    def gettext(self, message: str) -> str:
        return " ".join(re.findall(r"%\(\w+\)s", message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


HIDDEN = AutomationWords("it", Hidden())


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_every_word_of_a_diagram_is_of_the_catalogue(trigger: str) -> None:
    automation = definition(EVERY_STEP, f"name: xx\ntrigger: {trigger}\n")
    assert {type(step) for step in automation.steps} == set(typing.get_args(AnyStep))
    drawn = " ".join(texts(diagram.drawn(automation, {"xx": 1200}, HIDDEN)))
    assert "xx (1.200)" in drawn
    assert set(re.findall("[a-z]{2,}", drawn.lower())) == {step.id for step in automation.steps}


@pytest.mark.parametrize("operator", Operator)
def test_every_operator_is_of_the_catalogue(operator: Operator) -> None:
    one = Condition(property="xx", operator=operator)
    for condition in (one, Condition(all=(one, one)), Condition(any=(one, one)), Condition(none=(one,))):
        assert set(re.findall("[a-z]+", HIDDEN.of_condition(condition))) == {"xx"}


def test_a_diagram_has_the_persons_language() -> None:
    automation = definition(
        "- {id: paid, type: wait_for, event: paid, at_most: 3d}\n- {id: mail, type: send_email, email: 1001}", NAME
    )
    italian = diagram.description(automation, AutomationWords("it", catalog("it")))
    assert italian == (
        "Evento order_placed, poi paid. paid: Aspetta l\u2019evento paid, al massimo 3 giorni. è successo: mail. tempo scaduto: mail. "
        "mail: Invia l\u2019email 1001. Poi: end."
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(sources())
def test_every_checked_definition_can_be_drawn(source: dict[str, object]) -> None:
    try:
        automation, _ = checking.read(json.encode(source).decode())
    except Rejected:
        assume(False)
    svg = diagram.drawn(automation)
    drawn_texts = " ".join(texts(svg))
    assert all(step.id in drawn_texts for step in automation.steps)
    assert_labels_are_apart(svg)
    assert_labels_are_apart(diagram.drawn(automation, words=LongWords()))


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
    assert ENGLISH.of_trigger(automation.trigger) == expected


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
    assert ENGLISH.of_condition(automation.when) == expected
