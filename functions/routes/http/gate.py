"""The gate of the API: an API key in, HubSpot's error shape out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from functions import wiring
from functions.core.access.actor import Actor
from functions.http import paths
from functions.http.dispatch import Dispatcher, Event, Identify, Operation
from functions.http.request import Request
from functions.http.route import Route
from functions.routes.http import problems
from functions.routes.http.caller import ANONYMOUS, caller_of, rate_headers

if TYPE_CHECKING:
    from functions.steps.access.check_key import KeyCheck

ApiRequest = Request[Actor]
ApiOperation = Operation[Actor]
CORRELATION_HEADER = "x-hubspot-correlation-id"


def api_dispatcher(
    routes: Iterable[Route], operations: Mapping[str, ApiOperation]
) -> Dispatcher[Actor, KeyCheck | None]:
    routes = tuple(routes)
    return Dispatcher(
        routes,
        operations,
        identify=_check_key(routes),
        admit=admit,
        error_response=problems.to_response,
        correlation_header=CORRELATION_HEADER,
        answer_headers=rate_headers,
    )


def _check_key(routes: Iterable[Route]) -> Identify[KeyCheck | None]:
    """Returns what checks the key of any request, so that one for a path that does not exist counts, too."""
    unlimited = [(route.method, route.pattern()) for route in routes if not route.rate_limited]

    def check(event: Event) -> KeyCheck | None:
        method = event["requestContext"]["http"]["method"]
        exempt = any(
            method == of_route and pattern.fullmatch(paths.normalized(event["rawPath"]))
            for of_route, pattern in unlimited
        )
        header = (event.get("headers") or {}).get("authorization")
        return wiring.get(wiring.access.check_key)(header, exempt=exempt)

    return check


def admit(route: Route, check: KeyCheck | None) -> Actor:
    """Raises UnauthenticatedError, RateLimitedError or Forbidden."""
    if not route.scopes:
        return ANONYMOUS
    caller = caller_of(check)
    caller.require(*route.scopes)
    return caller
