"""Errors in the shape that HubSpot's clients read. The only module that chooses an error's status code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from functions.core.errors import Conflict, FieldError, Forbidden, NotFound, Rejected, Retry, abridged
from functions.http.dispatch import Event, RouteNotFoundError
from functions.http.request import UnsupportedEncodingError
from functions.http.responses import Response, response
from functions.routes.http.caller import RateLimitedError, UnauthenticatedError

_INTERNAL = "something went wrong on our side: the log has the reason under the correlation id"


class MovedPermanentlyError(Exception):
    """Another function serves this operation, and API Gateway did not match the path to it because of its spelling."""

    def __init__(self, location: str) -> None:
        self.location = location
        super().__init__(f"moved to {location}")


def to_response(error: Exception, correlation_id: str, _: Event) -> Response:
    """Returns the response to a request that raised `error`."""
    status, problem = problem_of(error)
    return response(status, {**problem, "correlationId": correlation_id}, _headers(error))


def problem_of(error: Exception) -> tuple[int, dict[str, Any]]:
    """Returns the status and the body, without its correlation id."""
    match error:
        case Rejected():
            message = f"Invalid input: {error}"
            answer = 400, _problem("VALIDATION_ERROR", message, errors=_details(abridged(error.errors)))
        case UnauthenticatedError():
            answer = 401, _problem("INVALID_AUTHENTICATION", f"Authentication failed: {error}")
        case Forbidden():
            answer = 403, _problem("MISSING_SCOPES", str(error), context={"requiredScopes": list(error.required)})
        case NotFound() | RouteNotFoundError():
            answer = 404, _problem("OBJECT_NOT_FOUND", str(error))
        case MovedPermanentlyError():
            answer = 308, _problem("MOVED", str(error))
        case Conflict():
            answer = 409, _problem("CONFLICT", str(error))
        case UnsupportedEncodingError():
            answer = 415, _problem("UNSUPPORTED_MEDIA_TYPE", str(error))
        case RateLimitedError():
            # HubSpot's Node client retries because of the policy's name; the Python client reads Retry-After.
            answer = 429, _problem("RATE_LIMITS", str(error), policyName="TEN_SECONDLY_ROLLING")
        case Retry():
            answer = 503, _problem("SERVICE_UNAVAILABLE", f"{error}: retry in {_retry_after(error)} s")
        case _:
            answer = 500, _problem("INTERNAL_ERROR", _INTERNAL)
    return answer


def _headers(error: Exception) -> dict[str, str]:
    match error:
        case RateLimitedError():
            return {"retry-after": str(error.wait_seconds)}
        case Retry():
            return {"retry-after": str(_retry_after(error))}
        case MovedPermanentlyError():
            return {"location": error.location}
        case UnsupportedEncodingError():
            return {"accept-encoding": "gzip"}
        case _:
            return {}


def _retry_after(error: Retry) -> int:
    """Seconds. Contention ends within a second."""
    return max(error.after_seconds, 1)


def _problem(category: str, message: str, **more: Any) -> dict[str, Any]:
    problem = {"status": "error", "message": message, "category": category, "context": {}, "links": {}, "errors": []}
    return {**problem, **more}


def _details(errors: Sequence[FieldError]) -> list[dict[str, Any]]:
    return [
        {"message": str(error), "code": error.code, "in": error.field, "context": _context(error)} for error in errors
    ]


def _context(error: FieldError) -> dict[str, list[str]]:
    """Returns the place in a source, or the property of a contact: HubSpot's callers leave that one out, and repeat the request."""
    if error.line:
        return {"line": [str(error.line)], "column": [str(error.column)]}
    _, _, name = error.field.partition("properties.")
    return {"propertyName": [name]} if name else {}
