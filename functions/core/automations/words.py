"""An automation in words for people: its trigger, its steps and its conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from functions.core.automations import conditions, durations
from functions.core.automations.definition import (
    AddToList,
    AnyStep,
    Branch,
    BusTrigger,
    CallWebhook,
    Condition,
    ContactTrigger,
    DateTrigger,
    EmailTrigger,
    End,
    EventTrigger,
    ListTrigger,
    NotOpenedTrigger,
    PropertyTrigger,
    RemoveFromList,
    SendEmail,
    SetProperty,
    Split,
    StartAutomation,
    Trigger,
    Wait,
    WaitFor,
    WaitUntil,
)
from functions.core.contacts.filters import Operator

_OPERATORS = {
    Operator.EQ: "is",
    Operator.NEQ: "is not",
    Operator.LT: "is less than",
    Operator.LTE: "is at most",
    Operator.GT: "is more than",
    Operator.GTE: "is at least",
    Operator.BETWEEN: "is between",
    Operator.IN: "is one of",
    Operator.NOT_IN: "is not one of",
    Operator.HAS_PROPERTY: "has a value",
    Operator.NOT_HAS_PROPERTY: "has no value",
    Operator.CONTAINS_TOKEN: "contains",
    Operator.NOT_CONTAINS_TOKEN: "does not contain",
}


def of_trigger(trigger: Trigger) -> str:
    return _TRIGGERS[type(trigger)](trigger)


def _of_date(trigger: DateTrigger) -> str:
    day = f"Each year on {trigger.property}" if trigger.yearly else f"On {trigger.property}"
    if trigger.offset:
        length = durations.in_words(trigger.offset.removeprefix("-"))
        side = "before" if trigger.offset.startswith("-") else "after"
        day = f"{length} {side} {trigger.property}" + (", each year" if trigger.yearly else "")
    return f"{day}, at {trigger.time}"


def of_step(step: AnyStep) -> str:
    return _STEPS[type(step)](step)


def _of_time(step: WaitUntil) -> str:
    days = f" on {' or '.join(day.capitalize() for day in step.weekdays)}" if step.weekdays else ""
    return f"Wait until {step.time}{days}{f', {step.zone}' if step.zone else ''}"


def _of_awaited(step: WaitFor) -> str:
    awaited = f"event {step.event}" if step.event else f"{step.step} is {str(step.was).lower()}"
    return f"Wait until {awaited}, at most {durations.in_words(step.at_most)}"


def _of_cases(step: Branch) -> str:
    return "; ".join(f"case {number}: {of_condition(case.when)}" for number, case in enumerate(step.cases, 1))


def _of_value(step: SetProperty) -> str:
    cleared = step.value is None
    return f"Clear {step.property}" if cleared else f"Set {step.property} to {conditions.text_of(step.value)}"


def _of_change(trigger: PropertyTrigger) -> str:
    return f"{trigger.property} changes" + ("" if trigger.value is None else f" to {conditions.text_of(trigger.value)}")


def _of_silence(trigger: NotOpenedTrigger) -> str:
    return f"Email {trigger.email} is not opened within {durations.in_words(trigger.within)}"


_TRIGGERS: Mapping[type, Callable[[Any], str]] = {
    EventTrigger: lambda trigger: f"Event {trigger.event}",
    BusTrigger: lambda trigger: f"EventBridge: {trigger.detail_type} of {trigger.source}",
    ContactTrigger: lambda _: "A contact is created",
    PropertyTrigger: _of_change,
    ListTrigger: lambda trigger: f"A contact joins list {trigger.list}",
    EmailTrigger: lambda trigger: f"Email {trigger.email} is {trigger.was.lower().replace('_', ' ')}",
    NotOpenedTrigger: _of_silence,
    DateTrigger: _of_date,
}
_STEPS: Mapping[type, Callable[[Any], str]] = {
    SendEmail: lambda step: f"Send email {step.email}",
    Wait: lambda step: f"Wait {durations.in_words(step.time)}",
    WaitUntil: _of_time,
    WaitFor: _of_awaited,
    Branch: _of_cases,
    Split: lambda _: "Split by chance",
    SetProperty: _of_value,
    AddToList: lambda step: f"Add to list {step.list}",
    RemoveFromList: lambda step: f"Remove from list {step.list}",
    CallWebhook: lambda step: f"Call webhook {step.endpoint}",
    StartAutomation: lambda step: f"Start automation {step.automation}",
    End: lambda step: step.reason or "End",
}


def of_condition(condition: Condition) -> str:
    for joined, inner in (("and", condition.all), ("or", condition.any), ("nor", condition.none)):
        if inner is not None:
            text = f" {joined} ".join(
                f"({of_condition(one)})" if len(inner) > 1 else of_condition(one) for one in inner
            )
            return f"not {text}" if joined == "nor" else text
    if condition.step is not None:
        return f"{condition.step} was {str(condition.was).lower().replace('_', ' ')}"
    name = condition.property or f"event.{condition.event}"
    values = [condition.value, condition.high_value, *(condition.values or ())]
    stated = " and ".join(conditions.text_of(value) for value in values if value is not None)
    operator = _OPERATORS[condition.operator] if condition.operator else ""
    return f"{name} {operator} {stated}".rstrip()
