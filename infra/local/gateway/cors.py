"""CORS of an HTTP API: it answers preflight requests without a route and sets the headers of responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.gateway.response import GatewayResponse

if TYPE_CHECKING:
    from infra.local.gateway.deployed import Cors
    from infra.local.gateway.event import GatewayRequest


def preflight(cors: Cors | None, request: GatewayRequest) -> GatewayResponse | None:
    """Returns the response to a preflight request, or None if the request is no preflight or the API has no CORS rules."""
    headers = request.joined_headers
    if cors is None or request.method != "OPTIONS" or "access-control-request-method" not in headers:
        return None
    allowed = _origin(cors, headers.get("origin"))
    if allowed and cors.methods:
        allowed.append(("access-control-allow-methods", ",".join(cors.methods)))
    if allowed and cors.headers:
        allowed.append(("access-control-allow-headers", ",".join(cors.headers)))
    if allowed and cors.max_age is not None:
        allowed.append(("access-control-max-age", str(cors.max_age)))
    return GatewayResponse(204, tuple(allowed), b"")


def with_cors(cors: Cors | None, request: GatewayRequest, answer: GatewayResponse) -> GatewayResponse:
    """Returns the response with the API's CORS headers in place of the function's, which API Gateway overrides."""
    if cors is None:
        return answer
    own = tuple(header for header in answer.headers if not header[0].startswith("access-control-"))
    allowed = _origin(cors, request.joined_headers.get("origin"))
    if allowed and cors.exposed:
        allowed.append(("access-control-expose-headers", ",".join(cors.exposed)))
    return GatewayResponse(answer.status, (*own, *allowed), answer.body)


def _origin(cors: Cors, origin: str | None) -> list[tuple[str, str]]:
    if origin is None or not ("*" in cors.origins or origin in cors.origins):
        return []
    allowed = [("access-control-allow-origin", "*" if "*" in cors.origins else origin)]
    if cors.credentials:
        allowed.append(("access-control-allow-credentials", "true"))
    return allowed
