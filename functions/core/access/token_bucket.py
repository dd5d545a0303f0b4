"""A token bucket as a value: it fills at a rate up to its burst, and whoever would act takes tokens out first. Time is an argument.

A shared bucket (an item that workers lease from) and a worker's own block of leased tokens are both one of these.
"""

from __future__ import annotations

from msgspec import Struct


class TokenRate(Struct, frozen=True):
    """What a bucket allows in the long run, and how much of it at once."""

    per_second: float
    burst: float

    def __post_init__(self) -> None:
        if self.per_second < 0 or self.burst < 0:
            raise ValueError(f"a rate cannot be negative: {self}")


class TokenBucket(Struct, frozen=True):
    """`tokens` there were at `at` (seconds since the epoch)."""

    tokens: float
    at: float

    def refilled(self, rate: TokenRate, now: float) -> TokenBucket:
        """As it is at `now`. A clock that went back (another worker's is ahead of ours) adds nothing, and takes nothing away."""
        elapsed = max(0.0, now - self.at)
        return TokenBucket(min(rate.burst, self.tokens + elapsed * rate.per_second), max(self.at, now))

    def leased(self, wanted: int, rate: TokenRate, now: float, *, reserve: float = 0.0) -> tuple[TokenBucket, int]:
        """Up to `wanted` whole tokens, as many as there are above the `reserve` that is left for others: what remains, what is got."""
        full = self.refilled(rate, now)
        got = max(0, min(wanted, int(full.tokens - reserve)))
        return TokenBucket(full.tokens - got, full.at), got

    def wait_seconds(self, wanted: int, rate: TokenRate, now: float, *, reserve: float = 0.0) -> float:
        """How long until `wanted` tokens are there above the reserve: 0 where they are, infinity where they never will be."""
        missing = wanted + reserve - self.refilled(rate, now).tokens
        if missing <= 0:
            return 0.0
        reachable = rate.per_second > 0 and wanted + reserve <= rate.burst
        return missing / rate.per_second if reachable else float("inf")


def full(rate: TokenRate, now: float) -> TokenBucket:
    return TokenBucket(rate.burst, now)
