"""Collects every error of a request, so that the caller gets all of them in one response."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from functions.core.errors import FieldError, Rejected

Value = TypeVar("Value")
Read = TypeVar("Read")


class FieldErrors:
    def __init__(self, subject: str = "request") -> None:
        self.subject = subject  # what is read, in messages
        self.errors: list[FieldError] = []

    def add(self, where: str, message: str, code: str = "INVALID_VALUE") -> None:
        self.errors.append(FieldError(where, message, code))

    def extend(self, errors: Iterable[FieldError]) -> None:
        self.errors += errors

    def parse(
        self, where: str, read: Callable[[Value], Read], value: Value | None, code: str = "INVALID_VALUE"
    ) -> Read | None:
        """Returns the result of `read`. Reports the message of its ValueError, and then returns None, as it does for None."""
        if value is None:
            return None
        try:
            return read(value)
        except ValueError as error:
            self.add(where, str(error), code)
            return None

    def any_in(self, where: str) -> bool:
        """Whether a field of the object at the path `where` has an error: a rule that compares its fields cannot be checked then."""
        return any(error.field.startswith(f"{where}.") for error in self.errors)

    def check(self) -> None:
        """Raises Rejected with every error."""
        if self.errors:
            raise Rejected(self.errors)
