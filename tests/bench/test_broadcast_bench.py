"""What a broadcast costs per recipient is fixed: a new call or a new write needs a decision. Times are not tested."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.bench import broadcast_report
from tests.bench.running import broadcasts


@pytest.fixture(scope="module")
def measured() -> Iterator[list[dict[str, Any]]]:
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):  # what the bench sets is gone after it
            patch.setenv(name, os.environ[name])
        before = set(os.environ)
        yield broadcasts(1000, 2000)
        for name in set(os.environ) - before:
            patch.delenv(name)


def test_each_recipient_has_an_outcome(measured: list[dict[str, Any]]) -> None:
    assert [one["outcomes"] for one in measured] == [{"sent": 1000}, {"sent": 2000}]


def test_a_recipient_costs_at_most_four_write_units(measured: list[dict[str, Any]]) -> None:
    assert all(one["counts"]["write units"] < 3.2 for one in measured)
    assert all(broadcast_report.dynamodb_dollars(one) < 2.5 for one in measured)


def test_the_cost_of_a_recipient_does_not_grow(measured: list[dict[str, Any]]) -> None:
    small, large = measured
    for name in ("write units", "read units", "SendEmail", "PutItem", "UpdateItem"):
        assert large["counts"][name] <= small["counts"][name] * 1.01
    assert large["memory_mb"] <= small["memory_mb"] * broadcast_report.MEMORY_GROWTH


def test_no_key_gets_more_than_a_tenth_of_a_partition(measured: list[dict[str, Any]]) -> None:
    most = broadcast_report.SHARE * broadcast_report.PARTITION
    assert all(share * broadcast_report.RATE <= most for share in measured[-1]["hottest"].values())


def test_the_report_has_every_part(measured: list[dict[str, Any]]) -> None:
    table = broadcast_report.text(measured)
    for part in ("1,000", "2,000", "pages", "write units a second", "total", "reached"):
        assert part in table
