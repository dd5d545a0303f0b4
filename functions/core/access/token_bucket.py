"""A token bucket as a value: it fills at a rate up to its burst, and each act takes tokens first. Time is an argument.

A shared bucket (an item that workers lease from) and a worker's own block of leased tokens are both a TokenBucket.
"""

from __future__ import annotations

from msgspec import Struct


class TokenRate(Struct, frozen=True):
    """The tokens that a bucket allows per second, and at once."""

    per_second: float
    burst: float

    def __post_init__(self) -> None:
        if self.per_second < 0 or self.burst < 0:
            raise ValueError(f"a rate cannot be negative: {self}")


API_RATE = TokenRate(per_second=100, burst=1000)  # of one API key
API_INTERVAL_SECONDS = 10  # in which an empty bucket fills: HubSpot's interval, too


class TokenBucket(Struct, frozen=True):
    """The bucket had `tokens` at `at` (seconds since the epoch)."""

    tokens: float
    at: float

    def refilled(self, rate: TokenRate, now: float) -> TokenBucket:
        """Returns the bucket at `now`. A clock that went back (another worker's is ahead of ours) changes nothing."""
        elapsed = max(0.0, now - self.at)
        return TokenBucket(min(rate.burst, self.tokens + elapsed * rate.per_second), max(self.at, now))

    def leased(self, count: int, rate: TokenRate, now: float, *, reserve: float = 0.0) -> tuple[TokenBucket, int]:
        """Leases up to `count` whole tokens from above the `reserve`. Returns the rest, and the number that it granted."""
        full = self.refilled(rate, now)
        granted = max(0, min(count, int(full.tokens - reserve)))
        return TokenBucket(full.tokens - granted, full.at), granted

    def wait_seconds(self, count: int, rate: TokenRate, now: float, *, reserve: float = 0.0) -> float:
        """Returns how long it takes until the bucket has `count` tokens above the reserve: infinity if it never will."""
        missing = count + reserve - self.refilled(rate, now).tokens
        if missing <= 0:
            return 0.0
        reachable = rate.per_second > 0 and count + reserve <= rate.burst
        return missing / rate.per_second if reachable else float("inf")


def full(rate: TokenRate, now: float) -> TokenBucket:
    return TokenBucket(rate.burst, now)
