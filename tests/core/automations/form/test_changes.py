from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.automations import checking
from functions.core.automations.form import changes
from functions.core.automations.form.automation_form import (
    STEP_FIELDS,
    AutomationForm,
    FormLane,
    definition_of,
    written,
)
from functions.core.errors import Rejected


def built(*acts: str) -> AutomationForm:
    form = changes.new_form()
    for change in acts:
        changes.apply(form, change)
    return form


def shape(lane: FormLane) -> list[Any]:
    parts: list[Any] = []
    for step in lane.steps:
        parts.append(step.key)
        parts += [[shape(inner) for inner in step.lanes]] if step.lanes else []
    return parts


BRANCH = ("add send_email top 0", "add branch top 1", "add wait s2.0 0", "add end s2.1 0")


def test_steps_are_added_in_their_lanes() -> None:
    form = built(*BRANCH, "add send_email top 1")
    assert shape(form.first) == ["s1", "s5", "s2", [["s3"], ["s4"]]]
    assert [step.fields["id"] for step in form.steps()] == ["email_1", "email_2", "branch_1", "wait_1", "end_1"]


def test_a_step_moves_through_every_place() -> None:
    form = built(*BRANCH)
    places = [shape(form.first)]
    for _ in range(4):
        assert changes.apply(form, "down s1") == "s1"
        places.append(shape(form.first))
    assert places == [
        ["s1", "s2", [["s3"], ["s4"]]],
        ["s2", [["s1", "s3"], ["s4"]]],
        ["s2", [["s3", "s1"], ["s4"]]],
        ["s2", [["s3"], ["s1", "s4"]]],
        ["s2", [["s3"], ["s4", "s1"]]],
    ]
    changes.apply(form, "down s1")
    assert shape(form.first) == ["s2", [["s3"], ["s4"]], "s1"]
    changes.apply(form, "down s1")
    assert shape(form.first) == ["s2", [["s3"], ["s4"]], "s1"], "it was last"
    changes.apply(form, "up s1")
    assert shape(form.first) == ["s2", [["s3"], ["s1", "s4"]]], "before the end of the run"
    for place in (["s2", [["s3", "s1"], ["s4"]]], ["s2", [["s1", "s3"], ["s4"]]], ["s1", "s2", [["s3"], ["s4"]]]):
        changes.apply(form, "up s1")
        assert shape(form.first) == place
    assert changes.apply(form, "up s1") == "s1"


def test_a_removed_step_takes_its_lanes_along() -> None:
    form = built(*BRANCH)
    form.first.then = "s3"
    changes.apply(form, "remove s2")
    assert shape(form.first) == ["s1"]
    assert form.first.then == ""


def test_cases_and_shares_come_and_go() -> None:
    form = built("add branch top 0", "way s1", "add wait s1.1 0", "add split top 1", "way s3")
    assert shape(form.first) == ["s1", [[], ["s2"], []], "s3", [[], [], []]]
    for change in ("unway s1 1", "unway s1 1", "unway s3 0"):
        changes.apply(form, change)
    assert shape(form.first) == ["s1", [[], []], "s3", [[], []]], "the last lane of a branch stays"


def test_rows_of_a_condition_come_and_go() -> None:
    form = built("add branch top 0", "row s1.0 when", "row top when")
    assert form.fields["when-rows"] == "1"
    fields = form.first.steps[0].lanes[0].fields
    fields |= {"when-0-value": "a", "when-1-value": "b"}
    changes.apply(form, "unrow s1.0 when 0")
    assert (fields["when-rows"], fields["when-0-value"], fields["when-1-value"]) == ("1", "b", "")


def test_an_unknown_change_does_nothing() -> None:
    form = built(*BRANCH)
    before = shape(form.first)
    for change in (
        "",
        "x",
        "add",
        "add x top 0",
        "add wait s9.0 0",
        "up s9",
        "unway s2 x",
        "row s9 when",
        "unrow top x 9",
    ):
        assert changes.apply(form, change) in {"", "s2", "s9", "top"}
    assert shape(form.first) == before


ACTS = [
    *(f"add {kind} {lane} 0" for kind in STEP_FIELDS for lane in ("top", "s1.0", "s2.1")),
    *(f"{act} {key} 0" for act in ("remove", "up", "down", "way", "unway") for key in ("s1", "s2", "s3")),
    *(f"{act} {place} when 0" for act in ("row", "unrow") for place in ("top", "s1.0")),
]


@given(st.lists(st.sampled_from(ACTS), max_size=8))
def test_an_unfinished_form_is_refused_by_its_fields(acts: list[str]) -> None:
    definition = definition_of(built(*acts))
    with pytest.raises(Rejected) as refused:
        checking.read(written(definition.document))
    assert all(definition.field_of(error.field) for error in refused.value.errors)
