"""How far record has read SES's events. An old claim may be taken again only if no event of its attempt can still wait in the queue.

SQS keeps no order, so reading one event proves nothing about the others. But an event that waits is received again after the queue's
visibility timeout, which is shorter than LATE of the grace period: from then on, each reading of it is late. So after IN_TIME of the grace
period without a late event, no older event waits.
"""

from __future__ import annotations

from msgspec import Struct

LATE, IN_TIME = 1 / 3, 2 / 3  # parts of the grace period


class RecordingProgress(Struct, frozen=True):
    """Seconds since the epoch. A late event begins a new period, and so does a pause of record."""

    read_at: float  # when record last read events in time
    in_time_since: float  # since when record has read every event in time


def is_late(sent_at: float, now: float, grace_seconds: int) -> bool:
    """Returns whether an event that is read now has waited for too long."""
    return now - sent_at > grace_seconds * LATE


def resumed_before(now: float, grace_seconds: int) -> float:
    """Returns the latest reading after which record has paused: it was dead, or nothing came."""
    return now - grace_seconds * LATE


def is_current(progress: RecordingProgress | None, now: float, grace_seconds: int) -> bool:
    """Returns whether every event that is older than the grace period has surely been read."""
    return (
        progress is not None
        and progress.read_at > resumed_before(now, grace_seconds)
        and progress.in_time_since <= now - grace_seconds * IN_TIME
    )
