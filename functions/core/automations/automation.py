"""An automation: its draft, its published versions, and which events concern it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from functions.core.automations import conditions, rules
from functions.core.automations.definition import (
    BusTrigger,
    ContactTrigger,
    DateTrigger,
    Definition,
    EmailTrigger,
    Engagement,
    Enrollment,
    EventTrigger,
    ListTrigger,
    NotOpenedTrigger,
    PropertyTrigger,
    Trigger,
)
from functions.core.automations.jobs import ContactChanged
from functions.core.contacts.property_definitions import PropertyDefinition

AUTOMATIONS_MAX = 100
VERSIONS_MAX = 1000


class AutomationStatus(StrEnum):
    DRAFT = "DRAFT"  # never published
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"  # no contact enters; the runs inside go on


class Automation(Struct, frozen=True, kw_only=True):
    """Times are ISO-8601 text."""

    id: int
    name: str
    status: AutomationStatus = AutomationStatus.DRAFT
    published_version: int = 0  # 0: none
    trigger: Trigger | None = None  # of the published version, as its enrollment
    enrollment: Enrollment = Enrollment.ONCE
    awaited: tuple[str, ...] = ()  # custom events that a run of any version may wait for
    watches_mail: bool = False  # a run of any version may read what happened to its mail
    created_at: str
    created_by: str
    updated_at: str
    updated_by: str
    published_at: str = ""
    published_by: str = ""
    change: int = 0  # counts the stored changes

    @property
    def is_active(self) -> bool:
        return self.status is AutomationStatus.ACTIVE


class AutomationVersion(Struct, frozen=True, kw_only=True):
    """What was published, as its author wrote it."""

    number: int
    text: str
    at: str
    by: str


def with_published(
    automation: Automation, definition: Definition, properties: Mapping[str, PropertyDefinition]
) -> dict[str, Any]:
    """Returns what a publish changes: the trigger, and the events that runs of this or earlier versions wait for."""
    return {
        "name": definition.name,
        "status": AutomationStatus.ACTIVE,
        "published_version": automation.published_version + 1,
        "trigger": _as_compared(definition.trigger, properties),
        "enrollment": definition.enrollment,
        "awaited": tuple(sorted({*automation.awaited, *rules.awaited_events(definition)})),
        "watches_mail": automation.watches_mail or bool(rules.mails_read(definition)),
    }


def _as_compared(trigger: Trigger, properties: Mapping[str, PropertyDefinition]) -> Trigger:
    """A contact stores texts, so a trigger's value of true or 7 is the text of its property."""
    if not isinstance(trigger, PropertyTrigger) or trigger.value is None:
        return trigger
    return replace(trigger, value=properties[trigger.property].read(conditions.text_of(trigger.value)))


def started_by_event(automations: Collection[Automation], name: str) -> list[Automation]:
    return [one for one in _active(automations) if isinstance(one.trigger, EventTrigger) and one.trigger.event == name]


def started_by_bus(automations: Collection[Automation], source: str, detail_type: str) -> list[Automation]:
    return [
        one
        for one in _active(automations)
        if isinstance(one.trigger, BusTrigger)
        and (one.trigger.source, one.trigger.detail_type) == (source, detail_type)
    ]


def started_by_contact(automations: Collection[Automation], change: ContactChanged) -> list[Automation]:
    """Returns the automations that a change of a contact starts, and the ones that count the days to one of its dates. An empty text clears
    a property.
    """
    return [one for one in _active(automations) if _concerns_contact(one.trigger, change)]


def _concerns_contact(trigger: Trigger | None, change: ContactChanged) -> bool:
    match trigger:
        case ContactTrigger():
            return change.created
        case PropertyTrigger(property=name, value=value):
            return not change.moved and name in change.changed and value in (None, change.changed[name])
        case DateTrigger(property=name):
            return bool(change.changed.get(name))
    return False


def started_by_list(automations: Collection[Automation], list_id: int) -> list[Automation]:
    return [one for one in _active(automations) if isinstance(one.trigger, ListTrigger) and one.trigger.list == list_id]


def started_by_mail(automations: Collection[Automation], email_id: int, was: Engagement | None) -> list[Automation]:
    """`was` is None for a mail that SES took: who does not open it may enter later."""
    return [one for one in _active(automations) if _concerns_mail(one.trigger, email_id, was)]


def _concerns_mail(trigger: Trigger | None, email_id: int, was: Engagement | None) -> bool:
    match trigger:
        case EmailTrigger(email=email, was=awaited):
            return was is not None and (email, awaited) == (email_id, was)
        case NotOpenedTrigger(email=email):
            return was is None and email == email_id
    return False


def _active(automations: Collection[Automation]) -> list[Automation]:
    return [automation for automation in automations if automation.is_active]
