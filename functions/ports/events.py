"""What SES told, as it came."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct


class ArchiveFolder(StrEnum):
    """Where an event of SES is kept, by what we made of it."""

    EVENTS = "events"  # of mail that we know of
    FOREIGN = "foreign"  # of somebody else's mail
    UNREADABLE = "unreadable"  # not an event as we know them


class RawEvent(Struct, frozen=True):
    """`text` is what SES published, `at` the instant (ISO-8601) when it came to our queue."""

    text: str
    at: str
    shelf: ArchiveFolder = ArchiveFolder.EVENTS


class EventArchive(Protocol):
    """Every event that SES published, as it came, for as long as the deployment's setting says."""

    def append(self, batch: Sequence[RawEvent]) -> None:
        """All of them, or an exception. The same batch again changes nothing; an event that comes in another batch is kept twice."""

    def between(self, since: str, until: str, shelf: ArchiveFolder = ArchiveFolder.EVENTS) -> Iterator[Any]:
        """The decoded events that came in the hours between two, both included ("2026-11-23T15"), by hour. What is not JSON is a text."""


class RedactableArchive(Protocol):
    """The events that were kept, batch by batch, to change what was kept of a person."""

    def batches(self, after: str = "") -> Iterator[str]:
        """The names of the batches of Shelf.EVENTS in a fixed order, from after one on."""

    def redact(self, batch: str, change: Callable[[Any], Any | None]) -> int:
        """Each event of a batch as `change` makes of it, without those of which it makes None; how many it changed."""
