"""An automation as a form: texts in fields, and the steps as an outline. Every definition has a form, and the form gives it back.

A form may be unfinished or wrong. Only the definition that it makes is checked, by the reader of definitions. `FormDefinition.places`
has the field of each part, so that an error is shown there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct, field

from functions.core.automations import checking
from functions.core.automations.definition import BRANCHES_MAX, END, STEPS_MAX, Definition, Enrollment
from functions.core.automations.form import condition_fields, outline
from functions.core.automations.form.condition_fields import CONDITION
from functions.core.automations.form.fields import (
    DAYS,
    DURATION,
    FLAG,
    NUMBER,
    OFFSET,
    PAIRS,
    SCALAR,
    TEXT,
    FieldKind,
    Fields,
    count_of,
    is_same,
    put,
    take,
)
from functions.core.automations.form.outline import OutlineLane, OutlineStep

DEPTH_MAX = 20  # of steps in steps: no form of ours has more
_STEP = re.compile(r"steps\[([0-9]{1,3})\]")
_KEY = re.compile(r"s[1-9][0-9]{0,5}")
TRIGGER_FIELDS: Mapping[str, Mapping[str, FieldKind]] = MappingProxyType(
    {
        "list_joined": {"list": NUMBER},
        "contact_created": {},
        "property_changed": {"property": TEXT, "value": SCALAR},
        "date": {"property": TEXT, "offset": OFFSET, "time": TEXT, "yearly": FLAG},
        "email": {"email": NUMBER, "was": TEXT},
        "email_not_opened": {"email": NUMBER, "within": DURATION},
        "event": {"event": TEXT},
        "event_bus": {"source": TEXT, "detail_type": TEXT, "email": TEXT},
    }
)
STEP_FIELDS: Mapping[str, Mapping[str, FieldKind]] = MappingProxyType(
    {
        "send_email": {"email": NUMBER, "properties": PAIRS},
        "wait": {"time": DURATION},
        "wait_until": {"time": TEXT, "weekdays": DAYS, "zone": TEXT},
        "wait_for": {"step": TEXT, "was": TEXT, "event": TEXT, "at_most": DURATION},
        "branch": {},
        "split": {},
        "set_property": {"property": TEXT, "value": SCALAR},
        "add_to_list": {"list": NUMBER},
        "remove_from_list": {"list": NUMBER},
        "call_webhook": {"endpoint": TEXT},
        "start_automation": {"automation": NUMBER},
        "end": {"reason": TEXT},
    }
)
_LANE_FIELDS = {"branch": {"when": CONDITION}, "split": {"percent": NUMBER}}
_LANES = {"branch": "cases", "split": "shares"}
_LANE_COUNTS = {"branch": (1, BRANCHES_MAX + 1), "split": (0, BRANCHES_MAX), "wait_for": (2, 2)}  # least and most
_DEFAULTS: Mapping[str, Any] = {"enrollment": Enrollment.ONCE, "zone": "UTC"}
_TRIGGER_DEFAULTS: Mapping[str, Mapping[str, Any]] = {"event_bus": {"email": "detail.email"}, "date": {"time": "09:00"}}
_LENGTHS = (DURATION, OFFSET)


class FormLane(Struct):
    """One way of a step: its fields, such as its condition, and its steps. `then` is the key of a step to go on with, or END."""

    fields: dict[str, str]
    steps: list[FormStep]
    then: str = ""


class FormStep(Struct):
    """`key` names the step in this form, whatever its id becomes."""

    key: str
    type: str
    fields: dict[str, str]
    lanes: list[FormLane]


class AutomationForm(Struct):
    fields: dict[str, str]
    first: FormLane = field(default_factory=lambda: FormLane({}, []))

    def steps(self) -> Iterator[FormStep]:
        """Yields every step, from the top down."""
        return in_order(self.first)


class FormDefinition(Struct, frozen=True):
    document: dict[str, Any]
    places: Mapping[str, str]  # the field of each part of the definition, by the part's path

    def field_of(self, path: str, order: Sequence[str] = ()) -> str:
        """Returns the field at which an error of a part is shown: its own, or that of the nearest part around it. `order`: the ids of the
        steps in the text that has the error, if they are not in the form's order.
        """
        if match := _STEP.match(path):
            number = int(match[1])
            ids = [step["id"] for step in self.document["steps"]]
            if number < len(order) and order[number] in ids:
                path = f"steps[{ids.index(order[number])}]{path[match.end() :]}"
        around = [
            part for part in self.places if path.startswith(part) and path[len(part) : len(part) + 1] in {"", ".", "["}
        ]
        return self.places[max(around, key=len)] if around else ""


def in_order(lane: FormLane) -> Iterator[FormStep]:
    for step in lane.steps:
        yield step
        for inner in step.lanes:
            yield from in_order(inner)


def document_of(definition: Definition) -> dict[str, Any]:
    """Returns a definition as plain data, without what is the default."""
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(definition))
    kind = document["trigger"]["type"]
    return _stated(
        {**document, "trigger": _stated(document["trigger"], _TRIGGER_DEFAULTS.get(kind, {}))},
        _DEFAULTS,
    )


def form_of(definition: Definition) -> AutomationForm:
    document = document_of(definition)
    top = outline.outline_of(definition)
    keys = {step.id: f"s{number}" for number, step in enumerate(outline.in_order(top), 1)}
    trigger, goal = document["trigger"], document.get("goal", {})
    kind = trigger["type"]
    fields = {
        **put("name", document["name"], TEXT),
        **put("enrollment", document.get("enrollment", str(Enrollment.ONCE)), TEXT),
        **put("zone", document.get("zone"), TEXT),
        **put("when", document.get("when"), CONDITION),
        "trigger": kind,
        **_put_all(TRIGGER_FIELDS[kind], {**_TRIGGER_DEFAULTS.get(kind, {}), **trigger}, f"trigger-{kind}-"),
        "goal": next(iter(goal), ""),
        **put("goal-event", goal.get("event"), TEXT),
        **put("goal-when", _with_steps(goal.get("when"), keys), CONDITION),
    }
    return AutomationForm(fields, _form_lane(top, keys, {}))


def definition_of(form: AutomationForm) -> FormDefinition:
    ids = {step.key: step.fields.get("id", "") for step in form.steps()}
    document = _automation(form.fields, ids)
    places = {one: one for one in ("name", "enrollment", "zone", "trigger", "goal", "steps")}
    places |= condition_fields.places_of(form.fields, "when", "when")
    places |= {"goal.event": "goal-event"} | condition_fields.places_of(form.fields, "goal-when", "goal.when")
    kind = form.fields.get("trigger", "")
    places |= _field_places(TRIGGER_FIELDS.get(kind, {}), "trigger", f"trigger-{kind}")
    document["steps"] = outline.steps_of(_outline(form.first, ids))
    for number, step in enumerate(form.steps()):
        places |= _step_places(step, f"steps[{number}]")
    return FormDefinition(document, places)


def entered(fields: Mapping[str, str], steps: Sequence[str]) -> AutomationForm:
    """Returns the form that a browser sent. `steps`: each step's key, type, and lane as `s1.0`, from the top down."""
    own: dict[str, dict[str, str]] = {}
    form = AutomationForm({}, FormLane({}, [], fields.get("top-then", "")))
    for name, text in fields.items():
        key, _, rest = name.partition("-")
        if _KEY.fullmatch(key):
            own.setdefault(key, {})[rest] = text
        else:
            form.fields[name] = text
    lanes: dict[str, tuple[FormLane, int]] = {"top": (form.first, 0)}
    keys = set[str]()
    for stated in steps[:STEPS_MAX]:
        key, kind, place = (*stated.split(" "), "", "", "")[:3]
        lane, depth = lanes.get(place, (form.first, 0))
        if _KEY.fullmatch(key) and key not in keys and kind in STEP_FIELDS and depth < DEPTH_MAX:
            keys.add(key)
            step = _entered_step(key, kind, own.get(key, {}))
            lane.steps.append(step)
            lanes |= {f"{key}.{number}": (inner, depth + 1) for number, inner in enumerate(step.lanes)}
    return form


