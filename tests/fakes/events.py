"""SES's events, as they came."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from functions.core import timestamps
from functions.core.events.recording_progress import RecordingProgress
from functions.ports.events import ArchiveFolder, RawEvent


@dataclass
class MemoryEventArchive:
    stored: dict[int, list[RawEvent]] = field(default_factory=dict)

    def append(self, batch: Sequence[RawEvent]) -> None:
        self.stored[hash(frozenset(batch))] = list(batch)

    def between(self, since: str, until: str, shelf: ArchiveFolder = ArchiveFolder.EVENTS) -> Iterator[Any]:
        events = sorted((event for batch in self.stored.values() for event in batch), key=lambda event: event.at)
        for event in events:
            if event.shelf is shelf and since <= timestamps.hour(event.at) <= until:
                yield _decoded(event.text)

    def batches(self, after: str = "") -> Iterator[str]:
        return (name for name in map("{:06}".format, range(len(self.stored))) if name > after)

    def redact(self, batch: str, change: Callable[[Any], Any | None]) -> int:
        key = list(self.stored)[int(batch)]
        before = [event for event in self.stored[key] if event.shelf is ArchiveFolder.EVENTS]
        after = {event: change(_decoded(event.text)) for event in before}
        others = [event for event in self.stored[key] if event.shelf is not ArchiveFolder.EVENTS]
        left = [replace(event, text=json.dumps(new)) for event, new in after.items() if new is not None]
        changed = [event for event, new in after.items() if new != _decoded(event.text)]
        if changed:
            self.stored[key] = [*others, *left]
        return len(changed)


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


@dataclass
class MemoryEventsQueue:
    waiting: int = 0
    dead: int = 0

    def is_empty(self) -> bool:
        return not self.waiting

    def has_dead_letters(self) -> bool:
        return self.dead > 0


@dataclass
class MemoryRecordingProgress:
    read_at: float | None = None
    since: float | None = None

    def get(self) -> RecordingProgress | None:
        return None if self.read_at is None or self.since is None else RecordingProgress(self.read_at, self.since)

    def in_time(self, now: float, *, resumed_before: float) -> None:
        if self.read_at is None or self.since is None or self.read_at <= resumed_before:
            self.since = now
        self.read_at = now

    def late(self, now: float) -> None:
        self.since = now
