"""HTTP request → Lambda event, payload format 2.0, as an HTTP API builds it.

Observed on the real service: `rawPath` is percent-decoded once in spite of its name (and ends at a decoded `?`). `pathParameters` are
decoded once (docs: "API Gateway decodes URL-encoded request parameters before passing them to your backend integration"). Doubled slashes
stay. A body is text only for `text/*` and application/json, xml and javascript; a form or no type at all is base64.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infra.local.gateway.routing import Match
    from infra.local.lambdas import JSON

TEXT_TYPES = frozenset({"application/json", "application/xml", "application/javascript"})
STAGE = "$default"


def request_id() -> str:
    """Returns an id in the form of API Gateway's extended ids: 15 characters and a `=`."""
    return secrets.token_urlsafe(12)[:15] + "="


@dataclass(frozen=True, slots=True)
class GatewayRequest:
    """An incoming request, before routing. `path` is as sent, `headers` preserve order and repeats."""

    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    source_ip: str
    at: datetime
    protocol: str = "HTTP/1.1"
    id: str = field(default_factory=request_id)

    @property
    def raw_path(self) -> str:
        """`rawPath`."""
        return unquote(self.path).partition("?")[0]

    @property
    def joined_headers(self) -> dict[str, str]:
        """The headers by lower-case name, repeats joined by commas, without cookies."""
        joined: dict[str, str] = {}
        for name, value in self.headers:
            key = name.lower()
            if key != "cookie":
                joined[key] = f"{joined[key]},{value}" if key in joined else value
        return joined

    @property
    def cookies(self) -> list[str]:
        """The `name=value` pairs of all cookie headers."""
        values = [value for name, value in self.headers if name.lower() == "cookie"]
        return [cookie.strip() for value in values for cookie in value.split(";") if cookie.strip()]

    @property
    def query_parameters(self) -> dict[str, str]:
        """The decoded query parameters, repeats joined by commas."""
        joined: dict[str, str] = {}
        for name, value in parse_qsl(self.query, keep_blank_values=True):
            joined[name] = f"{joined[name]},{value}" if name in joined else value
        return joined


def integration_event(request: GatewayRequest, match: Match, *, account_id: str, api_id: str) -> dict[str, JSON]:
    """Returns the event of the function behind the route."""
    headers = request.joined_headers
    event: dict[str, JSON] = {
        "version": "2.0",
        "routeKey": match.route.key,
        "rawPath": request.raw_path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": _context(request, match, account_id, api_id, headers),
    }
    optional = {
        "cookies": request.cookies,
        "queryStringParameters": request.query_parameters,
        "pathParameters": dict(match.parameters),
    }
    present = {name: value for name, value in optional.items() if value}
    return event | present | _body(request, headers.get("content-type", ""))


def _context(
    request: GatewayRequest, match: Match, account_id: str, api_id: str, headers: Mapping[str, str]
) -> dict[str, JSON]:
    domain = headers.get("host", "localhost").partition(":")[0]
    return {
        "accountId": account_id,
        "apiId": api_id,
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "http": {
            "method": request.method,
            "path": request.raw_path,
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request.id,
        "routeKey": match.route.key,
        "stage": STAGE,
        "time": request.at.astimezone(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(request.at.timestamp() * 1000),
    }


def _body(request: GatewayRequest, content_type: str) -> dict[str, JSON]:
    if not request.body:
        return {"isBase64Encoded": False}
    text = _text(request.body, content_type.partition(";")[0].strip().lower())
    if text is not None:
        return {"body": text, "isBase64Encoded": False}
    return {"body": base64.b64encode(request.body).decode(), "isBase64Encoded": True}


def _text(body: bytes, content_type: str) -> str | None:
    if not (content_type.startswith("text/") or content_type in TEXT_TYPES):
        return None
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None
