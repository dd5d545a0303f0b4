"""Report that a person edits an email, and read who else does. Nothing is locked: a stale version is what refuses a change."""

from __future__ import annotations

from msgspec import Struct

from functions.core.access.actor import Actor
from functions.core.access.scopes import CONTENT
from functions.core.emails.presence import OpenEditor, others
from functions.ports import Clock
from functions.ports.emails import Presence


class ReportPresence(Struct, frozen=True):
    """The step with its dependencies."""

    presence: Presence
    clock: Clock

    def __call__(self, email_id: int, by: Actor, tab: str) -> list[OpenEditor]:
        """Returns the other editors."""
        by.require(CONTENT)
        now = int(self.clock())
        self.presence.report(email_id, OpenEditor(by.name, tab, now))
        return others(self.presence.editing(email_id), by.name, tab, now)
