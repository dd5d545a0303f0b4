"""What the automations' queue has: something happened to a contact, or a run is due.

A job has the time of its cause, since it may wait longer than a person's contact exists. One of an earlier version may have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct, field

from functions.core.automations.definition import Engagement
from functions.core.automations.rules import Arrival

PROPERTIES_OCTETS_MAX = 64_000  # of an event, as JSON: a run's item has them, and its history


class EventHappened(Struct, frozen=True, kw_only=True, tag="event"):
    """A custom event. Events with the same id are one."""

    id: str
    name: str
    contact: str  # address
    at: str
    properties: Mapping[str, Any] = field(default_factory=dict)


class BusEventHappened(Struct, frozen=True, kw_only=True, tag="bus"):
    """An event of the stage's EventBridge bus, as it came."""

    event: Mapping[str, Any]


class ContactChanged(Struct, frozen=True, kw_only=True, tag="contact"):
    id: str
    contact: str
    at: str = ""  # the latest change of the contact
    created: bool = False
    changed: Mapping[str, str] = field(default_factory=dict)  # new values by property
    moved: bool = False  # the person had them at another address: their dates count here now, and nothing else happened


class ContactMerged(Struct, frozen=True, kw_only=True, tag="merged"):
    """The person has another address now, or had two contacts."""

    contact: str
    into: str
    position: str = ""  # up to which its runs were moved


class ListJoined(Struct, frozen=True, kw_only=True, tag="list"):
    contact: str
    list: int
    at: str


class MailHappened(Struct, frozen=True, kw_only=True, tag="mail"):
    """What happened to a mail. `was` is None when SES took it."""

    id: str
    contact: str
    email_id: int
    message: str  # status id
    at: str = ""  # when the mail was accepted
    automated: bool = False  # an automation sent it
    was: Engagement | None = None


class Arrived(Struct, frozen=True, kw_only=True, tag="arrived"):
    """The next page of the runs that something which happened to a contact may let go on."""

    contact: str
    arrival: Arrival
    position: str = ""
    moved: bool = False  # the contact is another address of a person


class RunDue(Struct, frozen=True, kw_only=True, tag="due"):
    contact: str
    part: str
    at: str  # when its wait ends


class Entry(Struct, frozen=True, kw_only=True, tag="entry"):
    """A contact enters one automation: another one started it."""

    id: str
    automation: int
    contact: str
    at: str = ""  # when the run that starts it was entered
    properties: Mapping[str, Any] = field(default_factory=dict)


class StopRuns(Struct, frozen=True, kw_only=True, tag="stop"):
    """Stops the runs of an automation, a page at a time."""

    automation: int
    reason: str
    position: str = ""


class ScanDates(Struct, frozen=True, kw_only=True, tag="dates"):
    """Lets every contact that has the date of an automation's trigger enter it, a page at a time."""

    automation: int
    version: int
    position: str = ""


Job = (
    EventHappened
    | BusEventHappened
    | ContactChanged
    | ContactMerged
    | ListJoined
    | MailHappened
    | Arrived
    | RunDue
    | Entry
    | StopRuns
    | ScanDates
)


def octets(properties: Mapping[str, Any]) -> int:
    """Returns how much of an event's room its properties take."""
    return len(msgspec.json.encode(properties))
