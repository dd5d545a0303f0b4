"""Broadcasts, their pages, and the files and the queue behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from functions.core.broadcasts.broadcast import Broadcast, BroadcastPage, Progress, Recipient
    from functions.core.broadcasts.check import BroadcastCheck
    from functions.core.broadcasts.jobs import Job


class DueBroadcast(Struct, frozen=True, order=True):
    """A moment at which a broadcast, or its pages of one time zone, begin."""

    due_at: str
    broadcast_id: str


class Broadcasts(Protocol):
    """Broadcasts by id. Writes of one broadcast by several actors all apply."""

    def get(self, broadcast_id: str) -> Broadcast | None: ...

    def all(self) -> Sequence[Broadcast]:
        """Returns all broadcasts, the newest first."""

    def create(self, broadcast: Broadcast) -> bool:
        """Returns False if there is one with its id."""

    def edit(self, broadcast_id: str, change: Callable[[Broadcast], Broadcast]) -> Broadcast:
        """Applies a change, more than once if others change the broadcast. Raises NotFound."""

    def check(self, broadcast_id: str) -> BroadcastCheck | None:
        """Returns the latest check."""

    def save_check(self, broadcast_id: str, check: BroadcastCheck) -> None:
        """Replaces the latest check."""

    def update_check(self, broadcast_id: str, check: BroadcastCheck) -> bool:
        """Stores what a check found. Returns False if it was changed or replaced since it was read."""

    def add_due(self, due: DueBroadcast) -> None:
        """Adding it again changes nothing."""

    def due(self, until: str) -> Sequence[DueBroadcast]:
        """Returns the moments until a time, the earliest first."""

    def remove_due(self, due: DueBroadcast) -> None: ...


class BroadcastPages(Protocol):
    def put(self, broadcast_id: str, page: BroadcastPage) -> None:
        """Stores a page that was written. If it is stored, only its size and time change."""

    def get(self, broadcast_id: str, number: int) -> BroadcastPage | None: ...

    def all(self, broadcast_id: str) -> Iterator[BroadcastPage]:
        """Returns the pages in the order of their numbers."""

    def progress(self, broadcast_id: str) -> Progress: ...

    def hand(self, broadcast_id: str, page: BroadcastPage, handed: int, since: str, until: str) -> None:
        """Stores how many recipients of a page had their turn, and when, unless the page has a larger number."""

    def finish(
        self, broadcast_id: str, page: BroadcastPage, outcomes: Mapping[str, int], since: str, until: str
    ) -> None:
        """Marks a page as done, and adds to the sums what they lack of its outcomes. `since` and `until`: when its first and last message
        was accepted. Raises Retry if the page has changed since it was read.
        """

    def invalidate(self, broadcast_id: str, number: int) -> bool:
        """Lets a worker fail that finishes a page with what it has read so far. Returns False, and changes nothing, if the page is done."""


class BroadcastFiles(Protocol):
    """The recipients of each page, and uploaded files."""

    def write_page(self, broadcast_id: str, number: int, recipients: Sequence[Recipient]) -> None: ...

    def read_page(self, broadcast_id: str, number: int) -> list[Recipient]:
        """Raises LookupError if its time of storage is over."""

    def read_upload(self, upload_id: str, offset: int) -> Iterator[bytes]:
        """Yields an uploaded file from an octet on. Raises LookupError if it does not exist."""


class BroadcastQueue(Protocol):
    def enqueue(self, *jobs: Job, delay_seconds: int = 0) -> None: ...

    def dead_letter(self, job: Job, reason: str) -> None:
        """Comes before the outcome is written, as SendQueue's."""


class BroadcastDeadLetter(Struct, frozen=True):
    job: Job | None  # None: it cannot be read
    reason: str  # empty if SQS itself moved it here
    handle: str


class BroadcastDeadLetters(Protocol):
    """Jobs that could not be done."""

    def batches(self) -> Iterator[Sequence[BroadcastDeadLetter]]:
        """Yields every letter, a few at a time, and hides it from other readers for a quarter of an hour."""

    def peek(self, most: int) -> list[BroadcastDeadLetter]:
        """Returns the first letters, and hides none from other readers."""

    def remove(self, *letters: BroadcastDeadLetter) -> None: ...

    def put_back(self, *letters: BroadcastDeadLetter) -> None: ...
