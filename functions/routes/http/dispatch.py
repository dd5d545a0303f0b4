"""One HTTP request of API Gateway (payload 2.0) → the operation that the route table names → one response, whatever happens.

Every request passes the same gate in the same order: route, key, scope, operation. What an operation raises becomes the contract's error.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from functions import telemetry
from functions.core.errors import FieldError, Rejected
from functions.routes.http import problems
from functions.routes.http.caller import ANYBODY, Caller, caller_of
from functions.routes.http.route import Route

Response = dict[str, Any]  # API Gateway's: statusCode, headers, body

_JSON = {"content-type": "application/json;charset=utf-8"}
NO_CONTENT = 204
ID_MAX = 400  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    caller: Caller
    path_parameters: Mapping[str, str]
    query: Mapping[str, str]  # repeated keys come comma-joined, as API Gateway gives them
    headers: Mapping[str, str]  # names in lower case
    body: bytes = field(repr=False)
    path: str = ""  # in the route table's spelling

    def json(self) -> dict[str, Any]:
        """The body's JSON object. Raises Rejected that says what the body is instead."""
        try:
            value = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Rejected([FieldError("body", f"is not JSON: {error}", "INVALID_JSON")]) from error
        except RecursionError as error:
            raise Rejected([FieldError("body", "is nested too deep", "INVALID_JSON")]) from error
        if not isinstance(value, dict):
            raise Rejected([FieldError("body", f"must be a JSON object, not {type(value).__name__}", "INVALID_JSON")])
        return value

    def flag(self, name: str) -> bool:
        """A boolean of the query; absent is false. Raises Rejected for anything but true and false (HubSpot's clients say True)."""
        text = self.query.get(name, "false").lower()
        if text not in {"true", "false"}:
            raise Rejected([FieldError(name, f"must be true or false, not {text!r}")])
        return text == "true"


class HtmlPage(Struct, frozen=True):
    """What an operation for people answers, in place of what a JSON body says."""

    html: str
    headers: Mapping[str, str]
    status: int


Operation = Callable[[Request], Any]  # → what the body says


class Dispatcher:
    """The routes that one function serves, by the operations' names in the route table."""

    def __init__(self, routes: Iterable[Route], operations: Mapping[str, Operation]) -> None:
        self._routes = [(route, _pattern(route.path), operations[route.operation]) for route in routes]

    def __call__(self, event: Mapping[str, Any]) -> Response:
        correlation_id = str(uuid.uuid4())
        telemetry.logger.append_keys(correlation_id=correlation_id)
        try:
            return _response(*self._answer(event), correlation_id)
        except Exception as error:  # noqa: BLE001 - the request's boundary: a caller always gets the contract's shape
            status, problem = problems.to_response(error)
            if status >= problems.SERVER_ERROR:
                telemetry.logger.exception("request failed")
            else:
                telemetry.logger.info("request refused", extra={"status": status, "reason": str(error)})
            body = {**problem, "correlationId": correlation_id}
            return _response(status, body, correlation_id, problems.headers(error))

    def _answer(self, event: Mapping[str, Any]) -> tuple[int, Any]:
        http = event["requestContext"]["http"]
        path = _normalized(event["rawPath"])
        route, parameters, operation = self._found(http["method"], path)
        request = Request(
            caller=_authenticate(route, event),
            path_parameters=parameters,
            query=event.get("queryStringParameters") or {},
            headers=event.get("headers") or {},
            body=_body(event),
            path=path,
        )
        return route.success, operation(request)

    def _found(self, method: str, path: str) -> tuple[Route, dict[str, str], Operation]:
        for route, pattern, operation in self._routes:
            match = pattern.fullmatch(path)
            if match and route.method == method:
                return route, {name: unquote(value) for name, value in match.groupdict().items()}, operation
        raise problems.NoSuchRouteError(f"there is no {method} {path}")


def _authenticate(route: Route, event: Mapping[str, Any]) -> Caller:
    """The door. Raises UnauthenticatedError or MissingScopesError."""
    if not route.scopes:
        return ANYBODY
    caller = caller_of(event["requestContext"].get("authorizer"))
    caller.require(route.scopes)
    return caller


def _pattern(path: str) -> re.Pattern[str]:
    """No id of ours is longer, and storage takes none much longer: such a path names nothing."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", rf"(?P<\1>[^/]{{1,{ID_MAX}}})", re.escape(path)))


def _normalized(path: str) -> str:
    """HubSpot's clients double a slash or end with one, depending on how their host was configured."""
    return "/" + "/".join(part for part in path.split("/") if part)


def _body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(text).encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Rejected([FieldError("body", "cannot be read", "INVALID_JSON")]) from error


def _response(status: int, body: Any, correlation_id: str, more: Mapping[str, str] = MappingProxyType({})) -> Response:
    if isinstance(body, HtmlPage):
        headers = {**body.headers, "x-hubspot-correlation-id": correlation_id}
        return {"statusCode": body.status, "headers": headers, "body": body.html}
    headers = {**_JSON, "x-hubspot-correlation-id": correlation_id, **more}
    text = "" if status == NO_CONTENT else msgspec.json.encode(body).decode()
    return {"statusCode": status, "headers": headers, "body": text}
