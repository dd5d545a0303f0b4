"""SES's events, as they came but for the secrets of links."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct


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
