"""A write that is done only where its condition holds: the one place that knows how DynamoDB says no to a single one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functions.adapters.aws.errors import AwsError

_REFUSED = "ConditionalCheckFailedException"


def conditional_write(write: Callable[..., Any], **request: Any) -> dict[str, Any] | None:
    """DynamoDB's answer to `client.put_item` and its kin; None where the condition said no, and nothing was written."""
    try:
        answer: dict[str, Any] = write(**request)
    except AwsError as error:
        if error.code == _REFUSED:
            return None
        raise
    return answer
