"""The bench runs, and what a send asks of AWS is held: one call more must be decided on, and not slip in. Times are not tested."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.bench import prices, report
from tests.bench.running import staffetta


@pytest.fixture(scope="module")
def measured() -> Iterator[dict[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):  # what the bench sets is gone after it
            patch.setenv(name, os.environ[name])
        before = set(os.environ)
        yield staffetta(100, cold_starts=1)
        for name in set(os.environ) - before:
            patch.delenv(name)


def test_accepting_a_send_takes_three_calls(measured: dict[str, Any]) -> None:
    asked = measured["flow"]["single_send"]["asked"]
    assert asked == {"GetItem": 1, "read units": 0.5, "PutItem": 1, "write units": 3, "SendMessage": 1}


def test_delivering_a_send_to_somebody_new_takes_three_writes_and_one_mail(measured: dict[str, Any]) -> None:
    """The claim, the outcome and the contact, which is looked for before; whoever is known costs one look, and no write."""
    asked = measured["flow"]["deliver"]["asked"]
    assert asked["SendEmail"] == 1
    assert 3 <= asked["write units"] < 3.2  # leases of the sending rate are shared by many
    assert prices.calls(measured["flow"]["deliver"]) < 6.5


def test_a_million_sends_cost_no_more_than_they_did(measured: dict[str, Any]) -> None:
    assert sum(prices.lines(measured).values()) < 11.5


def test_the_report_says_where_we_stand(measured: dict[str, Any]) -> None:
    told = report.text(measured, {"accept": 1000.0, "deliver": 1000.0})
    for said in ("accept", "deliver", "single_send", "django-post-office", "we add", "target"):
        assert said in told
