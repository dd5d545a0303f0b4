"""CORS as an HTTP API does it by itself: it answers preflights without a route and sets the headers of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.gateway.answer import Answer

if TYPE_CHECKING:
    from infra.local.gateway.deployed import Cors
    from infra.local.gateway.event import Request


def preflight(cors: Cors | None, request: Request) -> Answer | None:
    """The answer to a preflight request; None when the request is none, or the API has no CORS rules."""
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
    return Answer(204, tuple(allowed), b"")


def with_cors(cors: Cors | None, request: Request, answer: Answer) -> Answer:
    """The answer with the API's CORS headers in place of the function's own, as API Gateway overrides them."""
    if cors is None:
        return answer
    own = tuple(header for header in answer.headers if not header[0].startswith("access-control-"))
    allowed = _origin(cors, request.joined_headers.get("origin"))
    if allowed and cors.exposed:
        allowed.append(("access-control-expose-headers", ",".join(cors.exposed)))
    return Answer(answer.status, (*own, *allowed), answer.body)


def _origin(cors: Cors, origin: str | None) -> list[tuple[str, str]]:
    if origin is None or not ("*" in cors.origins or origin in cors.origins):
        return []
    allowed = [("access-control-allow-origin", "*" if "*" in cors.origins else origin)]
    if cors.credentials:
        allowed.append(("access-control-allow-credentials", "true"))
    return allowed
