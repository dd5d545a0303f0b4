"""The bench runs, and the number of AWS calls of a send is fixed: a new call needs a decision. Times are not tested."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from functions.adapters.account.price_list import price_list
from functions.core.account import cost
from tests.bench import prices, rendering, report
from tests.bench.running import staffetta


@pytest.fixture(scope="module")
def measured() -> Iterator[dict[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):  # what the bench sets is gone after it
            patch.setenv(name, os.environ[name])
        before = set(os.environ)
        yield {**staffetta(400, cold_starts=1), "rendering": rendering.measure()}
        for name in set(os.environ) - before:
            patch.delenv(name)


def test_accepting_a_send_takes_two_calls(measured: dict[str, Any]) -> None:
    """A busy function reads the email a few times a second: see email_leases."""
    counts = measured["flow"]["single_send"]["counts"]
    assert counts.pop("GetItem") < 0.05
    assert counts.pop("read units") < 0.05
    assert counts == {"PutItem": 1, "write units": 2, "SendMessage": 1}


def test_delivering_to_a_new_contact_takes_three_writes(measured: dict[str, Any]) -> None:
    """The writes are the claim, the outcome and the contact. An unchanged contact costs one read, and no write."""
    counts = measured["flow"]["deliver"]["counts"]
    assert counts["SendEmail"] == 1
    assert 3 <= counts["write units"] < 3.2  # leases of the sending rate are shared by many
    assert (
        prices.calls(measured["flow"]["deliver"]) < 4.8
    )  # contacts are read, and contents stored, for a batch at once


def test_what_was_sent_takes_less_than_a_write_unit(measured: dict[str, Any]) -> None:
    """The orders of a batch are compressed together, and in a table without indexes and without a stream."""
    assert measured["flow"]["deliver"]["counts"]["content write units"] < 0.5
    assert measured["content_bytes"] < 450


def test_listings_take_a_small_part_of_a_write_unit(measured: dict[str, Any]) -> None:
    """A listing has the new messages of a batch of the stream."""
    counts = measured["flow"]["measure"]["counts"]
    assert counts["write units"] - counts["UpdateItem"] < 0.05
    assert counts["BatchWriteItem"] < 0.05
    assert measured["stored_bytes"] < 1000


def test_a_million_sends_cost_at_most_the_limit(measured: dict[str, Any]) -> None:
    assert sum(prices.lines(measured).values()) < 10


def test_the_price_lists_usage_is_as_measured(measured: dict[str, Any]) -> None:
    """`staffetta cost` shows what was measured. Processor time differs between machines, so that line may differ by more."""
    file, aws = price_list(), price_list().aws
    written = {line.name: line.amount for line in cost.service_lines(aws, file.usage, prices.MILLION)}
    for name, amount in prices.lines(measured).items():
        tolerance = 0.5 if name == "Lambda time" else 0.1
        assert written[name] == pytest.approx(amount, rel=tolerance), name


def test_the_report_has_every_part(measured: dict[str, Any]) -> None:
    table = report.text(measured, {"accept": 1000.0, "deliver": 1000.0})
    for part in ("accept", "deliver", "single_send", "django-post-office", "we add", "target", "ratio"):
        assert part in table


def test_plain_jinja_renders_the_same_receipt() -> None:
    ours = rendering.hubl()()
    assert rendering.jinja()() == [ours.subject, ours.html, ours.text]
