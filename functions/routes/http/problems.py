"""Errors as HubSpot's clients know them. The only page with status codes other than 200."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from functions.core.errors import Conflict, FieldError, NotFound, Rejected, abridged
from functions.routes.http.caller import MissingScopesError, RateLimitedError, UnauthenticatedError

SERVER_ERROR = 500


class NoSuchRouteError(Exception):
    pass


class MovedPermanentlyError(Exception):
    """Another function serves this, and the path is spelled so that API Gateway did not find it."""

    def __init__(self, location: str) -> None:
        self.location = location
        super().__init__(f"this is at {location}")


def to_response(error: Exception) -> tuple[int, dict[str, Any]]:
    """The status and the body of whatever an operation raised."""
    match error:
        case Rejected():
            told = 400, _problem("VALIDATION_ERROR", f"Invalid input: {error}", errors=_details(abridged(error.errors)))
        case UnauthenticatedError():
            told = 401, _problem("INVALID_AUTHENTICATION", f"Authentication failed: {error}")
        case MissingScopesError():
            told = 403, _problem("MISSING_SCOPES", str(error), context={"requiredScopes": list(error.required)})
        case NotFound() | NoSuchRouteError():
            told = 404, _problem("OBJECT_NOT_FOUND", str(error))
        case MovedPermanentlyError():
            told = 308, _problem("MOVED", str(error))
        case Conflict():
            told = 409, _problem("CONFLICT", str(error))
        case RateLimitedError():
            # By the policy's name HubSpot's Node client knows that a retry is worth it; the Python client reads Retry-After.
            told = 429, _problem("RATE_LIMITS", str(error), policyName="TEN_SECONDLY_ROLLING")
        case _:
            told = (
                500,
                _problem("INTERNAL_ERROR", "something went wrong on our side: the log has it under the correlation id"),
            )
    return told


def headers(error: Exception) -> dict[str, str]:
    """What an error's answer says beside its body."""
    match error:
        case RateLimitedError():
            return {"retry-after": str(error.wait_seconds)}
        case MovedPermanentlyError():
            return {"location": error.location}
        case _:
            return {}


def _problem(category: str, message: str, **more: Any) -> dict[str, Any]:
    problem = {"status": "error", "message": message, "category": category, "context": {}, "links": {}, "errors": []}
    return {**problem, **more}


def _details(faults: Sequence[FieldError]) -> list[dict[str, Any]]:
    return [
        {"message": str(fault), "code": fault.code, "in": fault.field, "context": _place(fault)} for fault in faults
    ]


def _place(fault: FieldError) -> dict[str, list[str]]:
    return {"line": [str(fault.line)], "column": [str(fault.column)]} if fault.line else {}
