"""One HTTP request, from API Gateway's event (payload 2.0)."""

from __future__ import annotations

import base64
import binascii
import zlib
from codecs import BOM_UTF8
from collections.abc import Mapping
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qs

from msgspec import Struct, field

from functions.core.errors import FieldError, Rejected
from functions.core.models import json_text
from functions.http.multipart import MULTIPART, parts_of

Identity = TypeVar("Identity")

INFLATED_MAX = 6_000_000  # bytes: Lambda takes no larger body that is not compressed
GZIP = 16 + zlib.MAX_WBITS


class UnsupportedEncodingError(Exception):
    """The body has a Content-Encoding that we do not read."""


class Request(Struct, Generic[Identity], frozen=True, kw_only=True):
    caller: Identity
    path_parameters: Mapping[str, str]
    query: Mapping[str, str]  # API Gateway joins the values of a repeated key with commas
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    cookies: Mapping[str, str] = field(default_factory=dict)
    path: str = ""  # in the route table's spelling

    def __repr__(self) -> str:
        """Without the body, headers and cookies, which may hold secrets."""
        return f"Request({self.path!r})"

    def json(self) -> dict[str, Any]:
        """Returns the body's JSON object. Raises Rejected if the body is anything else."""
        value = self._decoded("object")
        if not isinstance(value, dict):
            raise _unexpected("object", value)
        return value

    def json_list(self) -> list[Any]:
        """Returns the body's JSON array. Raises Rejected if the body is anything else."""
        value = self._decoded("array")
        if not isinstance(value, list):
            raise _unexpected("array", value)
        return value

    def _decoded(self, expected: str) -> Any:
        # Programs on Windows write the mark, and a JSON reader may ignore it (RFC 8259, 8.1).
        body = self.body.removeprefix(BOM_UTF8)
        if not body.strip():
            raise Rejected([FieldError("body", f"is empty: it must be a JSON {expected}", "INVALID_JSON")])
        try:
            return json_text.read_any(body, "body")
        except Rejected as error:
            from functions.http.unreadable_json import unreadable_json  # noqa: PLC0415 - only this error needs it

            raise Rejected(unreadable_json(body, self.headers.get("content-type", "")) or error.errors) from error

    def form(self) -> dict[str, list[str]]:
        """Returns the fields of an HTML form. A body in any other format has none."""
        if self.headers.get("content-type", "").lower().startswith(MULTIPART):
            parts = self.parts()
            return {name: [octets.decode("utf-8", "replace") for octets in values] for name, values in parts.items()}
        if b"=" not in self.body:  # a browser sends one with each field
            return {}
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    def parts(self) -> dict[str, list[bytes]]:
        """Returns the fields of a form that has a file. Raises Rejected if the body is anything else."""
        return parts_of(self.headers.get("content-type", ""), self.body)


def request_of(
    event: Mapping[str, Any], *, caller: Identity, path: str, path_parameters: Mapping[str, str]
) -> Request[Identity]:
    """Raises Rejected if the body is not the base64 or gzip that it is declared to be, and UnsupportedEncodingError."""
    return Request(
        caller=caller,
        path_parameters=path_parameters,
        query=event.get("queryStringParameters") or {},
        headers=event.get("headers") or {},
        cookies=read_cookies(event),
        body=_body(event),
        path=path,
    )


def read_cookies(event: Mapping[str, Any]) -> dict[str, str]:
    """The first cookie of a name counts: browsers send the one with the longest path first (RFC 6265, 5.4)."""
    pairs = (cookie.partition("=") for cookie in reversed(event.get("cookies") or ()))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _body(event: Mapping[str, Any]) -> bytes:
    """HTTP APIs deliver a compressed body as it came, in base64. Only REST APIs decompress."""
    body = _delivered_body(event)
    if not body:
        return body
    match str((event.get("headers") or {}).get("content-encoding", "")).strip().lower():
        case "" | "identity":
            return body
        case "gzip" | "x-gzip":
            return _inflated(body)
        case encoding:
            raise UnsupportedEncodingError(f"the Content-Encoding {encoding!r} is not supported: use gzip, or none")


def _inflated(body: bytes) -> bytes:
    stream = zlib.decompressobj(GZIP)
    try:
        inflated = stream.decompress(body, INFLATED_MAX + 1)
    except zlib.error as error:
        raise Rejected([FieldError("body", f"is not gzip: {error}", "INVALID_JSON")]) from error
    if len(inflated) > INFLATED_MAX:
        raise Rejected([FieldError("body", f"has more than {INFLATED_MAX:,} bytes once inflated", "TOO_LARGE")])
    if not stream.eof or stream.unused_data:
        raise Rejected([FieldError("body", "is not one complete gzip stream", "INVALID_JSON")])
    return inflated


def _delivered_body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(text).encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Rejected([FieldError("body", "is not base64", "INVALID_JSON")]) from error


def _unexpected(expected: str, value: object) -> Rejected:
    from functions.core.models.nodes import excerpt  # noqa: PLC0415 - only this error needs it

    return Rejected([FieldError("body", f"must be a JSON {expected}, not {excerpt(value)}", "INVALID_JSON")])
