"""ports.QuotaStore: one suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.core.sending import throttle
from functions.core.sending.throttle import SesQuota
from functions.ports.account import QuotaStore
from tests.fakes.account import MemoryQuotaStore
from tests.support.cloud import aws_of
from tests.support.examples import NOON


@pytest.fixture(params=["memory", "dynamo"])
def governors(request: pytest.FixtureRequest) -> QuotaStore:
    if request.param == "memory":
        return MemoryQuotaStore()
    container = aws_of(request)
    return container.get(wiring.adapters.quota_store)


def test_a_governor_comes_back_and_nobody_overwrites_what_another_saved(governors: QuotaStore) -> None:
    governors.add_external(7)
    assert governors.get() is None, "it is made by telling it the quota alone"
    made = throttle.with_quota(None, SesQuota(12.5, 200, 3), NOON)
    first = governors.save(made)
    assert first
    assert governors.get() == first == replace(made, version=1)
    assert governors.save(made) is None
    second = governors.save(replace(first, day_left=None))
    assert governors.get() == second
    governors.add_external(7)
    governors.add_external(2)
    read = governors.get()
    assert read
    assert (read.sent_elsewhere, read.version) == (9, 2)
