"""Limit the rate of each API key: 1,000 requests at once and 100 a second in the long run, counted over all workers together.

A worker takes tokens from the key's shared bucket in blocks, so few requests cost a call. A key that a worker meets anew comes with a
few, so who calls seldom costs no call at all. Both let a little more through than the limit says; a limiter need not be exact.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec import Struct, field

from functions.core.access.token_bucket import TokenRate, full

if TYPE_CHECKING:
    from functions.ports import Clock
    from functions.ports.access import TokenBuckets

RATE = TokenRate(per_second=100, burst=1000)
BLOCK = 50
WELCOME = 10  # tokens
KEPT_SECONDS = 60  # how long a worker holds tokens of a key
KEPT_MAX = 10_000  # keys
TRIES = 3  # while other workers take from the same bucket


class _Lease(Struct):
    """What a worker holds of a key's tokens."""

    since: float
    tokens: int = WELCOME
    refused_until: float = 0.0


class RateLimiter(Struct, frozen=True):
    """The step with its dependencies."""

    buckets: TokenBuckets
    clock: Clock
    held: dict[str, _Lease] = field(default_factory=dict)

    def __call__(self, key_id: str) -> int:
        """0 where the request may pass; else after how many seconds it is worth another try."""
        now = self.clock()
        held = self._held(key_id, now)
        if not held.tokens and now >= held.refused_until:
            self._lease(key_id, held, now)
        if not held.tokens:
            return math.ceil(held.refused_until - now)
        held.tokens -= 1
        return 0

    def _held(self, key_id: str, now: float) -> _Lease:
        held = self.held.get(key_id)
        if held is None or not 0 <= now - held.since < KEPT_SECONDS:
            if len(self.held) >= KEPT_MAX:
                self.held.clear()
            held = self.held[key_id] = _Lease(now)
        return held

    def _lease(self, key_id: str, held: _Lease, now: float) -> None:
        """A block, or as much of one as there is; where there is nothing, ask again once there is a whole one."""
        for _ in range(TRIES):
            before = self.buckets.get(key_id)
            bucket = before or full(RATE, now)
            after, got = bucket.leased(BLOCK, RATE, now)
            if not got:
                held.refused_until = now + bucket.wait_seconds(BLOCK, RATE, now)
                return
            if self.buckets.compare_and_set(key_id, before, after):
                held.tokens = got
                return
        held.tokens = 1  # so many callers at once that nobody can count them: not this one's fault
