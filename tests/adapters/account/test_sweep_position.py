"""ports.SweepPosition: one suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.ports.account import SweepPosition
from tests.fakes.sending import MemorySweepPosition
from tests.support.aws.cloud import aws_of


@pytest.fixture(params=["memory", "dynamo"])
def position(request: pytest.FixtureRequest) -> SweepPosition:
    if request.param == "memory":
        return MemorySweepPosition()
    return aws_of(request).get(wiring.adapters.account.unsettled_position)


def test_the_position_is_that_of_the_latest_sweep(position: SweepPosition) -> None:
    assert position.get() == ""
    for text in ("2026-11-23#1001#", ""):
        position.set(text)
        assert position.get() == text
