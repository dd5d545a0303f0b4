"""Limit the rate of each API key: 1,000 requests at once and 100 a second in the long run, counted over all workers together.

A worker leases tokens from the key's shared bucket in blocks, so few requests cost a call. A key that is new to a worker gets a few
tokens free, so infrequent callers cost no call at all. Both allow slightly more than the limit; a limiter need not be exact.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec import Struct, field

from functions.core.access.token_bucket import API_RATE, TokenBucket, full

if TYPE_CHECKING:
    from functions.ports import Clock
    from functions.ports.access import TokenBuckets

BLOCK = 50
WELCOME = 10  # tokens
LEASE_SECONDS = 60  # the life of a worker's tokens
LEASES_MAX = 10_000  # keys
ATTEMPTS = 3  # while other workers take from the same bucket


class RateResult(Struct, frozen=True):
    """Whether a request may pass, and how many more may, as far as this worker sees."""

    wait_seconds: int  # until a retry; 0: it may pass
    remaining: int


class _Lease(Struct):
    """A worker's tokens of one key, and the shared bucket as it was last read."""

    since: float
    bucket: TokenBucket
    tokens: int = WELCOME
    refused_until: float = 0.0


class RateLimiter(Struct, frozen=True):
    """The step with its dependencies."""

    buckets: TokenBuckets
    clock: Clock
    leases: dict[str, _Lease] = field(default_factory=dict)

    def __call__(self, key_id: str) -> RateResult:
        """Counts one request."""
        now = self.clock()
        lease = self._lease(key_id, now)
        if not lease.tokens and now >= lease.refused_until:
            self._renew(key_id, lease, now)
        if not lease.tokens:
            return RateResult(math.ceil(lease.refused_until - now), 0)
        lease.tokens -= 1
        return RateResult(0, _remaining(lease, now))

    def read(self, key_id: str) -> RateResult:
        """Counts nothing: the request is exempt."""
        now = self.clock()
        return RateResult(0, _remaining(self._lease(key_id, now), now))

    def _lease(self, key_id: str, now: float) -> _Lease:
        lease = self.leases.get(key_id)
        if lease is None or not 0 <= now - lease.since < LEASE_SECONDS:
            if len(self.leases) >= LEASES_MAX:
                self.leases.clear()
            lease = self.leases[key_id] = _Lease(now, full(API_RATE, now))
        return lease

    def _renew(self, key_id: str, lease: _Lease, now: float) -> None:
        """Leases a block, or the rest of one. If the bucket is empty, the next attempt waits until it has a whole block."""
        for _ in range(ATTEMPTS):
            before = self.buckets.get(key_id)
            bucket = before or full(API_RATE, now)
            after, leased = bucket.leased(BLOCK, API_RATE, now)
            lease.bucket = after
            if not leased:
                lease.refused_until = now + bucket.wait_seconds(BLOCK, API_RATE, now)
                return
            if self.buckets.compare_and_set(key_id, before, after):
                lease.tokens = leased
                return
        lease.tokens = 1  # too many callers at once to count them: let this one pass


def _remaining(lease: _Lease, now: float) -> int:
    """Returns an estimate: other workers have leased from the bucket since it was read."""
    if not lease.tokens and now < lease.refused_until:
        return 0
    return int(min(API_RATE.burst, lease.tokens + lease.bucket.refilled(API_RATE, now).tokens))
