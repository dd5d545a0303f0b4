"""Warns of an email that needs a property which neither its step nor the trigger gives: it would not be sent.

It is no error: an event or another automation may start the automation too, with values of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from functions.core.automations import rules
from functions.core.automations.checking import StageNames
from functions.core.automations.definition import (
    BusTrigger,
    ContactTrigger,
    DateTrigger,
    Definition,
    EmailTrigger,
    EventTrigger,
    ListTrigger,
    NotOpenedTrigger,
    PropertyTrigger,
    SendEmail,
    Trigger,
)
from functions.core.errors import FieldError
from functions.core.templates.hubl import variables


def warnings_of(definition: Definition, stage: StageNames) -> list[FieldError]:
    """Returns a warning for each property that an email of a step lacks. An event has properties that no definition names: it gives all."""
    if isinstance(definition.trigger, EventTrigger | BusTrigger):
        return []
    return [
        warning
        for number, step in enumerate(definition.steps)
        if isinstance(step, SendEmail)
        for warning in _lacking(step, definition.trigger, stage, f"steps[{number}].email")
    ]


def _lacking(step: SendEmail, trigger: Trigger, stage: StageNames, where: str) -> Iterator[FieldError]:
    if (email := stage.emails.get(step.email)) is None:
        return
    present = rules.custom_properties(step, _properties_of(trigger))
    for name in variables.lacking(email.required, present):
        remedy = _remedy(name, trigger, stage)
        message = f"step {step.id} sends “{email.name}”, which needs custom.{name}: {remedy}"
        yield FieldError(where, message, "MISSING_PROPERTY")


def _properties_of(trigger: Trigger) -> Mapping[str, Any]:
    match trigger:
        case DateTrigger():
            return {rules.DATE: ""}
        case ListTrigger(list=number):
            return {rules.LIST: number}
        case EmailTrigger(email=number) | NotOpenedTrigger(email=number):
            return {rules.EMAIL_ID: number}
        case PropertyTrigger(property=name):
            return {name: ""}
    return {}


def _remedy(name: str, trigger: Trigger, stage: StageNames) -> str:
    """The values of a step are plain: none is an object with a property in it."""
    if isinstance(trigger, ContactTrigger) and name in stage.properties:
        return "only a contact that is created with it gets this email"
    if "." in name:
        return "only an event or another automation can give it"
    return "add it to the `properties` of the step, or start the automation by an event that has it"
