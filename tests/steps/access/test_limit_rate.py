"""The rate limit of a key: what all workers let through together, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from functions.core.access.token_bucket import API_RATE, TokenBucket
from functions.steps.access.limit_rate import BLOCK, LEASE_SECONDS, WELCOME, RateLimiter
from tests.fakes import Clock
from tests.fakes.access import MemoryTokenBuckets


@dataclass
class CountedBuckets(MemoryTokenBuckets):
    writes: int = 0

    def compare_and_set(self, name: str, before: TokenBucket | None, after: TokenBucket) -> bool:
        self.writes += 1
        return super().compare_and_set(name, before, after)


def passed(workers: list[RateLimiter], clock: Clock, seconds: int, per_second: int, key: str = "k") -> int:
    """How many of so many requests a second, shared by the workers, get through."""
    number, through = 0, 0
    for _ in range(seconds):
        for _ in range(per_second):
            through += workers[number % len(workers)](key).wait_seconds == 0
            number += 1
            clock.now += 1 / per_second
    return through


@pytest.mark.parametrize("workers", [1, 7])
def test_all_workers_together_keep_the_limit(workers: int) -> None:
    clock, buckets = Clock(), MemoryTokenBuckets()
    limits = [RateLimiter(buckets, clock) for _ in range(workers)]
    through = passed(limits, clock, 20, 400)
    limit = API_RATE.burst + 20 * API_RATE.per_second
    assert limit * 0.95 < through <= limit + workers * (WELCOME + BLOCK)
    assert 0.9 * 1000 < passed(limits, clock, 10, 400) <= 1000 + workers * BLOCK


def test_no_request_within_the_limit_is_refused() -> None:
    clock, buckets = Clock(), MemoryTokenBuckets()
    limits = [RateLimiter(buckets, clock) for _ in range(3)]
    assert passed(limits, clock, 120, 90) == 120 * 90


def test_a_refusal_returns_the_seconds_to_wait() -> None:
    clock = Clock()
    limit = RateLimiter(MemoryTokenBuckets({"k": TokenBucket(0, clock.now)}), clock)
    assert [limit("k").wait_seconds for _ in range(WELCOME)] == [0] * WELCOME
    wait = limit("k").wait_seconds
    assert 1 <= wait <= 10
    clock.now += wait
    assert limit("k").wait_seconds == 0


def test_what_remains_counts_down_to_a_refusal() -> None:
    clock = Clock()
    limit = RateLimiter(MemoryTokenBuckets(), clock)
    left = [limit("k").remaining for _ in range(WELCOME + int(API_RATE.burst))]
    assert left == sorted(left, reverse=True)
    assert (left[0], left[-2], left[-1]) == (API_RATE.burst, 1, 0)
    assert limit("k").remaining == limit.read("k").remaining == 0


def test_what_remains_fills_again() -> None:
    clock = Clock()
    limit = RateLimiter(MemoryTokenBuckets({"k": TokenBucket(0, clock.now)}), clock)
    refused = [limit("k") for _ in range(WELCOME + 1)][-1]
    clock.now += refused.wait_seconds
    assert limit("k").remaining > 0
    clock.now += LEASE_SECONDS
    assert limit("k").remaining == API_RATE.burst


def test_an_exempt_request_counts_nothing() -> None:
    clock, buckets = Clock(), CountedBuckets()
    limit = RateLimiter(buckets, clock)
    assert {(limit.read("k").wait_seconds, limit.read("k").remaining) for _ in range(3000)} == {(0, API_RATE.burst)}
    assert buckets.writes == 0
    assert passed([limit], clock, 1, 500) == 500


def test_keys_have_separate_limits() -> None:
    clock = Clock()
    limit = RateLimiter(MemoryTokenBuckets({"k": TokenBucket(0, clock.now)}), clock)
    assert passed([limit], clock, 1, 200) < 200
    assert passed([limit], clock, 1, 200, key="other") == 200


def test_infrequent_requests_cost_no_write() -> None:
    clock, buckets = Clock(), CountedBuckets()
    limit = RateLimiter(buckets, clock)
    for _ in range(100):
        assert limit("k").wait_seconds == 0
        clock.now += LEASE_SECONDS / WELCOME
    assert buckets.writes == 0
    passed([limit], clock, 50, 100)
    assert buckets.writes <= 50 * 100 / BLOCK + 1


class Contended(MemoryTokenBuckets):
    def compare_and_set(self, name: str, before: TokenBucket | None, after: TokenBucket) -> bool:
        return False


def test_a_contended_bucket_refuses_no_request() -> None:
    clock = Clock()
    assert passed([RateLimiter(Contended(), clock)], clock, 1, 100) == 100
