"""How a call to AWS can fail, whichever client made it.

AwsError      AWS answered, with an error code: the table to look at is AWS's
Unreachable   no connection: AWS has surely not heard the call
Unanswered    the call was on its way and no answer came: AWS may have done it, or not
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any


class AwsError(Exception):
    """AWS's refusal. `response` has the SDK's shape: {"Error": {"Code", "Message"}, ...whatever else the answer says}."""

    def __init__(self, response: Mapping[str, Any], operation: str) -> None:
        self.response = response
        self.code: str = response["Error"]["Code"]
        super().__init__(f"{operation}: {self.code}: {response['Error'].get('Message', '')}")


class ConnectError(Exception):
    pass


class ReadTimeout(Exception):
    pass


@functools.cache
def error_class(code: str) -> type[AwsError]:
    """The kind of AwsError that has this code, so that it can be caught by it."""
    return type(code, (AwsError,), {})


class Exceptions:
    """`client.exceptions.ResourceNotFoundException`, as the SDK's clients have it."""

    def __getattr__(self, code: str) -> type[AwsError]:
        return error_class(code)
