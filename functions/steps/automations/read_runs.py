"""Reads runs: of an automation, or of a contact; and how many are at each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from functions.core.access.actor import Actor
from functions.core.access.scopes import CONTACT_DATA, MARKETING_EMAIL
from functions.core.automations.run import Run
from functions.core.errors import NotFound
from functions.ports.automations import RunPage, Runs, StepCounts
from functions.steps.automations.advance_run import AdvanceRun

STOPPING = (MARKETING_EMAIL, CONTACT_DATA)  # either of these scopes


class RunReader(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies."""

    runs: Runs
    counts: StepCounts
    advance: AdvanceRun

    def page(self, automation_id: int, most: int, position: str) -> RunPage:
        return self.runs.inside(automation_id, most, position)

    def of_contact(self, contact: str) -> list[Run]:
        """Returns a contact's runs, the latest first."""
        return sorted(self.runs.of_contact(contact.lower()), key=lambda run: run.entered_at, reverse=True)

    def get(self, contact: str, run_id: str) -> Run:
        """Raises NotFound."""
        run = next((one for one in self.runs.of_contact(contact.lower()) if one.id == run_id), None)
        if run is None:
            raise NotFound(f"{contact} has no run {run_id!r}")
        return run

    def count(self, automation_id: int) -> Mapping[str, int]:
        return self.counts.get(automation_id)

    def stop(self, contact: str, run_id: str, by: Actor) -> Run:
        """Raises Forbidden, NotFound, and Retry if a worker is changing the run."""
        by.require(*STOPPING)
        stopped = self.advance.stop(self.get(contact, run_id), f"stopped by {by.name}")
        self.advance.flush()
        return stopped

    def stop_contact(self, contact: str, by: Actor) -> Iterator[Run]:
        """Stops every active run of a contact, and yields those, each after it is stopped."""
        by.require(*STOPPING)
        try:
            for run in self.of_contact(contact):
                if run.is_active:
                    yield self.advance.stop(run, f"stopped by {by.name}")
        finally:
            self.advance.flush()
