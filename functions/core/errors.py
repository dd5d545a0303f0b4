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
└── PermanentFailure                   mark it failed with this result: trying again cannot help
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from functions.core.outcomes import SendResult

ERRORS_MAX = 100  # told at once


class StaffettaError(Exception):
    pass


class FieldError(Struct, frozen=True):
    """One thing wrong with a request: where, what, and what would be right."""

    field: str  # the field's path in the request, as the caller wrote it: `message.to`
    message: str
    code: str = "INVALID_VALUE"
    line: int | None = None  # of the source that the field holds, from 1
    column: int | None = None  # from 1

    def __str__(self) -> str:
        place = f", line {self.line}, column {self.column}" if self.line else ""
        return f"{self.field}{place}: {self.message}"


def abridged(faults: Sequence[FieldError]) -> list[FieldError]:
    """As many as somebody reads, and how many more there are."""
    return [*faults[:ERRORS_MAX], *more(len(faults) - ERRORS_MAX, faults[0].field)] if faults else []


def more(count: int, where: str) -> list[FieldError]:
    return [FieldError(where, f"and {count:,} more", "MORE")] if count > 0 else []


class Rejected(StaffettaError):
    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(map(str, abridged(self.errors))))


class NotFound(StaffettaError):
    pass


class Conflict(StaffettaError):
    pass


class Retry(StaffettaError):
    def __init__(self, reason: str, after_seconds: int = 0) -> None:
        self.after_seconds = after_seconds
        super().__init__(reason)


class Deferred(Retry):
    pass


class Throttled(Deferred):
    pass


class Leased(Deferred):
    pass


class OutcomeUnknown(Retry):
    pass


class PermanentFailure(StaffettaError):
    def __init__(self, result: SendResult, reason: str) -> None:
        self.result = result
        self.reason = reason
        super().__init__(f"{result}: {reason}")
