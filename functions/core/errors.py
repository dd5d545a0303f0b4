"""Errors, classed by what the caller of a step does next.

StaffettaError
├── Rejected                 report it to the caller: the request is wrong, nothing was accepted
│   ├── NotFound             report it to the caller: the object does not exist
│   ├── Conflict             report it to the caller: the current state does not allow it
│   └── Forbidden            report it to the caller: the actor lacks a scope
├── Retry                    leave it on the queue: it may succeed later
│   ├── Deferred             ... without counting as an attempt
│   │   ├── Throttled        SES accepts no mail just now: a throttle is never a failure
│   │   └── Leased           another worker has it, or had it and its outcome is still open
│   └── OutcomeUnknown       ... and the claim stays: SES may have sent it, its Send event will show
├── ContentRefused           set it apart: a service refuses what it contains, and always will
└── PermanentFailure         mark it failed with this result: a retry cannot help
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from functions.core.outcomes import SendResult

ERRORS_MAX = 100  # in one response


class StaffettaError(Exception):
    pass


class FieldError(Struct, frozen=True):
    """One error of a request: its place, what is wrong, and what is valid."""

    field: str  # the field's path in the request, as the caller wrote it: `message.to`
    message: str
    code: str = "INVALID_VALUE"
    line: int | None = None  # of the source that the field holds, from 1
    column: int | None = None  # from 1

    def __str__(self) -> str:
        place = f", line {self.line}, column {self.column}" if self.line else ""
        return f"{self.field}{place}: {self.message}"


def abridged(errors: Sequence[FieldError]) -> list[FieldError]:
    """Returns the first errors, and one that counts the others."""
    return [*errors[:ERRORS_MAX], *more(len(errors) - ERRORS_MAX, errors[0].field)] if errors else []


def more(count: int, field: str) -> list[FieldError]:
    return [FieldError(field, f"and {count:,} more", "MORE")] if count > 0 else []


class Rejected(StaffettaError):
    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(map(str, abridged(self.errors))))


class NotFound(StaffettaError):
    pass


class Conflict(StaffettaError):
    pass


class Forbidden(StaffettaError):
    """`required`: the scopes of which one is enough."""

    def __init__(self, required: Sequence[str]) -> None:
        self.required = tuple(required)
        super().__init__(f"this operation needs the scope {' or '.join(required)}")


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


class ContentRefused(StaffettaError):
    pass


class PermanentFailure(StaffettaError):
    def __init__(self, result: SendResult, reason: str) -> None:
        self.result = result
        self.reason = reason
        super().__init__(f"{result}: {reason}")
