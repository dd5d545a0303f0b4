"""A run: one contact on its way through one version of an automation. It is stored as one item."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from functions.core.automations.definition import Engagement

HISTORY_MAX = 200  # entries; the oldest go first
NOTE_OCTETS_MAX = 500  # of an entry: a note may have the reasons why a mail was refused, and a run is one item


class RunStatus(StrEnum):
    WAITING = "WAITING"
    ENDED = "ENDED"
    STOPPED = "STOPPED"  # by a person, an erasure, or since its automation was stopped
    FAILED = "FAILED"


class RunRecord(Struct, frozen=True, array_like=True):
    """What a run did at one of its steps, in words for people."""

    at: str
    step: str  # empty: its entry or its end
    note: str


class Run(Struct, frozen=True, kw_only=True):
    """Times are ISO-8601 text."""

    id: str
    automation: int
    version: int  # of the definition, which a later publish does not change
    contact: str  # address
    entered_at: str
    status: RunStatus = RunStatus.WAITING
    step: str = ""  # the current one; empty: before the first step
    due_at: str | None = None  # the end of its wait
    event_id: str = ""  # of the event that started it
    event: Mapping[str, Any] = field(default_factory=dict)  # that event's properties
    messages: Mapping[str, str] = field(
        default_factory=dict
    )  # status ids by the step that sent; "": the trigger's mail
    engagements: Mapping[str, tuple[Engagement, ...]] = field(
        default_factory=dict
    )  # what happened to these mails, as far as a step reads it: a wait may outlast the message
    passes: int = 0  # steps so far: a bound, and part of each step's id
    history: tuple[RunRecord, ...] = ()
    ended_at: str = ""
    moved_to: str = ""  # the address at which it goes on
    change: int = 0  # counts the stored changes

    @property
    def is_active(self) -> bool:
        return self.status is RunStatus.WAITING

    def step_id(self) -> str:
        """Returns the id of what the run does now. A repeat of the same step in the same pass has the same id, so it does nothing twice."""
        return f"automation-{self.id}-{self.passes}"


def run_id(automation: int, contact: str, entry: str = "") -> str:
    """Returns the id of a contact's run. `entry` names what may make another run: an event's id, or a date."""
    return hashlib.sha256("\x00".join((str(automation), contact.lower(), entry)).encode()).hexdigest()[:32]


def current_part(automation: int) -> str:
    """Returns the key, among a contact's runs, of the one run that a contact may have at a time."""
    return f"{automation:010}#current"


def part_of(automation: int, run_id: str) -> str:
    """Returns the key of one of several runs, or of a run that a later one replaced."""
    return f"{automation:010}#{run_id}"
