"""The API caller: what the authorizer reports of a key, on its way through API Gateway's request context.

The authorizer lets every request through and reports the key's owner and scopes, because API Gateway's own refusals do not have HubSpot's
error shape. So the gate refuses: a request without a reported key is 401.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from functions.core.access.actor import Actor
from functions.core.access.token_bucket import API_INTERVAL_SECONDS, API_RATE

if TYPE_CHECKING:
    from functions.ports.access import ApiKey
    from functions.steps.access.limit_rate import RateResult


class UnauthenticatedError(Exception):
    pass


class RateLimitedError(Exception):
    def __init__(self, wait_seconds: int) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(f"this key made too many requests: retry in {wait_seconds} s")


ANONYMOUS = Actor("")  # the caller of a public route


def anonymous_response() -> dict[str, Any]:
    """Returns the authorizer's simple response (payload 2.0) to a request without a valid key."""
    return {"isAuthorized": True, "context": {}}


def authorizer_response(key: ApiKey, rate: RateResult) -> dict[str, Any]:
    """Returns the authorizer's simple response (payload 2.0). API Gateway takes texts only."""
    context = {
        "keyId": key.secret_id,
        "owner": key.owner,
        "scopes": " ".join(key.scopes),
        "wait": str(rate.wait_seconds),
        "remaining": str(rate.remaining),
    }
    return {"isAuthorized": True, "context": context}


def rate_headers(authorizer: Mapping[str, Any] | None) -> dict[str, str]:
    """Returns HubSpot's headers of the key's rate limit. A request without a valid key has none."""
    remaining = ((authorizer or {}).get("lambda") or {}).get("remaining")
    if remaining is None:
        return {}
    return {
        "x-hubspot-ratelimit-max": str(int(API_RATE.burst)),
        "x-hubspot-ratelimit-remaining": str(remaining),
        "x-hubspot-ratelimit-interval-milliseconds": str(API_INTERVAL_SECONDS * 1000),
    }


def caller_of(authorizer: Mapping[str, Any] | None) -> Actor:
    """Raises UnauthenticatedError or RateLimitedError."""
    context = (authorizer or {}).get("lambda") or {}
    if not context.get("keyId"):
        raise UnauthenticatedError(
            "no valid API key: send `Authorization: Bearer <key>` with a key of this account that is not revoked"
        )
    if wait := int(context.get("wait", 0)):
        raise RateLimitedError(wait)
    return Actor(context["owner"], tuple(context["scopes"].split()), context["keyId"])
