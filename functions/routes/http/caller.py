"""The API caller: an API key and its rate limit. Without a valid key a request is 401."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.core.access.actor import Actor
from functions.core.access.token_bucket import API_INTERVAL_SECONDS, API_RATE

if TYPE_CHECKING:
    from functions.steps.access.check_key import KeyCheck


class UnauthenticatedError(Exception):
    pass


class RateLimitedError(Exception):
    def __init__(self, wait_seconds: int) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(f"this key made too many requests: retry in {wait_seconds} s")


ANONYMOUS = Actor("")  # the caller of a public route


def rate_headers(check: KeyCheck | None) -> dict[str, str]:
    """Returns HubSpot's headers of the key's rate limit. A request without a valid key has none."""
    if check is None:
        return {}
    return {
        "x-hubspot-ratelimit-max": str(int(API_RATE.burst)),
        "x-hubspot-ratelimit-remaining": str(check.rate.remaining),
        "x-hubspot-ratelimit-interval-milliseconds": str(API_INTERVAL_SECONDS * 1000),
    }


def caller_of(check: KeyCheck | None) -> Actor:
    """Raises UnauthenticatedError or RateLimitedError."""
    if check is None:
        raise UnauthenticatedError(
            "no valid API key: send `Authorization: Bearer <key>` with a key of this account that is not revoked"
        )
    if check.rate.wait_seconds:
        raise RateLimitedError(check.rate.wait_seconds)
    return check.caller
