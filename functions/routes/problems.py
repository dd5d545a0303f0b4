"""Errors as HubSpot's clients know them. The only page with status codes other than 200."""

from __future__ import annotations

from typing import Any

from functions.core.errors import Fault, NotFound, Rejected
from functions.routes.caller import MissingScopesError, UnauthenticatedError

SERVER_ERROR = 500


class NoSuchRouteError(Exception):
    pass


def of(error: Exception) -> tuple[int, dict[str, Any]]:
    """The status and the body of whatever an operation raised."""
    match error:
        case Rejected():
            return 400, _problem("VALIDATION_ERROR", f"Invalid input: {error}", errors=_details(error.faults))
        case UnauthenticatedError():
            return 401, _problem("INVALID_AUTHENTICATION", f"Authentication failed: {error}")
        case MissingScopesError():
            return 403, _problem("MISSING_SCOPES", str(error), context={"requiredScopes": list(error.required)})
        case NotFound() | NoSuchRouteError():
            return 404, _problem("OBJECT_NOT_FOUND", str(error))
        case _:
            return 500, _problem(
                "INTERNAL_ERROR", "something went wrong on our side: the log has it under the correlation id"
            )


def _problem(category: str, message: str, **more: Any) -> dict[str, Any]:
    problem = {"status": "error", "message": message, "category": category, "context": {}, "links": {}, "errors": []}
    return {**problem, **more}


def _details(faults: tuple[Fault, ...]) -> list[dict[str, Any]]:
    return [
        {"message": f"{fault.where}: {fault.message}", "code": fault.code, "in": fault.where, "context": {}}
        for fault in faults
    ]
