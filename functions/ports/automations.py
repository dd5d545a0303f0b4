"""Automations, the runs of their contacts, and the queue of what happened."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from functions.core.automations.automation import Automation, AutomationVersion
    from functions.core.automations.jobs import Job, RunDue
    from functions.core.automations.run import Run


class Automations(Protocol):
    def get(self, automation_id: int) -> Automation | None: ...

    def all(self) -> list[Automation]:
        """Returns all automations by id."""

    def next_id(self, least: int) -> int:
        """Returns an id that no automation has or had. The first one is `least`."""

    def save(self, automation: Automation) -> Automation | None:
        """Returns the automation as stored, or None on a conflict: it was changed or deleted, or the id is taken."""

    def delete(self, automation: Automation) -> bool:
        """Deletes it with its draft and versions. Returns False on a conflict."""

    def draft(self, automation_id: int) -> str: ...

    def save_draft(self, automation_id: int, text: str) -> None: ...

    def version(self, automation_id: int, number: int) -> AutomationVersion | None:
        """A version never changes."""

    def versions(self, automation_id: int) -> list[AutomationVersion]:
        """Returns all versions, the latest first."""

    def add_version(self, automation_id: int, version: AutomationVersion) -> bool:
        """Returns False if the number is taken."""


class RunPage(Struct, frozen=True):
    runs: Sequence[Run]
    position: str  # empty: the last page


class Runs(Protocol):
    """The runs of contacts. A run that has ended is stored for a time."""

    def get(self, contact: str, part: str) -> Run | None: ...

    def of_contact(self, contact: str) -> list[Run]: ...

    def page_of_contact(self, contact: str, most: int, position: str = "") -> RunPage:
        """Returns runs of a contact, active or not."""

    def create(self, run: Run, part: str) -> bool:
        """Returns False if the contact has a run there."""

    def save(self, run: Run, part: str) -> bool:
        """Returns False on a conflict: it was changed since it was read."""

    def due(self, hour: str, until: str) -> Iterator[RunDue]:
        """Yields the waiting runs whose waits end in an hour (`2026-11-29T12`), and by `until`."""

    def overdue(self, until: str) -> Iterator[RunDue]:
        """Yields all waiting runs whose waits end by `until`, by reading the whole index."""

    def inside(self, automation_id: int, most: int, position: str = "") -> RunPage:
        """Returns runs of an automation, active or not, in no order."""

    def erase(self, contact: str) -> int:
        """Deletes every run of a contact and returns how many there were."""

    def count_entry(self, contact: str, automation_id: int, until: int) -> int:
        """Counts an entry until a time. Returns the count with this one."""


class StepCounts(Protocol):
    """How many runs entered, passed each step, and ended how."""

    def add(self, automation_id: int, counted: Mapping[str, int]) -> None: ...

    def get(self, automation_id: int) -> Mapping[str, int]: ...


class AutomationQueue(Protocol):
    def put(self, jobs: Collection[Job], *, delay_seconds: int = 0) -> None:
        """Queues all jobs. Raises ContentRefused if SQS refuses a job, or Retry: some jobs may be queued then."""

    def put_later(self, delayed: Collection[tuple[Job, int]]) -> None:
        """Queues each job with its own delay in seconds. Raises as `put` does."""
