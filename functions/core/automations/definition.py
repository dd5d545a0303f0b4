"""The definition of an automation, as its file has it. The published JSON Schema is made of these models, and the reader checks by them.

The steps are a list; each leads to the one after it, unless its `next` names another. A step without one after it ends the run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Meta, Struct

from functions.core.automations.durations import DURATION, OFFSET, PATTERN
from functions.core.contacts.filters import Operator
from functions.core.contacts.property_definitions import NAME_PATTERN
from functions.core.models.format import Format

SOURCE_MAX = 200_000  # characters of its YAML or JSON
STEPS_MAX = 100
BRANCHES_MAX = 10
CONDITIONS_MAX = 20  # in one `all` or `any`
EVENT_PATTERN = "[A-Za-z][A-Za-z0-9_.-]{0,99}"
END = "end"  # in place of a step's id: the run ends

StepId = Annotated[
    str,
    Meta(
        pattern="^[a-z][a-z0-9_]{0,49}$",
        extra={"expected": "a name like first_reminder, of at most 50 letters, digits and _"},
    ),
]
Next = StepId
PropertyName = Annotated[str, Meta(pattern=f"^{NAME_PATTERN}$")]
Number = Annotated[int, Meta(ge=1)]
Duration = Annotated[str, Meta(pattern=f"^{PATTERN}$", extra={"format": DURATION})]
Offset = Annotated[str, Meta(pattern=f"^{PATTERN}$", extra={"format": OFFSET})]


def _time(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    hour, minute = value.split(":")
    if len(value) != len("09:00") or not (0 <= int(hour) < 24 and 0 <= int(minute) < 60):  # noqa: PLR2004 - a day's hours
        raise ValueError(value)
    return value


def _zone(value: object) -> str:
    if value not in available_timezones():
        raise ValueError(value)
    return ZoneInfo(str(value)).key


def _scalar(value: object) -> Any:
    if value is not None and not isinstance(value, str | int | float | bool):
        raise TypeError(value)
    return value


def event_name(value: object) -> str:
    """'pe1234_order_placed' → 'order_placed': HubSpot's full name has the account's number before it. Raises ValueError."""
    if not isinstance(value, str) or not re.fullmatch(EVENT_PATTERN, value):
        raise ValueError(value)
    return re.sub(r"^pe[0-9]+_", "", value)


EVENT_NAME = Format(event_name, "the name of an event, like order_placed", "order_placed")
EventName = Annotated[str, Meta(pattern=f"^{EVENT_PATTERN}$", extra={"format": EVENT_NAME})]
TimeOfDay = Annotated[str, Meta(extra={"format": Format(_time, 'a time of day in quotes, like "09:00"', "09:00")})]
Zone = Annotated[str, Meta(extra={"format": Format(_zone, "a time zone like Europe/Rome", "Europe/Rome")})]
Scalar = Annotated[Any, Meta(extra={"format": Format(_scalar, "a text, a number, true or false", "pro")})]


class DefinitionPart(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What every part of a definition is: closed, so that a typo is an error."""


class Engagement(StrEnum):
    """What can happen to a mail."""

    DELIVERED = "DELIVERED"
    OPENED = "OPENED"
    CLICKED = "CLICKED"
    BOUNCED = "BOUNCED"
    NOT_SENT = "NOT_SENT"


