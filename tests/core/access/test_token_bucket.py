"""The token bucket never grants more than its rate and its burst allow, at any time."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.access.token_bucket import TokenBucket, TokenRate, full

RATE = TokenRate(per_second=10, burst=20)
REQUESTS = st.lists(st.tuples(st.floats(-5, 5), st.integers(0, 50)), max_size=50)


@given(REQUESTS)
def test_it_never_grants_more_than_burst_and_rate(requests: list[tuple[float, int]]) -> None:
    """This holds also if clocks go back and forth."""
    bucket, now, latest, granted = full(RATE, 0.0), 0.0, 0.0, 0
    for step, count in requests:
        now += step
        latest = max(latest, now)
        bucket, got = bucket.leased(count, RATE, now)
        granted += got
        assert 0 <= got <= count
        assert granted <= RATE.burst + latest * RATE.per_second + 1e-6
        assert -1e-6 <= bucket.tokens <= RATE.burst


@given(st.floats(0, 20), st.integers(1, 20), st.floats(0, 100))
def test_the_tokens_are_there_after_the_wait(tokens: float, count: int, now: float) -> None:
    bucket = TokenBucket(tokens, now)
    wait = bucket.wait_seconds(count, RATE, now)
    _, got = bucket.leased(count, RATE, now + wait + 1e-6)
    assert got == count


def test_a_reserve_is_left_for_others() -> None:
    bucket, got = full(RATE, 0).leased(20, RATE, 0, reserve=15)
    assert got == 5
    assert bucket.leased(20, RATE, 0, reserve=15) == (bucket, 0)
    assert bucket.leased(20, RATE, 0)[1] == 15
    assert bucket.wait_seconds(1, RATE, 0, reserve=15) == pytest.approx(0.1)


@pytest.mark.parametrize(("count", "rate"), [(21, RATE), (1, TokenRate(0, 20)), (1, TokenRate(10, 0))])
def test_an_unreachable_count_waits_for_ever(count: int, rate: TokenRate) -> None:
    assert TokenBucket(0, 0).wait_seconds(count, rate, 0) == math.inf


def test_a_rate_is_not_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        TokenRate(-1, 5)
