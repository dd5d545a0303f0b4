"""What API Gateway takes as a response (payload 2.0): JSON for programs, HTML for people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct

Response = dict[str, Any]  # statusCode, headers, body
NO_CONTENT = 204
_JSON = {"content-type": "application/json;charset=utf-8"}
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class HtmlPage(Struct, frozen=True):
    """What an operation for people returns, instead of the object that becomes a JSON body."""

    html: str
    headers: Mapping[str, str]
    status: int
    cookies: tuple[str, ...] = ()  # values of Set-Cookie
    base64: bool = False  # `html` is base64 of the body: a picture, or a compressed file


class StatusBody(Struct, frozen=True):
    """What an operation returns instead of its body if its status is not the route's own."""

    status: int
    body: Any


def response(status: int, body: object, headers: Mapping[str, str] = _NO_HEADERS) -> Response:
    """`body`: an HtmlPage or a StatusBody, which have their own status, or any object that becomes JSON."""
    if isinstance(body, HtmlPage):
        cookies = {"cookies": list(body.cookies)} if body.cookies else {}
        encoded = {"isBase64Encoded": True} if body.base64 else {}
        own = {"statusCode": body.status, "headers": {**body.headers, **headers}, "body": body.html}
        return {**own, **cookies, **encoded}
    if isinstance(body, StatusBody):
        status, body = body.status, body.body
    text = "" if status == NO_CONTENT else msgspec.json.encode(body).decode()
    return {"statusCode": status, "headers": {**_JSON, **headers}, "body": text}
