"""ports.DueWatermark: one suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.ports.sending import DueWatermark
from tests.fakes.sending import MemoryDueWatermark
from tests.support.aws.cloud import aws_of


@pytest.fixture(params=["memory", "dynamo"])
def watermark(request: pytest.FixtureRequest) -> DueWatermark:
    if request.param == "memory":
        return MemoryDueWatermark()
    return aws_of(request).get(wiring.adapters.sending.due_watermark)


def test_the_watermark_is_that_of_the_latest_sweep(watermark: DueWatermark) -> None:
    assert watermark.get() is None
    for until in ("2026-11-23T12:00:00.000Z", "2026-11-23T12:05:00.000Z"):
        watermark.set(until)
        assert watermark.get() == until
