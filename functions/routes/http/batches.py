"""Operations that change several objects one after the other: the audit log also has the changes before an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

Input = TypeVar("Input")
Result = TypeVar("Result")
Answer = TypeVar("Answer")


class PartlyDoneError(Exception):
    """Some changes were made, and then `error` came. `answer` is what the operation would return for those changes."""

    def __init__(self, answer: Any, error: Exception) -> None:
        self.answer = answer
        self.error = error
        super().__init__(str(error))


def each(
    inputs: Iterable[Input], change: Callable[[Input], Result], answer: Callable[[Sequence[Result]], Answer]
) -> Answer:
    """Returns the answer for the results of all inputs. Raises PartlyDoneError if a change raises."""
    results: list[Result] = []
    try:
        for one in inputs:
            results.append(change(one))  # noqa: PERF401 - those before an error count
    except Exception as error:
        raise PartlyDoneError(answer(results), error) from error
    return answer(results)
