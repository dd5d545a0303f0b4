"""How a call to AWS can fail, with either client.

AwsError      AWS answered with an error code
ConnectError  no connection: AWS surely did not receive the call
ReadTimeout   the call was sent and no answer came: AWS may have executed it, or not
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

_SERVER_ERROR = 500
_THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
# S3's for a missing object: a 403 without the permission to list the bucket, a 412 for another version.
NOT_THERE = frozenset({"403", "404", "AccessDenied", "NoSuchKey", "412", "PreconditionFailed"})


class AwsError(Exception):
    """An error answer. `response` has the SDK's shape: {"Error": {"Code", "Message"}, ...the rest of the answer}."""

    def __init__(self, response: Mapping[str, Any], operation: str) -> None:
        self.response = response
        self.code: str = response["Error"]["Code"]
        super().__init__(f"{operation}: {self.code}: {response['Error'].get('Message', '')}")


class ConnectError(Exception):
    pass


class ReadTimeout(Exception):
    pass


def is_transient(error: Exception) -> bool:
    """Returns whether AWS may accept the same call later."""
    if not isinstance(error, AwsError):
        return isinstance(error, (ConnectError, ReadTimeout))
    return error.code in _THROTTLES or error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR


@functools.cache
def error_class(code: str) -> type[AwsError]:
    """Returns the subclass of AwsError for a code, so that callers can catch it."""
    return type(code, (AwsError,), {})


class Exceptions:
    """Has the SDK's names: `client.exceptions.ResourceNotFoundException`."""

    def __getattr__(self, code: str) -> type[AwsError]:
        return error_class(code)
