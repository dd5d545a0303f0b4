"""Errors, classed by what the caller of a step does next.

StaffettaError
├── Rejected                 tell the caller: the request itself is wrong, nothing was accepted
│   ├── NotFound             tell the caller: there is no such thing
│   └── Conflict             tell the caller: what there is does not allow it (any more)
├── Retry                    leave it on the queue: it may succeed later
│   ├── Wait                 ... without using up one of its tries
│   │   ├── Throttled        SES takes no more just now: a throttle is never a failure
│   │   └── Held             another worker has it, or had it and its outcome is not known yet
│   └── OutcomeUnknown       ... and the claim stays: SES may have sent it, its Send event will tell
└── GiveUp                   mark it failed with this result: trying again cannot help
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from functions.core.outcomes import SendResult

FAULTS_MAX = 100  # told at once


class StaffettaError(Exception):
    pass


class Fault(Struct, frozen=True):
    """One thing wrong with a request: where, what, and what would be right."""

    where: str  # the field's path in the request, as the caller wrote it: `message.to`
    message: str
    code: str = "INVALID_VALUE"
    line: int | None = None  # of the source that the field holds, from 1
    column: int | None = None  # from 1

    def __str__(self) -> str:
        place = f", line {self.line}, column {self.column}" if self.line else ""
        return f"{self.where}{place}: {self.message}"


def abridged(faults: Sequence[Fault]) -> list[Fault]:
    """As many as somebody reads, and how many more there are."""
    return [*faults[:FAULTS_MAX], *more(len(faults) - FAULTS_MAX, faults[0].where)] if faults else []


def more(count: int, where: str) -> list[Fault]:
    return [Fault(where, f"and {count:,} more", "MORE")] if count > 0 else []


class Rejected(StaffettaError):
    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, abridged(self.faults))))


class NotFound(StaffettaError):
    pass


class Conflict(StaffettaError):
    pass


class Retry(StaffettaError):
    def __init__(self, reason: str, after_seconds: int = 0) -> None:
        self.after_seconds = after_seconds
        super().__init__(reason)


class Wait(Retry):
    pass


class Throttled(Wait):
    pass


class Held(Wait):
    pass


class OutcomeUnknown(Retry):
    pass


class GiveUp(StaffettaError):
    def __init__(self, result: SendResult, reason: str) -> None:
        self.result = result
        self.reason = reason
        super().__init__(f"{result}: {reason}")
