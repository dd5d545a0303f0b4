"""ports.QuotaStore: one suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.core.sending import throttle
from functions.core.sending.throttle import SesQuota
from functions.ports.account import QuotaStore
from tests.fakes.account import MemoryQuotaStore
from tests.support.aws.cloud import aws_of
from tests.support.examples import NOON


@pytest.fixture(params=["memory", "dynamo"])
def quotas(request: pytest.FixtureRequest) -> QuotaStore:
    if request.param == "memory":
        return MemoryQuotaStore()
    container = aws_of(request)
    return container.get(wiring.adapters.account.quota_store)


def test_a_quota_is_saved_only_over_the_version_read(quotas: QuotaStore) -> None:
    quotas.add_external(7)
    assert quotas.get() is None, "it is made by telling it the quota alone"
    quota = throttle.with_quota(None, SesQuota(12.5, 200, 3), NOON)
    first = quotas.save(quota)
    assert first
    assert quotas.get() == first == replace(quota, version=1)
    assert quotas.save(quota) is None
    second = quotas.save(replace(first, day_left=None))
    assert quotas.get() == second
    quotas.add_external(7)
    quotas.add_external(2)
    read = quotas.get()
    assert read
    assert (read.sent_elsewhere, read.version) == (9, 2)
