from __future__ import annotations

from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.core.automations import checking
from functions.core.automations.definition import Definition
from functions.core.automations.form import automation_form
from functions.core.errors import Rejected
from tests.support.automation_forms import documents, sent
from tests.support.automations import sources
from tests.support.processor_time import within


def read(document: dict[str, Any]) -> Definition:
    """Leaves out an example that is no definition."""
    try:
        return checking.read(msgspec.json.encode(document).decode())[0]
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
