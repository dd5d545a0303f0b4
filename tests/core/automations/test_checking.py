from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.automations import checking, yaml_source
from functions.core.automations.checking import AutomationEmail, StageNames
from functions.core.contacts.property_definitions import BUILT_IN
from functions.core.errors import Rejected
from tests.support.automations import HEAD

STAGE = StageNames(
    properties=BUILT_IN,
    emails={1001: AutomationEmail(name="Offer"), 1002: AutomationEmail(refusal="email 1002 is not published")},
    lists={7: "News"},
    endpoints={"we_1": "CRM (crm.example.com)"},
    automations={1: "Welcome", 2: "Series"},
    message_days=90,
)
SEND = "  - {id: mail, type: send_email, email: 1001}\n"


def errors_of(text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(Rejected) as refusal:
        checking.read(text)
    return [(error.field, error.line) for error in refusal.value.errors]


def stage_errors(steps: str, head: str = HEAD) -> list[str]:
    definition, _ = checking.read(f"{head}steps:\n{steps}")
    return [error.field for error in checking.stage_errors(definition, STAGE, automation=1)]


@pytest.mark.parametrize(("within", "expected"), [("90d", []), ("91d", ["trigger.within"])])
def test_an_unopened_mail_is_stored_when_it_is_read(within: str, expected: list[str]) -> None:
    head = f"name: Test\ntrigger: {{type: email_not_opened, email: 1001, within: {within}}}\n"
    assert stage_errors(SEND, head) == expected


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("  - {id: mail, type: send_email, email: 1001, next: mial}\n", [("steps[0].next", 4)]),
        (SEND + SEND, [("steps[1].id", 5)]),
        ("  - {id: end, type: end}\n", [("steps[0].id", 4)]),
        ("  - {id: mail, type: send_email, email: 1001, next: mail}\n", [("steps[0].id", 4)]),
        ("  - {id: a, type: wait, time: 1d, next: end}\n" + SEND, [("steps[1].id", 5)]),
        ("  - {id: a, type: wait_for, event: paid}\n", [("steps[0].at_most", 4)]),
        ("  - {id: a, type: wait_for, at_most: 1d}\n", [("steps[0].step", 4)]),
        ("  - {id: a, type: wait_for, at_most: 1d, event: paid, step: a}\n", [("steps[0]", 4)]),
        ("  - {id: a, type: wait_for, at_most: 1d, step: mail, was: OPENED}\n" + SEND, [("steps[0].step", 4)]),
        (SEND + "  - {id: a, type: wait_for, at_most: 1d, step: mail}\n", [("steps[1].was", 5)]),
        (
            "  - {id: a, type: split, shares: [{percent: 50, next: end}, {percent: 40, next: end}]}\n",
            [("steps[0].shares", 4)],
        ),
        (
            "  - {id: a, type: wait, time: 0d}\n  - {id: b, type: wait, time: 801d}\n",
            [("steps[0].time", 4), ("steps[1].time", 5)],
        ),
        ('  - {id: a, type: wait_until, time: "24:00"}\n', [("steps[0].time", 4)]),
        ("  - {id: a, type: sleep}\n", [("steps[0].type", 4)]),
        ("  - {id: a, type: end, next: a}\n", [("steps[0].next", 4)]),
    ],
)
def test_an_error_has_its_place(steps: str, expected: list[tuple[str, int]]) -> None:
    assert errors_of(f"{HEAD}steps:\n{steps}") == expected


def test_a_loop_names_its_steps() -> None:
    loop = (
        "  - {id: a, type: set_property, property: city}\n"
        "  - id: b\n    type: branch\n    next: a\n    cases: [{when: {event: x, operator: HAS_PROPERTY}, next: end}]\n"
    )
    with pytest.raises(Rejected, match="a → b → a has no wait"):
        checking.read(f"{HEAD}steps:\n{loop}")


def test_a_loop_with_a_wait_is_allowed() -> None:
    definition, _ = checking.read(f"{HEAD}steps:\n{SEND}  - {{id: a, type: wait, time: 1d, next: mail}}\n")
    assert [step.id for step in definition.steps] == ["mail", "a"]


def test_a_wait_for_an_opened_mail_stops_no_loop() -> None:
    wait = "  - {id: a, type: wait_for, step: mail, was: OPENED, at_most: 1d, next: a}\n"
    assert errors_of(f"{HEAD}steps:\n{SEND}{wait}") == [("steps[1].id", 5)]


def test_a_case_after_the_same_condition_is_never_reached() -> None:
    case = "{when: {event: x, operator: EQ, value: 1}, next: end}"
    branch = f"  - {{id: a, type: branch, cases: [{case}, {case}]}}\n"
    assert errors_of(f"{HEAD}steps:\n{branch}") == [("steps[0].cases[1].when", 4)]


