"""One HTTP request of API Gateway → the operation that the route table names → one response, whatever happens.

Every request passes the same checks in the same order: identity, route, admission, body, operation. Who may call, and what an error looks
like, are arguments: the API and pages for people differ in nothing else.

API Gateway decodes a path once, in `rawPath` and in `pathParameters` ("API Gateway decodes URL-encoded request parameters before passing
them to your backend integration"), so we decode nothing: `%2541` is the text `%41`. `rawPath` also ends at a decoded `?`, and a decoded
slash in it looks like another segment. So the parameters of a deployed route are its `pathParameters`. `rawPath` serves only for
spellings of a path that the deployed routes do not match.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from functions import telemetry
from functions.core import ids
from functions.http import paths
from functions.http.request import Identity, Request, request_of
from functions.http.responses import Response, response
from functions.http.route import ID_MAX, ID_OCTETS_MAX, Route

SERVER_ERROR = 500

Event = Mapping[str, Any]  # of API Gateway
Operation = Callable[[Request[Identity]], Any]  # returns what becomes the body
Claim = TypeVar("Claim")  # what a request shows of its caller, before its route is found
Identify = Callable[[Event], Claim]
Admit = Callable[[Route, Claim], Identity]  # raises the error that the caller gets
AnswerHeaders = Callable[[Claim], Mapping[str, str]]  # of every answer, errors included
ErrorResponse = Callable[[Exception, str, Event], Response]  # of an error, the correlation id and the request


class RouteNotFoundError(Exception):
    pass


class Dispatcher(Generic[Identity, Claim]):
    """The routes that one function serves, by the operations' names in the route table."""

    def __init__(
        self,
        routes: Iterable[Route],
        operations: Mapping[str, Operation[Identity]],
        *,
        identify: Identify[Claim],
        admit: Admit[Claim, Identity],
        error_response: ErrorResponse,
        correlation_header: str,
        answer_headers: AnswerHeaders[Claim] = lambda _: {},
    ) -> None:
        self._routes = [(route, operations[route.operation]) for route in routes]
        self._deployed = {route.key: (route, operation) for route, operation in self._routes}
        self._identify = identify
        self._admit = admit
        self._error_response = error_response
        self._correlation_header = correlation_header
        self._answer_headers = answer_headers

    def __call__(self, event: Event) -> Response:
        correlation_id = ids.uuid4(os.urandom(16))
        telemetry.logger.append_keys(correlation_id=correlation_id)
        headers: Mapping[str, str] = {}
        try:
            claim = self._identify(event)
            headers = self._answer_headers(claim)
            answer = self._answer(event, claim)
        except Exception as error:  # noqa: BLE001 - the request's boundary: a caller always gets a response
            answer = self._error_response(error, correlation_id, event)
            _log(error, answer["statusCode"])
        answer["headers"] |= {**headers, self._correlation_header: correlation_id}
        return answer

    def _answer(self, event: Event, claim: Claim) -> Response:
        route, parameters, operation, path = self._deployed_match(event) or self._match(
            event["requestContext"]["http"]["method"], paths.of_event(event)
        )
        if any(len(value.encode("utf-8", "replace")) > ID_OCTETS_MAX for value in parameters.values()):
            raise RouteNotFoundError(f"no id in {route.path} has more than {ID_OCTETS_MAX} octets")
        caller = self._admit(route, claim)
        request = request_of(event, caller=caller, path=path, path_parameters=parameters)
        return response(route.success, operation(request))

    def _deployed_match(self, event: Event) -> tuple[Route, dict[str, str], Operation[Identity], str] | None:
        """Returns None if API Gateway found no route for the path, or one that does not have the path's version."""
        match = self._deployed.get(event.get("routeKey", ""))
        if match is None:
            return None
        route, operation = match
        parameters = dict(event.get("pathParameters") or {})
        if any(len(value) > ID_MAX for value in parameters.values()):
            raise RouteNotFoundError(f"no id in {route.path} has more than {ID_MAX} characters")
        if route.versions and parameters["version"] not in route.versions:
            return None
        return route, parameters, operation, paths.normalized(event["rawPath"])

    def _match(self, method: str, path: str) -> tuple[Route, dict[str, str], Operation[Identity], str]:
        """Returns also the spelling of the path that the route has. Raises RouteNotFoundError."""
        normalized = paths.normalized(path)
        others: set[str] = set()
        for route, pattern, operation in self._patterns:
            for spelling in (path, normalized) if route.spellings_differ else (normalized,):
                match = pattern.fullmatch(spelling)
                if match is None:
                    continue
                if route.method == method:
                    return route, match.groupdict(), operation, spelling
                others.add(route.method)
        from functions.core.contacts.subscriptions import unsubscribe_link  # noqa: PLC0415 - only this error needs it

        existing = f": this path has {', '.join(sorted(others))}" if others else ""
        raise RouteNotFoundError(unsubscribe_link.redacted(f"there is no {method} {normalized}{existing}"))

    @functools.cached_property
    def _patterns(self) -> list[tuple[Route, re.Pattern[str], Operation[Identity]]]:
        """Compiled at the first request of a path for which API Gateway found no route."""
        return [(route, route.pattern(), operation) for route, operation in self._routes]


def _log(error: Exception, status: int) -> None:
    if status >= SERVER_ERROR:
        telemetry.logger.exception("request failed")
    else:
        telemetry.logger.info("request refused", extra={"status": status, "reason": str(error)})
