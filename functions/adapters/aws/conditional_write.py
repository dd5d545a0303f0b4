"""Writes that are done only if their conditions hold: the one place that reads how DynamoDB refuses one, by itself or in a transaction."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from functions.adapters.aws import waiting
from functions.adapters.aws.errors import AwsError
from functions.core.errors import Retry

_REFUSED = "ConditionalCheckFailedException"
_CONFLICT = "TransactionConflictException"  # a transaction holds the item: the client does not repeat this one
_CANCELLED = "TransactionCanceledException"
_REFUSED_REASON = "ConditionalCheckFailed"
_PASSING_REASONS = frozenset(
    {
        "TransactionConflict",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
        "None",  # nothing refused this item's write
    }
)
TRIES = 5
BACKOFF_SECONDS = 0.02  # before the second attempt, and twice as much before each further one


def conditional_write(write: Callable[..., Any], **request: Any) -> dict[str, Any] | None:
    """Returns DynamoDB's answer to `client.put_item` and its like, or None if the condition does not hold: then nothing was written.
    Raises Retry if other writers' transactions hold the item at every attempt.
    """
    return _attempts(write, request)


def transaction(write: Callable[..., Any], **request: Any) -> bool:
    """Calls `client.transact_write_items`. Returns False if a condition does not hold: then nothing was written. Raises Retry if other
    writers or a throttle prevent it at every attempt.
    """
    return _attempts(write, request) is not None


def _attempts(write: Callable[..., Any], request: dict[str, Any]) -> dict[str, Any] | None:
    for attempt in range(TRIES):
        try:
            answer: dict[str, Any] = write(**request)
        except AwsError as error:
            if error.code == _REFUSED or _REFUSED_REASON in _reasons(error):
                return None
            if not _passes(error):
                raise
            if attempt == TRIES - 1:
                raise Retry("other writers change the same items") from error
            waiting.sleep(BACKOFF_SECONDS * 2**attempt * random.uniform(0.5, 1))  # noqa: S311 - spreads load, hides nothing
        else:
            return answer
    raise AssertionError("the last attempt returns or raises")


def _passes(error: AwsError) -> bool:
    """Returns whether another attempt may succeed: nothing but contention or a throttle stopped this one."""
    reasons = _reasons(error)
    return error.code == _CONFLICT or (bool(reasons - {"None"}) and reasons <= _PASSING_REASONS)


def _reasons(error: AwsError) -> set[str]:
    if error.code != _CANCELLED:
        return set()
    return {reason.get("Code") or "None" for reason in error.response.get("CancellationReasons") or []}
