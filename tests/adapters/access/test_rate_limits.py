"""ports.TokenBuckets: one suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.core.access.token_bucket import TokenBucket
from functions.ports.access import TokenBuckets
from functions.wiring import Container
from tests.fakes.access import MemoryTokenBuckets
from tests.support.aws.cloud import aws_of
from tests.support.examples import NOON


@pytest.fixture(params=["memory", "dynamo"])
def buckets(request: pytest.FixtureRequest) -> TokenBuckets:
    return (
        MemoryTokenBuckets() if request.param == "memory" else aws_of(request).get(wiring.adapters.access.token_buckets)
    )


def test_the_same_tokens_are_taken_once(buckets: TokenBuckets) -> None:
    one, two, three = TokenBucket(1000, NOON), TokenBucket(949.5, NOON + 1.25), TokenBucket(3, NOON + 2)
    assert buckets.get("k") is None
    assert not buckets.compare_and_set("k", one, two)
    assert buckets.compare_and_set("k", None, one)
    assert not buckets.compare_and_set("k", None, two)
    assert buckets.compare_and_set("k", one, two)
    assert not buckets.compare_and_set("k", one, three)
    assert buckets.get("k") == two


def test_rounding_gives_nothing_away(aws: Container) -> None:
    assert aws.get(wiring.adapters.access.token_buckets).compare_and_set("odd", None, TokenBucket(1 / 3, NOON + 1 / 3))
    stored = aws.get(wiring.adapters.access.token_buckets).get("odd")
    assert stored
    assert stored.tokens <= 1 / 3
    assert stored.at >= NOON + 1 / 3
    assert aws.get(wiring.adapters.access.token_buckets).compare_and_set("odd", stored, TokenBucket(0, NOON + 1))
