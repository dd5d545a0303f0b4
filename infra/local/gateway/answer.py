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


class MalformedAnswer(Exception):
    """The function's payload is no response; API Gateway answers 500."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response ready for the wire. Header names are lower case and may repeat (cookies)."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def message(status: int, text: str) -> Answer:
    """An answer of the gateway's own."""
    return Answer(status, (("content-type", "application/json"),), json.dumps({"message": text}).encode())


NOT_FOUND = message(404, "Not Found")
UNAUTHORIZED = message(401, "Unauthorized")
FORBIDDEN = message(403, "Forbidden")
TOO_LARGE = message(413, "Request Entity Too Large")
SERVER_ERROR = message(500, "Internal Server Error")
UNAVAILABLE = message(503, "Service Unavailable")


def answer_of(payload: JSON) -> Answer:
    """Raises MalformedAnswer when API Gateway would make a 500 of the payload."""
    if not isinstance(payload, dict) or "statusCode" not in payload:
        return Answer(200, (("content-type", "application/json"),), json.dumps(payload).encode())
    headers = _headers(payload.get("headers") or {})
    headers.setdefault("content-type", "text/plain; charset=utf-8")
    cookies = payload.get("cookies") or []
    if not isinstance(cookies, list):
        raise MalformedAnswer("cookies is no list")
    repeated = tuple(("set-cookie", str(cookie)) for cookie in cookies)
    return Answer(_status(payload["statusCode"]), (*headers.items(), *repeated), _body(payload))


def _status(given: JSON) -> int:
    try:
        status = int(given)
    except (TypeError, ValueError) as error:
        raise MalformedAnswer(f"statusCode {given!r} is no number") from error
    if isinstance(given, bool) or status not in STATUSES:
        raise MalformedAnswer(f"statusCode {given!r} is no HTTP status")
    return status


def _headers(given: JSON) -> dict[str, str]:
    if not isinstance(given, dict):
        raise MalformedAnswer("headers is no object")
    headers = {}
    for name, value in given.items():
        text = json.dumps(value) if isinstance(value, bool) else str(value)
        if any(character in f"{name}{text}" for character in "\r\n\0"):
            raise MalformedAnswer(f"header {name!r} has a line break")
        if name.lower() not in HOP_BY_HOP:
            headers[name.lower()] = text
    return headers


def _body(payload: dict[str, JSON]) -> bytes:
    body = payload.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise MalformedAnswer(f"body is {type(body).__name__}, not a string")
    if not payload.get("isBase64Encoded"):
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedAnswer("body is not base64, as isBase64Encoded says") from error
