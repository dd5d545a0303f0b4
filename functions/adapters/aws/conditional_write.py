"""Single writes under a condition. Only this module handles how DynamoDB reports a failed condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functions.adapters.aws.errors import AwsError

_REFUSED = "ConditionalCheckFailedException"


def conditional_write(write: Callable[..., Any], **request: Any) -> dict[str, Any] | None:
    """Calls `client.put_item` or its like. Returns DynamoDB's answer, or None if the condition fails and nothing is written."""
    try:
        answer: dict[str, Any] = write(**request)
    except AwsError as error:
        if error.code == _REFUSED:
            return None
        raise
    return answer
