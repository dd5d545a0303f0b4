from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.core.automations import checking
from functions.core.automations.definition import Definition
from functions.core.automations.form import automation_form, changes
from functions.core.automations.form.condition_fields import CONDITION
from functions.core.automations.form.fields import (
    DAYS,
    DURATION,
    FLAG,
    NUMBER,
    OFFSET,
    ORIGINAL,
    PAIRS,
    SCALAR,
    TEXT,
    take,
)
from functions.core.errors import Rejected
from tests.support.automation_forms import documents, sent
from tests.support.automations import sources
from tests.support.processor_time import within


def read(document: dict[str, Any]) -> Definition:
    """Leaves out an example that is no definition. YAML breaks a line at a character that JSON allows in a text: json escapes it."""
    try:
        return checking.read(json.dumps(document))[0]
    except Rejected:
        assume(False)
        raise


def yaml_of(document: dict[str, Any], style: bool | None = False) -> str:
    plain = msgspec.json.decode(msgspec.json.encode(document))  # a part that is in it twice would become an alias
    text: str = yaml.safe_dump(plain, default_flow_style=style, sort_keys=False)
    return text


def plain_step(step: Any) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(step))
    return plain


def meaning(one: Definition) -> dict[str, Any]:
    """What a run does, whatever the order of the steps in the file."""
    plain = automation_form.document_of(one)
    steps = {step.id: ({**plain_step(step), "next": "", "timed_out": ""}, one.targets(step)) for step in one.steps}
    return {**plain, "steps": steps, "first": one.steps[0].id}


@given(st.one_of(documents(), sources()), st.sampled_from([True, False, None]))
def test_a_form_gives_back_its_definition(document: dict[str, Any], style: bool | None) -> None:
    one = read(document)
    again = automation_form.definition_of(sent(automation_form.form_of(one))).document
    assert meaning(read(again)) == meaning(one)
    text = yaml_of(document, style)
    assert automation_form.rewritten(text, again) == text


@given(documents())
def test_a_change_of_one_field_changes_nothing_else(document: dict[str, Any]) -> None:
    one = read(document)
    edited = automation_form.form_of(one)
    edited.fields["name"] = "Another"
    text = yaml_of(document)
    changed = checking.read(automation_form.rewritten(text, automation_form.definition_of(sent(edited)).document))[0]
    assert meaning(changed) == {**meaning(one), "name": "Another"}


def test_a_step_that_is_sent_twice_is_one() -> None:
    form = automation_form.entered(
        {"s1-lanes": "2"}, ["s1 branch top", "s2 wait s1.0", "s2 wait top", "s1 branch s1.1"]
    )
    assert [step.key for step in form.steps()] == ["s1", "s2"]


@pytest.mark.parametrize("lanes", ["", "0", "1", "999", "x"])
def test_a_form_with_a_wrong_number_of_lanes_is_refused(lanes: str) -> None:
    for kind in automation_form.STEP_FIELDS:
        form = automation_form.entered({"s1-id": "one", "s1-lanes": lanes}, [f"s1 {kind} top"])
        with pytest.raises(Rejected):
            checking.read(automation_form.written(automation_form.definition_of(form).document))


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("steps[1].properties", "s2-properties"),
        ("steps[1].properties.order.number", "s2-properties"),
        ("steps[1]", "s2"),
        ("steps[1].unknown[3].x", "s2"),
        ("steps[10].email", "steps"),
        ("nameless", ""),
        ("steps[1].properties." + "." * 100_000 + "x", "s2-properties"),
    ],
)
def test_an_error_is_at_the_nearest_field(path: str, field: str) -> None:
    document = {
        "name": "Welcome",
        "trigger": {"type": "contact_created"},
        "steps": [{"id": "pause", "type": "wait", "time": "1d"}, {"id": "hello", "type": "send_email", "email": 1001}],
    }
    definition = automation_form.definition_of(automation_form.form_of(read(document)))
    with within(0.5):
        assert definition.field_of(path) == field


@pytest.mark.parametrize(
    "original", ["5", "true", '{"values": 5}', '{"all": [{"values": 5}]}', "[[1]]", '{"step": [1]}']
)
def test_a_hidden_field_that_was_changed_by_hand_is_read(original: str) -> None:
    for kind in (TEXT, NUMBER, SCALAR, FLAG, DURATION, OFFSET, DAYS, PAIRS, CONDITION):
        take({f"x{ORIGINAL}": original}, "x", kind)


def test_many_values_of_an_email_stay_when_one_changes() -> None:
    values = {f"value_{number}": number for number in range(30)}
    step = {"id": "a", "type": "send_email", "email": 1001, "properties": values}
    edited = automation_form.form_of(read({"name": "A", "trigger": {"type": "contact_created"}, "steps": [step]}))
    edited.first.steps[0].fields["properties-29-value"] = "changed"
    document = automation_form.definition_of(sent(edited)).document
    assert document["steps"][0]["properties"] == {**values, "value_29": "changed"}
    changes.apply(edited, "unrow s1 properties 0")
    document = automation_form.definition_of(sent(edited)).document
    assert len(document["steps"][0]["properties"]) == 29
