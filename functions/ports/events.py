"""SES's events, as they came but for the secrets of links."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from functions.core.events.recording_progress import RecordingProgress


class ArchiveFolder(StrEnum):
    """The part of the archive that an event is stored in."""

    EVENTS = "events"  # of our mail
    FOREIGN = "foreign"  # of mail that the account sent without us
    UNREADABLE = "unreadable"  # no SES event that we can parse


class RawEvent(Struct, frozen=True):
    """`text` is what SES published, without secrets, `at` the instant (ISO-8601) when it came to our queue."""

    text: str
    at: str
    shelf: ArchiveFolder = ArchiveFolder.EVENTS


class EventArchive(Protocol):
    """Every event that SES published, as it came, for the archive days of the deployment."""

    def append(self, batch: Sequence[RawEvent]) -> None:
        """Stores all of them, or raises. The same batch again changes nothing; an event that comes in another batch is stored twice."""

    def between(self, since: str, until: str, shelf: ArchiveFolder = ArchiveFolder.EVENTS) -> Iterator[Any]:
        """Reads the decoded events that came between two hours ("2026-11-23T15"), both included, by hour. An event that is no JSON is a string."""

    def batches(self, after: str = "") -> Iterator[str]:
        """Lists the names of the batches of ArchiveFolder.EVENTS in a fixed order, starting after one."""

    def redact(self, batch: str, change: Callable[[Any], Any | None]) -> int:
        """Replaces each event of a batch by the result of `change`, or deletes it for a result of None. Returns how many events changed."""


class EventsQueue(Protocol):
    """The queue from which record reads. SQS's counts are approximate."""

    def is_empty(self) -> bool:
        """Whether no event waits or is being recorded."""

    def has_dead_letters(self) -> bool:
        """Whether events could not be recorded, and wait for an operator."""


class RecordingProgressStore(Protocol):
    """The one progress that all workers of record share."""

    def get(self) -> RecordingProgress | None:
        """Returns None before the first event."""

    def in_time(self, now: float, *, resumed_before: float) -> None:
        """Stores a reading without a late event. If the reading before it was at `resumed_before` or earlier, a new period begins."""

    def late(self, now: float) -> None:
        """Begins a new period: a late event was read."""


EventsRecorded = Callable[[], bool]  # whether every event that is older than the grace period is recorded
