"""Changes of a form by its buttons: a step is added, moved or removed, and so is a case, a condition or a value. Nothing is stored.

A change is a text, as `add send_email s2.0 1`: what a button of the form sends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from functions.core.automations.definition import BRANCHES_MAX, STEPS_MAX
from functions.core.automations.form.automation_form import STEP_FIELDS, AutomationForm, FormLane, FormStep
from functions.core.automations.form.condition_fields import ROW_FIELDS
from functions.core.automations.form.fields import ORIGINAL, ROWS_MAX, count_of, number_of

TOP = "top"  # the lane that the automation begins with
_NOUNS = {"send_email": "email", "set_property": "property", "call_webhook": "webhook", "start_automation": "start"}
_HALF = "50"


def apply(form: AutomationForm, change: str) -> str:
    """Makes a change. Returns the key of the step that it was about, or an empty text. An unknown change does nothing."""
    name, *words = change.split(" ")
    action = _CHANGES.get(name)
    return action(form, [*words, "", "", ""]) if action else ""


def new_form() -> AutomationForm:
    """Returns the form of an automation that does not exist yet."""
    return AutomationForm({"trigger": "", "enrollment": "once", "when-joiner": "all", "goal-when-joiner": "all"})


def _add(form: AutomationForm, words: list[str]) -> str:
    """`add TYPE LANE PLACE`: a new step in a lane, at a place from 0 on."""
    kind, lane, place = words[0], _lane(form, words[1]), words[2]
    steps = list(form.steps())
    if lane is None or kind not in STEP_FIELDS or len(steps) >= STEPS_MAX:
        return ""
    key = f"s{max((int(step.key[1:]) for step in steps), default=0) + 1}"
    ids = {one.fields.get("id", "") for one in steps}
    lane.steps.insert(
        len(lane.steps) if (at := number_of(place)) is None else at,
        FormStep(key, kind, _new_fields(kind, ids), _new_lanes(kind)),
    )
    return key


def _new_fields(kind: str, ids: set[str]) -> dict[str, str]:
    noun = _NOUNS.get(kind, kind)
    number = next(number for number in range(1, STEPS_MAX + 2) if f"{noun}_{number}" not in ids)
    fields = {"id": f"{noun}_{number}"}
    match kind:
        case "wait":
            fields |= {"time-count": "1", "time-unit": "d"}
        case "wait_until":
            fields |= {"time": "09:00"}
        case "wait_for":
            fields |= {"awaits": "mail", "at_most-count": "3", "at_most-unit": "d"}
    return fields


def _new_lanes(kind: str) -> list[FormLane]:
    match kind:
        case "branch":
            return [_new_case(), FormLane({}, [])]
        case "split":
            return [FormLane({"percent": _HALF}, []), FormLane({"percent": _HALF}, [])]
        case "wait_for":
            return [FormLane({}, []), FormLane({}, [])]
    return []


def _new_case() -> FormLane:
    return FormLane({"when-joiner": "all", "when-rows": "1"}, [])


def _remove(form: AutomationForm, words: list[str]) -> str:
    """`remove KEY`: a step, with the steps in it."""
    position = _position(form, words[0])
    if position:
        lane, place, _ = position
        _clear_ways(form, [lane.steps.pop(place)])
    return ""


def _clear_ways(form: AutomationForm, steps: list[FormStep]) -> None:
    """A way to a step that is gone leads to what comes after the way's lane."""
    gone = {one.key for step in steps for one in AutomationForm({}, FormLane({}, [step])).steps()}
    for lane in _lanes(form).values():
        if lane.then in gone:
            lane.then = ""


def _up(form: AutomationForm, words: list[str]) -> str:
    """`up KEY`: to the place above, which may be in another lane."""
    position = _position(form, words[0])
    if not position:
        return ""
    lane, place, around = position
    step = lane.steps.pop(place)
    if place:
        above = lane.steps[place - 1]
        if above.lanes:
            _append(above.lanes[-1], step)
        else:
            lane.steps.insert(place - 1, step)
        return step.key
    return _leave(form, step, around, lane, upwards=True)


def _down(form: AutomationForm, words: list[str]) -> str:
    """`down KEY`: to the place below, which may be in another lane."""
    position = _position(form, words[0])
    if not position:
        return ""
    lane, place, around = position
    step = lane.steps.pop(place)
    if place < len(lane.steps):
        below = lane.steps[place]
        if below.lanes:
            below.lanes[0].steps.insert(0, step)
        else:
            lane.steps.insert(place + 1, step)
        return step.key
    return _leave(form, step, around, lane, upwards=False)