@pytest.mark.parametrize(
    ("steps", "fields"),
    [
        ("  - {id: a, type: send_email, email: 9}\n", ["steps[0].email"]),
        ("  - {id: a, type: send_email, email: 1002}\n", ["steps[0].email"]),
        ("  - {id: a, type: add_to_list, list: 8}\n", ["steps[0].list"]),
        ("  - {id: a, type: call_webhook, endpoint: we_2}\n", ["steps[0].endpoint"]),
        ("  - {id: a, type: start_automation, automation: 1}\n", ["steps[0].automation"]),
        ("  - {id: a, type: start_automation, automation: 3}\n", ["steps[0].automation"]),
        ("  - {id: a, type: set_property, property: citty, value: x}\n", ["steps[0].property"]),
        ("  - {id: a, type: set_property, property: hs_object_id, value: 1}\n", ["steps[0].property"]),
        ("  - {id: a, type: set_property, property: email, value: b@example.com}\n", ["steps[0].property"]),
        (
            "  - {id: a, type: branch, cases: [{when: {property: citty, operator: EQ, value: 1}, next: end}]}\n",
            ["steps[0].cases[0].when"],
        ),
        (
            "  - {id: a, type: branch, cases: [{when: {any: [{event: x, operator: BETWEEN, value: 1}]}, next: end}]}\n",
            ["steps[0].cases[0].when.any[0]"],
        ),
        (
            "  - {id: a, type: branch, cases: [{when: {operator: EQ, value: 1}, next: end}]}\n",
            ["steps[0].cases[0].when"],
        ),
        (SEND + "  - {id: a, type: add_to_list, list: 7}\n  - {id: b, type: call_webhook, endpoint: we_1}\n", []),
    ],
)
def test_names_must_exist_on_the_stage(steps: str, fields: list[str]) -> None:
    assert stage_errors(steps) == fields


def test_only_an_events_run_has_event_properties() -> None:
    head = "name: Test\ntrigger: {type: contact_created}\nwhen: {event: total, operator: GT, value: 1}\n"
    assert stage_errors(SEND, head) == ["when"]


def test_a_date_trigger_needs_a_date() -> None:
    head = "name: Test\ntrigger: {type: date, property: city}\n"
    assert stage_errors(SEND, head) == ["trigger.property"]


@pytest.mark.parametrize("kind", ["property_changed", "date"])
@pytest.mark.parametrize("name", ["email", "hs_object_id", "createdate", "lastmodifieddate"])
def test_a_computed_property_starts_no_run(kind: str, name: str) -> None:
    head = f"name: Test\ntrigger: {{type: {kind}, property: {name}}}\n"
    assert set(stage_errors(SEND, head)) == {"trigger.property"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "7",
        "a: &x [1]\nb: *x",
        "a: !!python/object:os.system x",
        "a: 1\n---\nb: 2",
        "{[a]: 1}",
        "\x00",
        "a: 1\na: 2",
    ],
)
def test_a_text_that_is_no_definition_has_a_place(text: str) -> None:
    assert all(line for _, line in errors_of(text))


def test_deep_nesting_is_refused() -> None:
    assert errors_of("[" * 5000) == [("definition", 1)]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=20), inner),
        max_leaves=10,
    )
)
def test_json_is_yaml(data: object) -> None:
    assert yaml_source.read(json.dumps(data)).data == data


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    assert all(line for _, line in errors_of(text))


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029", "\x7f", "\x9f"])
def test_a_character_that_yaml_would_change_is_refused(character: str) -> None:
    """YAML 1.1 ends a line with some of them: it made a space of a U+0085 in a name."""
    written = {"name": "A", "note": f"è{character}"}
    with pytest.raises(Rejected) as caught:
        yaml_source.read(json.dumps(written, ensure_ascii=False, indent=1))
    (error,) = caught.value.errors
    assert (error.line, error.column) == (3, 12)
    assert f"U+{ord(character):04X}" in error.message
    assert f"\\u{ord(character):04x} in double quotes" in error.message
    assert yaml_source.read(json.dumps(written)).data == written


@given(st.text(max_size=50))
def test_json_without_escapes_is_read_as_it_is(text: str) -> None:
    try:
        read = yaml_source.read(json.dumps({"note": text}, ensure_ascii=False)).data
    except Rejected:
        return
    assert read == {"note": text}


def test_half_a_character_is_refused() -> None:
    assert errors_of('{"name": "\\ud800"}') == [("definition", 1)]
