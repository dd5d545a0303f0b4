"""Broadcasts, their pages, files and queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from functions.core.broadcasts.broadcast import Broadcast, BroadcastPage, PageState, Progress, Recipient
from functions.core.broadcasts.check import BroadcastCheck
from functions.core.broadcasts.jobs import Job
from functions.core.errors import NotFound, Retry
from functions.ports.broadcasts import DueBroadcast


@dataclass
class MemoryBroadcasts:
    stored: dict[str, Broadcast] = field(default_factory=dict)
    checks: dict[str, BroadcastCheck] = field(default_factory=dict)
    moments: set[DueBroadcast] = field(default_factory=set)

    def get(self, broadcast_id: str) -> Broadcast | None:
        return self.stored.get(broadcast_id)

    def all(self) -> Sequence[Broadcast]:
        return sorted(self.stored.values(), key=lambda one: one.created_at, reverse=True)

    def create(self, broadcast: Broadcast) -> bool:
        if broadcast.id in self.stored:
            return False
        self.stored[broadcast.id] = replace(broadcast, version=1)
        return True

    def edit(self, broadcast_id: str, change: Callable[[Broadcast], Broadcast]) -> Broadcast:
        before = self.stored.get(broadcast_id)
        if before is None:
            raise NotFound(f"there is no broadcast {broadcast_id!r}")
        after = change(before)
        self.stored[broadcast_id] = after if after == before else replace(after, version=before.version + 1)
        return self.stored[broadcast_id]

    def check(self, broadcast_id: str) -> BroadcastCheck | None:
        return self.checks.get(broadcast_id)

    def save_check(self, broadcast_id: str, check: BroadcastCheck) -> None:
        self.checks[broadcast_id] = check

    def update_check(self, broadcast_id: str, check: BroadcastCheck) -> bool:
        stored = self.checks.get(broadcast_id)
        if stored is None or (stored.number, stored.change) != (check.number, check.change):
            return False
        self.checks[broadcast_id] = replace(check, change=check.change + 1)
        return True

    def add_due(self, due: DueBroadcast) -> None:
        self.moments.add(due)

    def due(self, until: str) -> Sequence[DueBroadcast]:
        return sorted(one for one in self.moments if one.due_at <= until)

    def remove_due(self, due: DueBroadcast) -> None:
        self.moments.discard(due)


@dataclass
class MemoryBroadcastPages:
    stored: dict[tuple[str, int], BroadcastPage] = field(default_factory=dict)
    sums: dict[str, Progress] = field(default_factory=dict)

    def put(self, broadcast_id: str, page: BroadcastPage) -> None:
        before = self.stored.get((broadcast_id, page.number))
        written = replace(before, recipients=page.recipients, due_at=page.due_at or before.due_at) if before else page
        self.stored[broadcast_id, page.number] = written

    def get(self, broadcast_id: str, number: int) -> BroadcastPage | None:
        return self.stored.get((broadcast_id, number))

    def all(self, broadcast_id: str) -> Iterator[BroadcastPage]:
        return iter(
            [page for (of, _), page in sorted(self.stored.items(), key=lambda one: one[0]) if of == broadcast_id]
        )

    def progress(self, broadcast_id: str) -> Progress:
        return self.sums.get(broadcast_id, Progress())

    def hand(self, broadcast_id: str, page: BroadcastPage, handed: int, since: str, until: str) -> None:
        stored = self.stored[broadcast_id, page.number]
        if handed <= page.handed or stored.handed != page.handed:
            return
        first_at = stored.first_at or since
        self.stored[broadcast_id, page.number] = replace(stored, handed=handed, first_at=first_at, last_at=until)
        sums = self.progress(broadcast_id)
        self.sums[broadcast_id] = replace(sums, handed=sums.handed + handed - page.handed)

    def finish(
        self, broadcast_id: str, page: BroadcastPage, outcomes: Mapping[str, int], since: str, until: str
    ) -> None:
        if page.state is PageState.DONE and page.outcomes == outcomes:
            return
        stored, sums = self.stored[broadcast_id, page.number], self.progress(broadcast_id)
        if (stored.state, stored.handed, stored.version) != (page.state, page.handed, page.version):
            raise Retry("another worker changes the page")
        self.stored[broadcast_id, page.number] = replace(
            stored,
            state=PageState.DONE,
            handed=stored.recipients,
            outcomes=dict(outcomes),
            first_at=since,
            last_at=until,
            version=stored.version + 1,
        )
        counted = Counter(sums.outcomes)
        counted.update(page.uncounted(outcomes))
        self.sums[broadcast_id] = Progress(
            pages_done=sums.pages_done + (page.state is not PageState.DONE),
            handed=sums.handed + stored.recipients - stored.handed,
            outcomes=dict(+counted),
        )

    def invalidate(self, broadcast_id: str, number: int) -> bool:
        stored = self.stored.get((broadcast_id, number))
        if stored is None or stored.state is PageState.DONE:
            return False
        self.stored[broadcast_id, number] = replace(stored, version=stored.version + 1)
        return True


@dataclass
class MemoryBroadcastFiles:
    pages: dict[tuple[str, int], list[Recipient]] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)

    def write_page(self, broadcast_id: str, number: int, recipients: Sequence[Recipient]) -> None:
        self.pages[broadcast_id, number] = list(recipients)

    def read_page(self, broadcast_id: str, number: int) -> list[Recipient]:
        return self.pages[broadcast_id, number]

    def read_upload(self, upload_id: str, offset: int) -> Iterator[bytes]:
        octets = self.uploads[upload_id]
        return (octets[at : at + 100] for at in range(offset, len(octets), 100))


@dataclass
class MemoryBroadcastQueue:
    waiting: list[tuple[Job, int]] = field(default_factory=list)  # with its delay in seconds
    dead_letters: list[tuple[Job, str]] = field(default_factory=list)

    def enqueue(self, *jobs: Job, delay_seconds: int = 0) -> None:
        self.waiting += [(job, delay_seconds) for job in jobs]

    def dead_letter(self, job: Job, reason: str) -> None:
        self.dead_letters.append((job, reason))