def _leave(form: AutomationForm, step: FormStep, around: str, lane: FormLane, *, upwards: bool) -> str:
    """Moves a step out of its lane: to the lane next to it, or next to the step that has the lanes."""
    outer = _position(form, around)
    if not outer:
        lane.steps.insert(0 if upwards else len(lane.steps), step)
        return step.key
    outer_lane, place, _ = outer
    lanes = outer_lane.steps[place].lanes
    number = next(number for number, one in enumerate(lanes) if one is lane) + (-1 if upwards else 1)
    if number < 0:
        outer_lane.steps.insert(place, step)
    elif number >= len(lanes):
        outer_lane.steps.insert(place + 1, step)
    elif upwards:
        _append(lanes[number], step)
    else:
        lanes[number].steps.insert(0, step)
    return step.key


def _append(lane: FormLane, step: FormStep) -> None:
    """Puts a step last, but before an end."""
    ends = bool(lane.steps) and lane.steps[-1].type == "end"
    lane.steps.insert(len(lane.steps) - ends, step)


def _add_way(form: AutomationForm, words: list[str]) -> str:
    """`way KEY`: one more case of a branch, or one more share of a split."""
    position = _position(form, words[0])
    if not position:
        return ""
    lane, place, _ = position
    step = lane.steps[place]
    if step.type == "branch" and len(step.lanes) <= BRANCHES_MAX:
        step.lanes.insert(len(step.lanes) - 1, _new_case())
    if step.type == "split" and len(step.lanes) < BRANCHES_MAX:
        step.lanes.append(FormLane({}, []))
    return step.key


def _remove_way(form: AutomationForm, words: list[str]) -> str:
    """`unway KEY NUMBER`: a case or a share, with its steps."""
    position = _position(form, words[0])
    if not position or (number := number_of(words[1])) is None:
        return ""
    lane, place, _ = position
    step = lane.steps[place]
    if step.type in {"branch", "split"} and number < len(step.lanes) - (step.type == "branch"):
        _clear_ways(form, step.lanes.pop(number).steps)
    return step.key


def _add_row(form: AutomationForm, words: list[str]) -> str:
    """`row PLACE NAME`: one more condition or value. PLACE is empty for the automation, a step's key, or a lane."""
    fields, name = _fields(form, words[0]), words[1]
    if fields is not None and (count := count_of(fields, f"{name}-rows")) < ROWS_MAX:
        fields[f"{name}-rows"] = str(count + 1)
    return words[0].partition(".")[0]


def _remove_row(form: AutomationForm, words: list[str]) -> str:
    """`unrow PLACE NAME NUMBER`."""
    fields, name, number = _fields(form, words[0]), words[1], number_of(words[2])
    count = count_of(fields, f"{name}-rows") if fields is not None else 0
    if fields is not None and number is not None and number < count:
        for row in range(number, count):
            for field in ROW_FIELDS:
                fields[f"{name}-{row}-{field}"] = fields.get(f"{name}-{row + 1}-{field}", "")
        fields[f"{name}-rows"] = str(count - 1)
        fields.pop(name + ORIGINAL, None)
    return words[0].partition(".")[0]


def _fields(form: AutomationForm, place: str) -> dict[str, str] | None:
    if place == TOP:
        return form.fields
    if "." in place:
        lane = _lane(form, place)
        return lane.fields if lane else None
    return next((step.fields for step in form.steps() if step.key == place), None)


def _lanes(form: AutomationForm) -> dict[str, FormLane]:
    inner = {f"{step.key}.{number}": lane for step in form.steps() for number, lane in enumerate(step.lanes)}
    return {TOP: form.first, **inner}


def _lane(form: AutomationForm, place: str) -> FormLane | None:
    return _lanes(form).get(place)


def _position(form: AutomationForm, key: str) -> tuple[FormLane, int, str] | None:
    """Returns the lane of a step, its place there, and the key of the step around it."""
    for place, lane in _lanes(form).items():
        for number, step in enumerate(lane.steps):
            if step.key == key:
                return lane, number, "" if place == TOP else place.partition(".")[0]
    return None


_CHANGES: Mapping[str, Callable[[AutomationForm, list[str]], str]] = {
    "add": _add,
    "remove": _remove,
    "up": _up,
    "down": _down,
    "way": _add_way,
    "unway": _remove_way,
    "row": _add_row,
    "unrow": _remove_row,
}