class Weekday(StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class Condition(DefinitionPart, frozen=True, kw_only=True):
    """One of: `all`, `any` or `none` of conditions; a contact's property; a property of the event that started the run; or what
    happened to the mail of an earlier step. `operator` and values are those of a contact filter.
    """

    all: Annotated[tuple[Condition, ...], Meta(min_length=1, max_length=CONDITIONS_MAX)] | None = None
    any: Annotated[tuple[Condition, ...], Meta(min_length=1, max_length=CONDITIONS_MAX)] | None = None
    none: Annotated[tuple[Condition, ...], Meta(min_length=1, max_length=CONDITIONS_MAX)] | None = None
    property: PropertyName | None = None
    event: Annotated[str, Meta(min_length=1, max_length=200)] | None = None  # a path: `order.total`
    operator: Operator | None = None
    value: Scalar = None
    high_value: Scalar = None  # the end of BETWEEN
    values: Annotated[tuple[Scalar, ...], Meta(max_length=100)] | None = None
    step: StepId | None = None  # that sent an email
    was: Engagement | None = None


class EventTrigger(DefinitionPart, frozen=True, kw_only=True, tag="event", tag_field="type"):
    """A custom event of this name."""

    event: EventName


class BusTrigger(DefinitionPart, frozen=True, kw_only=True, tag="event_bus", tag_field="type"):
    """An event on the stage's EventBridge bus. `email` is the path to the contact's address in it."""

    source: Annotated[str, Meta(min_length=1, max_length=256)]
    detail_type: Annotated[str, Meta(min_length=1, max_length=256)]
    email: Annotated[str, Meta(min_length=1, max_length=200)] = "detail.email"


class ContactTrigger(DefinitionPart, frozen=True, kw_only=True, tag="contact_created", tag_field="type"):
    """A contact was created, however."""


class PropertyTrigger(DefinitionPart, frozen=True, kw_only=True, tag="property_changed", tag_field="type"):
    """A contact's property got another value; with `value`, this one."""

    property: PropertyName
    value: Scalar = None


class ListTrigger(DefinitionPart, frozen=True, kw_only=True, tag="list_joined", tag_field="type"):
    """A contact was added to a list."""

    list: Number


class EmailTrigger(DefinitionPart, frozen=True, kw_only=True, tag="email", tag_field="type"):
    """The recipient opened or clicked an email, or it bounced."""

    email: Number
    was: Engagement


class NotOpenedTrigger(DefinitionPart, frozen=True, kw_only=True, tag="email_not_opened", tag_field="type"):
    """An email was sent, and its recipient did not open it within this time."""

    email: Number
    within: Duration


class DateTrigger(DefinitionPart, frozen=True, kw_only=True, tag="date", tag_field="type"):
    """A date of a contact's property, or a time before or after it. `yearly` comes again each year, as a birthday does."""

    property: PropertyName
    offset: Offset | None = None
    time: TimeOfDay = "09:00"
    yearly: bool = False


Trigger = (
    EventTrigger
    | BusTrigger
    | ContactTrigger
    | PropertyTrigger
    | ListTrigger
    | EmailTrigger
    | NotOpenedTrigger
    | DateTrigger
)


class Enrollment(StrEnum):
    """How often a contact enters."""

    ONCE = "once"
    EVERY_EVENT = "every_event"
    AGAIN = "again"  # after it left


class Goal(DefinitionPart, frozen=True, kw_only=True):
    """Ends a run when it is met: an event, or a condition."""

    event: EventName | None = None
    when: Condition | None = None


class Step(DefinitionPart, frozen=True, kw_only=True, tag_field="type", tag="step"):
    id: StepId
    next: Next | None = None


class SendEmail(Step, frozen=True, kw_only=True, tag="send_email"):
    """Sends an email to the contact. The event's properties are its custom properties; `properties` adds to them."""

    email: Number
    properties: Mapping[str, Scalar] | None = None


class Wait(Step, frozen=True, kw_only=True, tag="wait"):
    """Waits for a duration."""

    time: Duration


class WaitUntil(Step, frozen=True, kw_only=True, tag="wait_until"):
    """Waits until the next time of day, on one of the weekdays if there are any. The zone is the contact's, if the contact has one."""

    time: TimeOfDay
    weekdays: Annotated[tuple[Weekday, ...], Meta(min_length=1, max_length=7)] | None = None
    zone: Zone | None = None  # instead of the contact's


class WaitFor(Step, frozen=True, kw_only=True, tag="wait_for"):
    """Waits for an event, or for what happens to an earlier step's mail, but at most a time. `timed_out` is the step after that time."""

    at_most: Duration
    event: EventName | None = None
    step: StepId | None = None
    was: Engagement | None = None
    timed_out: Next | None = None


class Case(DefinitionPart, frozen=True, kw_only=True):
    when: Condition
    next: Next


class Branch(Step, frozen=True, kw_only=True, tag="branch"):
    """Goes to the first case whose condition is met, else to its own `next`."""

    cases: Annotated[tuple[Case, ...], Meta(min_length=1, max_length=BRANCHES_MAX)]


class Share(DefinitionPart, frozen=True, kw_only=True):
    percent: Annotated[int, Meta(ge=1, le=100)]
    next: Next


class Split(Step, frozen=True, kw_only=True, tag="split"):
    """Divides contacts by chance. The percents add up to 100."""

    shares: Annotated[tuple[Share, ...], Meta(min_length=2, max_length=BRANCHES_MAX)]


class SetProperty(Step, frozen=True, kw_only=True, tag="set_property"):
    property: PropertyName
    value: Scalar = None  # none clears it


class AddToList(Step, frozen=True, kw_only=True, tag="add_to_list"):
    list: Number


class RemoveFromList(Step, frozen=True, kw_only=True, tag="remove_from_list"):
    list: Number


class CallWebhook(Step, frozen=True, kw_only=True, tag="call_webhook"):
    """Sends the run to one of the stage's webhook endpoints, signed as the other events are."""

    endpoint: Annotated[str, Meta(min_length=1, max_length=100)]


class StartAutomation(Step, frozen=True, kw_only=True, tag="start_automation"):
    """The contact enters another automation, with the properties of this run's event."""

    automation: Number


class End(Step, frozen=True, kw_only=True, tag="end"):
    """Ends the run."""

    reason: Annotated[str, Meta(max_length=200)] = ""


AnyStep = (
    SendEmail
    | Wait
    | WaitUntil
    | WaitFor
    | Branch
    | Split
    | SetProperty
    | AddToList
    | RemoveFromList
    | CallWebhook
    | StartAutomation
    | End
)


class Definition(DefinitionPart, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=200, extra={"printable": True})]
    trigger: Trigger
    steps: Annotated[tuple[AnyStep, ...], Meta(min_length=1, max_length=STEPS_MAX)]
    when: Condition | None = None  # who may enter
    enrollment: Enrollment = Enrollment.ONCE
    zone: Zone = "UTC"  # of contacts without one
    goal: Goal | None = None

    def step(self, step_id: str) -> AnyStep:
        return next(step for step in self.steps if step.id == step_id)

    def after(self, step: AnyStep) -> str:
        """Returns the id of the step after this one, or END."""
        if isinstance(step, End):
            return END
        if step.next:
            return step.next
        at = self.steps.index(step) + 1
        return self.steps[at].id if at < len(self.steps) else END

    def targets(self, step: AnyStep) -> tuple[str, ...]:
        """Returns where each way out of a step leads. `AutomationWords.of_ways` has their labels."""
        onward = self.after(step)
        match step:
            case Branch():
                return (*(case.next for case in step.cases), onward)
            case Split():
                return tuple(share.next for share in step.shares)
            case WaitFor():
                return (onward, step.timed_out or onward)
        return () if isinstance(step, End) else (onward,)
