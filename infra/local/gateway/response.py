"""Lambda's payload → HTTP response: the full form (with `statusCode`), or any other JSON as a 200."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.local.lambdas import JSON

HOP_BY_HOP = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"})
STATUSES = range(100, 600)


class MalformedResponse(Exception):
    """The function's payload is not a response. API Gateway answers 500."""


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """A response to send. Header names are lower case and may repeat (cookies)."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def message(status: int, text: str) -> GatewayResponse:
    """Returns a response of the gateway itself."""
    return GatewayResponse(status, (("content-type", "application/json"),), json.dumps({"message": text}).encode())


NOT_FOUND = message(404, "Not Found")
TOO_LARGE = message(413, "Request Entity Too Large")
SERVER_ERROR = message(500, "Internal Server Error")
UNAVAILABLE = message(503, "Service Unavailable")


def parse_response(payload: JSON) -> GatewayResponse:
    """Converts a function's payload. Raises MalformedResponse if API Gateway would answer 500."""
    if not isinstance(payload, dict) or "statusCode" not in payload:
        return GatewayResponse(200, (("content-type", "application/json"),), json.dumps(payload).encode())
    headers = _headers(payload.get("headers") or {})
    headers.setdefault("content-type", "text/plain; charset=utf-8")
    cookies = payload.get("cookies") or []
    if not isinstance(cookies, list):
        raise MalformedResponse("cookies is not a list")
    repeated = tuple(("set-cookie", str(cookie)) for cookie in cookies)
    return GatewayResponse(_status(payload["statusCode"]), (*headers.items(), *repeated), _body(payload))


def _status(value: JSON) -> int:
    try:
        status = int(value)
    except (TypeError, ValueError) as error:
        raise MalformedResponse(f"statusCode {value!r} is not a number") from error
    if isinstance(value, bool) or status not in STATUSES:
        raise MalformedResponse(f"statusCode {value!r} is not an HTTP status")
    return status


def _headers(fields: JSON) -> dict[str, str]:
    if not isinstance(fields, dict):
        raise MalformedResponse("headers is not an object")
    headers = {}
    for name, value in fields.items():
        text = json.dumps(value) if isinstance(value, bool) else str(value)
        if any(character in f"{name}{text}" for character in "\r\n\0"):
            raise MalformedResponse(f"header {name!r} has a line break")
        if name.lower() not in HOP_BY_HOP:
            headers[name.lower()] = text
    return headers


def _body(payload: dict[str, JSON]) -> bytes:
    body = payload.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise MalformedResponse(f"body is {type(body).__name__}, not a string")
    if not payload.get("isBase64Encoded"):
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedResponse("body is not base64, but isBase64Encoded is true") from error
