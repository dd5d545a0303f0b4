from __future__ import annotations

from typing import Any

from functions.core.automations.form import outline
from functions.core.automations.form.outline import OutlineLane
from tests.support.automations import definition


def shape(lane: OutlineLane) -> list[Any]:
    """The ids, with the lanes of a step after it, and a jump at the end."""
    parts: list[Any] = []
    for step in lane.steps:
        parts.append(step.id)
        parts += [[shape(inner) for inner in step.lanes]] if step.lanes else []
    return [*parts, f"→ {lane.then}"] if lane.then else parts


def test_the_lanes_of_a_branch_meet_below_it() -> None:
    one = definition("""
      - {id: mail, type: send_email, email: 1}
      - {id: opened, type: branch, cases: [{when: {step: mail, was: OPENED}, next: thanks}], next: again}
      - {id: thanks, type: send_email, email: 2, next: note}
      - {id: again, type: send_email, email: 3}
      - {id: note, type: set_property, property: city, value: Rome}
    """)
    assert shape(outline.outline_of(one)) == ["mail", "opened", [["thanks"], ["again"]], "note"]


def test_a_loop_goes_back_by_a_jump() -> None:
    one = definition("""
      - {id: day, type: wait, time: 1d}
      - {id: paid, type: branch, cases: [{when: {property: city, operator: HAS_PROPERTY}, next: thanks}], next: day}
      - {id: thanks, type: send_email, email: 2}
    """)
    assert shape(outline.outline_of(one)) == ["day", "paid", [[], ["→ day"]], "thanks"]


def test_a_step_in_two_lanes_is_shown_once() -> None:
    one = definition("""
      - id: which
        type: branch
        cases:
          - {when: {property: city, operator: HAS_PROPERTY}, next: a}
          - {when: {property: phone, operator: HAS_PROPERTY}, next: a}
        next: end
      - {id: a, type: wait, time: 1d}
    """)
    assert shape(outline.outline_of(one)) == ["which", [["a"], ["→ a"], []]]


def test_steps_in_their_order_need_no_next() -> None:
    steps = "  - {id: a, type: wait, time: 1d}\n  - {id: b, type: wait_for, event: paid, at_most: 1d}\n"
    assert outline.steps_of(outline.outline_of(definition(steps))) == [
        {"id": "a", "type": "wait", "time": "1d"},
        {"id": "b", "type": "wait_for", "event": "paid", "at_most": "1d"},
    ]
