"""How a call to AWS can fail, with either client.

AwsError      AWS answered with an error code
ConnectError  no connection: AWS surely did not receive the call
ReadTimeout   the call was sent and no answer came: AWS may have executed it, or not
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any


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


@functools.cache
def error_class(code: str) -> type[AwsError]:
    """Returns the subclass of AwsError for a code, so that callers can catch it."""
    return type(code, (AwsError,), {})


class Exceptions:
    """Has the SDK's names: `client.exceptions.ResourceNotFoundException`."""

    def __getattr__(self, code: str) -> type[AwsError]:
        return error_class(code)
