"""Forms of automations in tests: definitions of every kind, and what a browser sends of a form."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from functions.core.automations.form import automation_form, outline
from functions.core.automations.form.automation_form import AutomationForm, FormLane, FormStep
from functions.core.automations.form.outline import OutlineLane, OutlineStep

_TEXTS = st.one_of(
    st.sampled_from(["pro", "7", "1.50", "true", " edge ", "two\nlines", "a; b", '"quoted"', "è", "null", ""]),
    st.text(st.characters(codec="utf-8"), max_size=6),
)
_SCALARS = st.one_of(_TEXTS, st.booleans(), st.integers(-5, 10**9), st.sampled_from([1.5, -0.25, 1e22]))
_SIMPLE = st.one_of(
    st.builds(lambda value: {"property": "city", "operator": "EQ", "value": value}, _SCALARS),
    st.builds(lambda value: {"event": " total x", "operator": "GT", "value": value}, _SCALARS),
    st.builds(
        lambda values: {"property": "city", "operator": "IN", "values": values},
        st.lists(_SCALARS, min_size=1, max_size=3),
    ),
    st.builds(
        lambda low, high: {"property": "city", "operator": "BETWEEN", "value": low, "high_value": high},
        _SCALARS,
        _SCALARS,
    ),
    st.just({"property": "city", "operator": "HAS_PROPERTY"}),
    st.just({"step": "n0", "was": "OPENED"}),
)
CONDITIONS = st.recursive(
    _SIMPLE,
    lambda inner: st.builds(
        lambda joiner, parts: {joiner: parts},
        st.sampled_from(["all", "any", "none"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=4,
)
TRIGGERS = st.one_of(
    st.just({"type": "event", "event": "begun"}),
    st.builds(
        lambda path: {"type": "event_bus", "source": " shop ", "detail_type": "Order", "email": path},
        st.sampled_from(["detail.email", "x"]),
    ),
    st.just({"type": "contact_created"}),
    st.builds(lambda value: {"type": "property_changed", "property": "city", "value": value}, _SCALARS),
    st.just({"type": "list_joined", "list": 7}),
    st.just({"type": "email", "email": 1, "was": "CLICKED"}),
    st.just({"type": "email_not_opened", "email": 1, "within": "3d"}),
    st.builds(
        lambda offset, time, yearly: {
            "type": "date",
            "property": "renewal",
            "time": time,
            "yearly": yearly,
            **({"offset": offset} if offset else {}),
        },
        st.sampled_from([None, "-7d", "2w"]),
        st.sampled_from(["09:00", "18:30"]),
        st.booleans(),
    ),
)
_LEAVES: list[st.SearchStrategy[dict[str, Any]]] = [
    st.builds(
        lambda values: {"type": "send_email", "email": 1001, "properties": values},
        st.dictionaries(_TEXTS, _SCALARS, max_size=2),
    ),
    st.just({"type": "wait", "time": "2d"}),
    st.just({"type": "wait_until", "time": "09:00", "weekdays": ["tuesday", "monday"], "zone": "Europe/Rome"}),
    st.builds(lambda value: {"type": "set_property", "property": "city", "value": value}, _SCALARS),
    st.just({"type": "add_to_list", "list": 7}),
    st.just({"type": "remove_from_list", "list": 7}),
    st.just({"type": "call_webhook", "endpoint": "we_1"}),
    st.just({"type": "start_automation", "automation": 2}),
    st.builds(lambda reason: {"type": "end", "reason": reason}, _TEXTS),
]


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Definitions with nested ways, jumps and loops. A few fail the check."""
    count = [0]
    document: dict[str, Any] = {"name": draw(st.sampled_from(["Name", " Name", "7"])), "trigger": draw(TRIGGERS)}
    document |= draw(st.fixed_dictionaries({}, optional={"zone": st.sampled_from(["UTC", "Europe/Rome"])}))
    document |= draw(st.fixed_dictionaries({}, optional={"enrollment": st.sampled_from(["once", "again"])}))
    document |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "goal": st.one_of(st.just({"event": "paid"}), st.builds(lambda when: {"when": when}, CONDITIONS))
            },
        )
    )
    first = OutlineStep({"id": _next_id(count), "type": "send_email", "email": 1001}, [])
    lane = _lane(draw, count, 0)
    return {**document, "steps": outline.steps_of(OutlineLane([first, *lane.steps], lane.then))}


def _next_id(count: list[int]) -> str:
    count[0] += 1
    return f"n{count[0] - 1}"


def _lane(draw: st.DrawFn, count: list[int], depth: int) -> OutlineLane:
    steps = [_step(draw, count, depth) for _ in range(draw(st.integers(0, 2)))]
    then = draw(st.sampled_from(["", "", "", "end", "n0", "n1"]))
    return OutlineLane(steps, then)


def _step(draw: st.DrawFn, count: list[int], depth: int) -> OutlineStep:
    step_id = _next_id(count)
    kind = draw(st.sampled_from(["leaf", "leaf", "branch", "split", "wait_for"])) if depth < 2 else "leaf"
    match kind:
        case "branch":
            cases = [{"when": draw(CONDITIONS)} for _ in range(draw(st.integers(1, 2)))]
            lanes = [_lane(draw, count, depth + 1) for _ in range(len(cases) + 1)]
            return OutlineStep({"id": step_id, "type": "branch", "cases": cases}, lanes)
        case "split":
            return OutlineStep(
                {"id": step_id, "type": "split", "shares": [{"percent": 30}, {"percent": 70}]},
                [_lane(draw, count, depth + 1), _lane(draw, count, depth + 1)],
            )
        case "wait_for":
            awaited = draw(st.sampled_from([{"event": "paid"}, {"step": "n0", "was": "OPENED"}]))
            lanes = [_lane(draw, count, depth + 1), _lane(draw, count, depth + 1)]
            return OutlineStep({"id": step_id, "type": "wait_for", "at_most": "3d", **awaited}, lanes)
    return OutlineStep({"id": step_id, **draw(st.one_of(_LEAVES))}, [])


def sent(edited: AutomationForm) -> AutomationForm:
    """Returns the form as it comes back from a browser that changed nothing."""
    fields = {**edited.fields, "top-then": edited.first.then}
    steps: list[str] = []
    _send(edited.first, "top", fields, steps)
    return automation_form.entered({name: text.strip() for name, text in fields.items()}, steps)


def _send(lane: FormLane, place: str, fields: dict[str, str], steps: list[str]) -> None:
    for step in lane.steps:
        steps.append(f"{step.key} {step.type} {place}")
        _send_step(step, fields)
        for number, inner in enumerate(step.lanes):
            _send(inner, f"{step.key}.{number}", fields, steps)


def _send_step(step: FormStep, fields: dict[str, str]) -> None:
    fields |= {f"{step.key}-{name}": text for name, text in step.fields.items()}
    fields[f"{step.key}-lanes"] = str(len(step.lanes))
    for number, lane in enumerate(step.lanes):
        fields |= {f"{step.key}-{number}-{name}": text for name, text in lane.fields.items()}
        fields[f"{step.key}-{number}-then"] = lane.then
