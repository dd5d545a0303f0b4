"""Checks what a definition's models cannot state: names, ways through the steps, and what exists on the stage.

Every run of a definition without errors ends or waits: a loop has a wait in it, and each wait ends.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.core import unknown_names
from functions.core.automations import conditions, durations
from functions.core.automations.definition import (
    END,
    AddToList,
    AnyStep,
    Branch,
    BusTrigger,
    CallWebhook,
    Condition,
    DateTrigger,
    Definition,
    EmailTrigger,
    End,
    Enrollment,
    EventTrigger,
    ListTrigger,
    NotOpenedTrigger,
    PropertyTrigger,
    RemoveFromList,
    SendEmail,
    SetProperty,
    Split,
    StartAutomation,
    Wait,
    WaitFor,
    WaitUntil,
)
from functions.core.contacts.property_definitions import (
    PropertyDefinition,
    PropertyType,
    PropertyValueError,
    unknown,
)
from functions.core.errors import FieldError, Rejected
from functions.core.models.field_errors import FieldErrors
from functions.core.models.reader import reader_of

if TYPE_CHECKING:
    from functions.core.automations.yaml_source import YamlSource

PERCENT = 100
REQUIRED = "REQUIRED_FIELD"  # the code of an error about a part that is not there
DAY_SECONDS = 86_400


class AutomationEmail(Struct, frozen=True, kw_only=True):
    name: str = ""
    refusal: str = ""  # why an automation cannot send it
    required: tuple[str, ...] = ()  # custom properties without which it is not sent: `order.number`


class StageNames(Struct, frozen=True, kw_only=True):
    """What a definition may name, by its id. A text is its name for people."""

    properties: Mapping[str, PropertyDefinition]
    emails: Mapping[int, AutomationEmail]
    lists: Mapping[int, str]
    dynamic_lists: Collection[int] = ()
    endpoints: Mapping[str, str]
    automations: Mapping[int, str]
    message_days: int  # for which messages are stored


def read(text: str) -> tuple[Definition, YamlSource]:
    """Returns the definition in a text of YAML or JSON. Raises Rejected with every error that needs no stage, by line and column."""
    from functions.core.automations import yaml_source  # noqa: PLC0415 - few requests have YAML, whose parser takes long to import

    source = yaml_source.read(text)
    if not isinstance(source.data, dict):
        raise Rejected([FieldError("definition", "must be an object with name, trigger and steps", line=1, column=1)])
    errors = FieldErrors("automation")
    definition: Definition = reader_of(Definition).read(source.data, "", errors)
    wrong_form = errors.errors or list(_form_errors(definition))
    if wrong_form:
        raise Rejected(in_order(wrong_form, source))
    return definition, source


def in_order(errors: Collection[FieldError], source: YamlSource) -> list[FieldError]:
    """Returns the errors with their places, from the top of the file down."""
    return sorted((source.placed(error) for error in errors), key=lambda error: (error.line or 0, error.column or 0))


def stage_errors(definition: Definition, stage: StageNames, automation: int | None = None) -> list[FieldError]:
    """Returns what the definition names and the stage does not have, and conditions that do not fit their properties. `automation` is
    its own id, which it must not start.
    """
    return [
        *_trigger_errors(definition, stage),
        *(
            error
            for where, condition in _conditions(definition)
            for error in _condition_errors(condition, definition, stage, where)
        ),
        *(
            error
            for number, step in enumerate(definition.steps)
            for error in _step_errors(step, stage, automation, f"steps[{number}]")
        ),
    ]


def _form_errors(definition: Definition) -> Iterator[FieldError]:
    places = {step.id: f"steps[{number}]" for number, step in enumerate(definition.steps)}
    yield from _id_errors(definition)
    if len(places) < len(definition.steps):
        return
    wrong = list(_target_errors(definition, places))
    yield from wrong
    yield from _wait_errors(definition, places)
    yield from _enrollment_errors(definition)
    if not wrong:
        yield from _unreachable(definition, places)
        yield from _loops(definition, places)


def _id_errors(definition: Definition) -> Iterator[FieldError]:
    first: dict[str, int] = {}
    for number, step in enumerate(definition.steps):
        if step.id == END:
            yield FieldError(f"steps[{number}].id", f"{END!r} is the end of the run: choose another id")
        elif step.id in first:
            yield FieldError(f"steps[{number}].id", f"steps[{first[step.id]}] has the id {step.id} too")
        first.setdefault(step.id, number)


def _target_errors(definition: Definition, places: Mapping[str, str]) -> Iterator[FieldError]:
    for step in definition.steps:
        where = places[step.id]
        for field, target in _named_targets(step, where):
            if target != END and target not in places:
                yield FieldError(
                    field, f"there is no step {target!r}: {unknown_names.existing(target, [*places, END])}"
                )
        if isinstance(step, Split):
            if step.next:
                yield FieldError(f"{where}.next", "a split has no `next`: each of its shares has one")
            if (total := sum(share.percent for share in step.shares)) != PERCENT:
                yield FieldError(f"{where}.shares", f"the percents add up to {total}, not to {PERCENT}")
        if isinstance(step, End) and step.next:
            yield FieldError(f"{where}.next", "no step comes after an end")


def _named_targets(step: AnyStep, where: str) -> Iterator[tuple[str, str]]:
    if step.next:
        yield f"{where}.next", step.next
    match step:
        case Branch():
            yield from ((f"{where}.cases[{number}].next", case.next) for number, case in enumerate(step.cases))
        case Split():
            yield from ((f"{where}.shares[{number}].next", share.next) for number, share in enumerate(step.shares))
        case WaitFor() if step.timed_out:
            yield f"{where}.timed_out", step.timed_out


def _wait_errors(definition: Definition, places: Mapping[str, str]) -> Iterator[FieldError]:
    """A wait for a mail that no step sends would only end by its time."""
    for step in definition.steps:
        if not isinstance(step, WaitFor):
            continue
        where = places[step.id]
        if step.event is None and step.step is None:
            yield FieldError(f"{where}.step", "must have `event`, or `step` and `was`", REQUIRED)
        elif step.event is not None and step.step is not None:
            yield FieldError(where, "must have `event`, or `step` and `was`")
        elif step.step is None and step.was is not None:
            yield FieldError(f"{where}.was", "states what happened to the mail of a `step`, which is missing")
        elif step.step is not None and step.was is None:
            yield FieldError(
                f"{where}.was", "must be one of OPENED, CLICKED, DELIVERED, BOUNCED and NOT_SENT", REQUIRED
            )
        elif step.step is not None:
            yield from _sender_errors(definition, step.step, f"{where}.step", before=step.id)


def _sender_errors(definition: Definition, sender: str, where: str, *, before: str) -> Iterator[FieldError]:
    """`before`: the step that reads what happened to the mail, or empty for the goal."""
    senders = [step.id for step in definition.steps if isinstance(step, SendEmail)]
    if sender not in senders:
        yield FieldError(
            where, f"there is no step {sender!r} that sends an email: {unknown_names.existing(sender, senders)}"
        )
    elif before and before not in _reached(definition, sender):
        yield FieldError(where, f"step {before!r} is never after {sender!r}, so its mail is not sent yet")


def _enrollment_errors(definition: Definition) -> Iterator[FieldError]:
    happens_again = (
        EventTrigger | BusTrigger | EmailTrigger | NotOpenedTrigger | PropertyTrigger | ListTrigger | DateTrigger
    )
    if definition.enrollment is Enrollment.EVERY_EVENT and not isinstance(definition.trigger, happens_again):
        yield FieldError("enrollment", "a contact is created once: use `once`")
    if definition.goal and (definition.goal.event is None) == (definition.goal.when is None):
        yield FieldError("goal", "must have `event` or `when`", REQUIRED)


def _reached(definition: Definition, start: str) -> set[str]:
    """Returns the steps after a step, by every way."""
    reached: set[str] = set()
    ahead = [start]
    while ahead:
        for target in definition.targets(definition.step(ahead.pop())):
            if target != END and target not in reached:
                reached.add(target)
                ahead.append(target)
    return reached


def _unreachable(definition: Definition, places: Mapping[str, str]) -> Iterator[FieldError]:
    first = definition.steps[0].id
    reached = _reached(definition, first) | {first}
    for step in definition.steps:
        if step.id not in reached:
            yield FieldError(f"{places[step.id]}.id", f"no way leads to step {step.id!r}", "UNREACHABLE")
        if isinstance(step, Branch):
            yield from _shadowed(step, places[step.id])


def _shadowed(step: Branch, where: str) -> Iterator[FieldError]:
    earlier: list[Condition] = []
    for number, case in enumerate(step.cases):
        if case.when in earlier:
            message = f"has the condition of case {earlier.index(case.when) + 1}, so no run gets here"
            yield FieldError(f"{where}.cases[{number}].when", message, "UNREACHABLE")
        earlier.append(case.when)


def _loops(definition: Definition, places: Mapping[str, str]) -> Iterator[FieldError]:
    """A wait that ends at once, since its mail was opened before, stops no loop: only time and custom events do."""

    def stops(step: AnyStep) -> bool:
        return isinstance(step, Wait | WaitUntil) or (isinstance(step, WaitFor) and step.event is not None)

    onward = {
        step.id: [] if stops(step) else [target for target in definition.targets(step) if target != END]
        for step in definition.steps
    }
    for step in definition.steps:
        if loop := _way_back(onward, step.id):
            if places[step.id] != min((places[one] for one in loop), key=_number):
                continue
            way = " → ".join([*loop, step.id])
            yield FieldError(f"{places[step.id]}.id", f"the loop {way} has no wait: a run would never leave it", "LOOP")


def _number(place: str) -> int:
    return int(place.removeprefix("steps[").removesuffix("]"))


def _way_back(onward: Mapping[str, list[str]], start: str) -> list[str]:
    """Returns the steps of the shortest loop through a step, from it on. Empty: it is in no loop."""
    before: dict[str, str] = {}
    ahead = [start]
    for step in ahead:
        for target in onward[step]:
            if target == start:
                way = [step]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return way[::-1]
            if target not in before:
                before[target] = step
                ahead.append(target)
    return []


def _conditions(definition: Definition) -> Iterator[tuple[str, Condition]]:
    if definition.when:
        yield "when", definition.when
    if definition.goal and definition.goal.when:
        yield "goal.when", definition.goal.when
    for number, step in enumerate(definition.steps):
        if isinstance(step, Branch):
            for case_number, case in enumerate(step.cases):
                yield f"steps[{number}].cases[{case_number}].when", case.when


def _condition_errors(
    condition: Condition, definition: Definition, stage: StageNames, where: str
) -> Iterator[FieldError]:
    yield from conditions.errors_of(condition, stage.properties, where)
    reader = definition.steps[_number(where.split(".", maxsplit=1)[0])].id if where.startswith("steps[") else ""
    for inner in conditions.inner(condition):
        if inner.step is not None:
            if where == "when":
                yield FieldError(where, "a contact has no mail of a step before it enters")
            else:
                yield from _sender_errors(definition, inner.step, where, before=reader)
        if inner.event is not None and not _has_event(definition):
            yield FieldError(where, f"the trigger has no event with a property {inner.event!r}")


def _has_event(definition: Definition) -> bool:
    return isinstance(definition.trigger, EventTrigger | BusTrigger)


def _trigger_errors(definition: Definition, stage: StageNames) -> Iterator[FieldError]:
    match definition.trigger:
        case PropertyTrigger(property=name, value=value):
            yield from _value_errors(stage, name, value, "trigger")
            yield from _computed(stage, name)
        case DateTrigger(property=name):
            stored = stage.properties.get(name)
            if stored is None:
                yield FieldError("trigger.property", unknown(stage.properties, name), "PROPERTY_DOESNT_EXIST")
            elif stored.type not in {PropertyType.DATE, PropertyType.DATETIME}:
                yield FieldError("trigger.property", f"{name} is a {stored.type}, not a date")
            yield from _computed(stage, name)
        case ListTrigger(list=number):
            yield from _missing(number, stage.lists, "list", "trigger.list")
        case EmailTrigger(email=number):
            yield from _missing(number, stage.emails, "email", "trigger.email")
        case NotOpenedTrigger(email=number, within=within):
            yield from _missing(number, stage.emails, "email", "trigger.email")
            if durations.seconds(within) > stage.message_days * DAY_SECONDS:
                message = f"must be at most {stage.message_days}d: messages are stored for {stage.message_days} days"
                yield FieldError("trigger.within", message)


def _computed(stage: StageNames, name: str) -> Iterator[FieldError]:
    """A change of another property is what starts a run."""
    if name in stage.properties and not stage.properties[name].is_plain_value:
        yield FieldError("trigger.property", f"a change of {name} starts no run")


def _step_errors(step: AnyStep, stage: StageNames, automation: int | None, where: str) -> Iterator[FieldError]:
    match step:
        case SendEmail(email=number):
            yield from _missing(number, stage.emails, "email", f"{where}.email")
            if number in stage.emails and (reason := stage.emails[number].refusal):
                yield FieldError(f"{where}.email", reason)
        case SetProperty(property=name, value=value):
            yield from _value_errors(stage, name, value, where)
            if name in stage.properties and not stage.properties[name].is_plain_value:
                yield FieldError(f"{where}.property", f"{name} cannot be set")
        case AddToList(list=number) | RemoveFromList(list=number):
            if number in stage.dynamic_lists:
                yield FieldError(f"{where}.list", f"list {number} is DYNAMIC: its filters choose its members")
            yield from _missing(number, stage.lists, "list that contacts can be added to", f"{where}.list")
        case CallWebhook(endpoint=endpoint) if endpoint not in stage.endpoints:
            yield FieldError(
                f"{where}.endpoint",
                f"there is no webhook endpoint {endpoint!r}: {unknown_names.existing(endpoint, stage.endpoints)}",
            )
        case StartAutomation(automation=number):
            if number == automation:
                yield FieldError(f"{where}.automation", "an automation cannot start itself: use `next` and a wait")
            else:
                yield from _missing(number, stage.automations, "automation", f"{where}.automation")


def _missing(number: int, existing: Collection[int], noun: str, where: str) -> Iterator[FieldError]:
    if number not in existing:
        yield FieldError(where, f"there is no {noun} {number}", "NOT_FOUND")


def _value_errors(stage: StageNames, name: str, value: Any, where: str) -> Iterator[FieldError]:
    stored = stage.properties.get(name)
    if stored is None:
        yield FieldError(f"{where}.property", unknown(stage.properties, name), "PROPERTY_DOESNT_EXIST")
        return
    try:
        stored.read(conditions.text_of(value))
    except PropertyValueError as error:
        yield FieldError(f"{where}.value", f"{name} {error}", error.code)
