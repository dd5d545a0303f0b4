"""The gate of the API: an API key in, HubSpot's error shape out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from functions.core.access.actor import Actor
from functions.http.dispatch import Dispatcher, Event, Operation
from functions.http.request import Request
from functions.http.route import Route
from functions.routes.http import problems
from functions.routes.http.caller import ANONYMOUS, caller_of, rate_headers

ApiRequest = Request[Actor]
ApiOperation = Operation[Actor]
CORRELATION_HEADER = "x-hubspot-correlation-id"


def api_dispatcher(routes: Iterable[Route], operations: Mapping[str, ApiOperation]) -> Dispatcher[Actor]:
    return Dispatcher(
        routes,
        operations,
        authenticate=authenticate,
        error_response=problems.to_response,
        correlation_header=CORRELATION_HEADER,
        answer_headers=_rate_headers,
    )


def _rate_headers(event: Event) -> Mapping[str, str]:
    return rate_headers(event["requestContext"].get("authorizer"))


def authenticate(route: Route, event: Event) -> Actor:
    """Raises UnauthenticatedError, RateLimitedError or Forbidden."""
    if not route.scopes:
        return ANONYMOUS
    caller = caller_of(event["requestContext"].get("authorizer"))
    caller.require(*route.scopes)
    return caller
