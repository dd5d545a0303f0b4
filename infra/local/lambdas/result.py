"""The result of an invocation. Errors *of* the function are results; refusals to invoke it are exceptions.

InvocationRefused        the invoke call itself fails, no function ran
├── UnknownFunction      404: the function is not deployed
├── PayloadTooLarge      413: the event is over Lambda's 6 MB
└── FunctionThrottled    429: reserved concurrency is 0
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

JSON: TypeAlias = Any

PAYLOAD_LIMIT = 6_291_556  # bytes of a synchronous request or response: 6 MB and 100 bytes, as in Lambda's error


@dataclass(frozen=True, slots=True)
class FunctionError:
    """The fields that Lambda puts into the payload of a failed invocation."""

    type: str
    message: str
    stack: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """`payload` is the function's response, or the error document if `error` is set. `log` is the environment's last lines."""

    request_id: str
    payload: JSON = None
    error: FunctionError | None = None
    log: tuple[str, ...] = ()

    @classmethod
    def failed(cls, request_id: str, error: FunctionError, log: tuple[str, ...] = ()) -> Result:
        """Returns a failed invocation with the error document that Lambda would return."""
        document = {"errorType": error.type, "errorMessage": error.message}
        if error.stack:
            document["stackTrace"] = list(error.stack)  # type: ignore[assignment]  # JSON object of mixed values
        return cls(request_id, document, error, log)


class InvocationRefused(Exception):
    """The function was not invoked."""


class UnknownFunction(InvocationRefused):
    """The function is not deployed."""


class PayloadTooLarge(InvocationRefused):
    """The event is larger than Lambda accepts."""


class FunctionThrottled(InvocationRefused):
    """Reserved concurrency leaves no environment."""