def written(document: Mapping[str, Any]) -> str:
    from functions.core.automations import yaml_rewriting  # noqa: PLC0415 - as checking.read: the parser takes long to import

    return yaml_rewriting.written(document)


def rewritten(text: str, document: Mapping[str, Any]) -> str:
    """Returns the text of a definition with what a form changed. A text that means the same already stays as it is."""
    from functions.core.automations import yaml_rewriting  # noqa: PLC0415 - as checking.read: the parser takes long to import

    before = document_of(checking.read(text)[0])
    after = {**document, "steps": _as_stated(before["steps"], document["steps"])}
    if is_same(_with_ways(before), _with_ways(after)):
        return text
    return yaml_rewriting.rewritten(text, before, after)


def _stated(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in defaults or value != defaults[name]}


def _put_all(kinds: Mapping[str, FieldKind], values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    return {
        name: text for one, kind in kinds.items() for name, text in put(prefix + one, values.get(one), kind).items()
    }


def _form_lane(lane: OutlineLane, keys: Mapping[str, str], fields: dict[str, str]) -> FormLane:
    return FormLane(fields, [_form_step(step, keys) for step in lane.steps], keys.get(lane.then, lane.then))


def _form_step(step: OutlineStep, keys: Mapping[str, str]) -> FormStep:
    kind = step.document["type"]
    values = {**step.document, **({"step": keys[step.document["step"]]} if "step" in step.document else {})}
    kinds = _LANE_FIELDS.get(kind, {})
    ways = [_with_steps(way, keys) for way in step.document.get(_LANES.get(kind, ""), ())]
    lanes = [
        _form_lane(lane, keys, _put_all(kinds, ways[number]) if number < len(ways) else {})
        for number, lane in enumerate(step.lanes)
    ]
    fields = {"id": step.id, **_put_all(STEP_FIELDS[kind], values)}
    if kind == "wait_for":
        fields["awaits"] = "mail" if "step" in values else "event"
    return FormStep(keys[step.id], kind, fields, lanes)


def _with_steps(value: Any, names: Mapping[str, str]) -> Any:
    """Returns a condition, or a part with one, with other names of its steps."""
    if isinstance(value, Mapping):
        return {
            name: names.get(inner, inner) if name == "step" and isinstance(inner, str) else _with_steps(inner, names)
            for name, inner in value.items()
        }
    return [_with_steps(inner, names) for inner in value] if isinstance(value, list) else value


def _take_all(kinds: Mapping[str, FieldKind], fields: Fields, prefix: str = "") -> dict[str, Any]:
    taken = {one: take(fields, prefix + one, kind) for one, kind in kinds.items()}
    return {one: value for one, value in taken.items() if value is not None}


def _automation(fields: Fields, ids: Mapping[str, str]) -> dict[str, Any]:
    kind = fields.get("trigger", "")
    document: dict[str, Any] = {"name": take(fields, "name", TEXT)}
    if kind:
        trigger = _take_all(TRIGGER_FIELDS.get(kind, {}), fields, f"trigger-{kind}-")
        document["trigger"] = _stated({"type": kind, **trigger}, _TRIGGER_DEFAULTS.get(kind, {}))
    document |= {one: take(fields, one, TEXT) for one in ("enrollment", "zone")}
    document["when"] = take(fields, "when", CONDITION)
    match fields.get("goal", ""):
        case "event":
            document["goal"] = _take_all({"event": TEXT}, {"event": fields.get("goal-event", "")})
        case "when":
            when = _with_steps(take(fields, "goal-when", CONDITION), ids)
            document["goal"] = {} if when is None else {"when": when}
    return _stated({one: value for one, value in document.items() if value is not None}, _DEFAULTS)


def _outline(lane: FormLane, ids: Mapping[str, str]) -> OutlineLane:
    steps = [OutlineStep(_document(step, ids), [_outline(inner, ids) for inner in step.lanes]) for step in lane.steps]
    return OutlineLane(steps, ids.get(lane.then, lane.then))


def _document(step: FormStep, ids: Mapping[str, str]) -> dict[str, Any]:
    values = _take_all(STEP_FIELDS[step.type], step.fields)
    if step.type == "wait_for":
        unused = ("step", "was") if step.fields.get("awaits") == "event" else ("event",)
        values = {one: value for one, value in values.items() if one not in unused}
    if "step" in values:
        values["step"] = ids.get(values["step"], values["step"])
    if step.type in _LANES:
        kinds = _LANE_FIELDS[step.type]
        ways = step.lanes[:-1] if step.type == "branch" else step.lanes
        values[_LANES[step.type]] = [_with_steps(_take_all(kinds, way.fields), ids) for way in ways]
    return {"id": step.fields.get("id", ""), "type": step.type, **values}


def _field_places(kinds: Mapping[str, FieldKind], path: str, name: str) -> dict[str, str]:
    return {
        f"{path}.{one}": f"{name}-{one}-count" if kind in _LENGTHS else f"{name}-{one}" for one, kind in kinds.items()
    }


def _step_places(step: FormStep, path: str) -> dict[str, str]:
    places = {path: step.key, **_field_places(STEP_FIELDS[step.type], path, step.key)}
    if step.fields.get("awaits") == "event":
        places[f"{path}.step"] = f"{step.key}-event"
    for number, lane in enumerate(step.lanes):
        way, name = f"{path}.{_LANES.get(step.type, '')}[{number}]", f"{step.key}-{number}"
        places |= {f"{way}.next": f"{name}-then", f"{way}.percent": f"{name}-percent"}
        for where, row in condition_fields.places_of(lane.fields, "when", f"{way}.when").items():
            places[where] = f"{name}-{row}"
    return places


def _entered_step(key: str, kind: str, fields: Mapping[str, str]) -> FormStep:
    own = {name: text for name, text in fields.items() if not name[:1].isdigit()}
    by_lane: dict[str, dict[str, str]] = {}
    for name, text in fields.items():
        lane, _, rest = name.partition("-")
        if lane.isdigit():
            by_lane.setdefault(lane, {})[rest] = text
    lanes = []
    least, most = _LANE_COUNTS.get(kind, (0, 0))
    for number in range(max(least, count_of(fields, "lanes", most))):
        values = by_lane.get(str(number), {})
        lanes.append(FormLane(values, [], values.get("then", "")))
    return FormStep(key, kind, own, lanes)


def _as_stated(before: Iterable[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Returns the steps with the ways that an author stated without need, if the step still leads there."""
    authors = {step["id"]: step for step in before}
    return [
        {**step, **{name: to for name, to in ways.items() if authors.get(step["id"], {}).get(name) == to}}
        for step, ways in zip(after, _ways(after), strict=True)
    ]


def _with_ways(document: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what a definition means, whatever the order of its steps: each with its ways, by its id."""
    steps = document["steps"]
    by_id = {step["id"]: {**step, **ways} for step, ways in zip(steps, _ways(steps), strict=True)}
    return {**document, "steps": by_id, "first": steps[0]["id"] if steps else ""}


def _ways(steps: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    """Yields where each step leads, also if it does not state it."""
    for step, following in pairwise([*steps, {"id": END}]):
        onward = step.get("next", following["id"])
        match step["type"]:
            case "split" | "end":
                yield {}
            case "wait_for":
                yield {"next": onward, "timed_out": step.get("timed_out", onward)}
            case _:
                yield {"next": onward}
