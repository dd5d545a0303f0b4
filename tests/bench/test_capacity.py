"""The model of the deployed service, held by the simulation that runs the real rate limiter. docs/running.md has its figures."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from functions.adapters import schema
from functions.steps.sending.detect_burst import DetectBurst
from infra import ROOT
from tests.bench import capacity
from tests.bench.capacity import PARTITION_WRITES, Simulation, accept_concurrency, workers_for

RATES = (100, 1000, 5000)
NEAR = 0.05


@pytest.mark.parametrize("rate", RATES)
def test_as_many_workers_as_in_the_model_send_all(rate: int) -> None:
    outcome = Simulation(rate, workers_for(rate), ses_rate=1.3 * rate).run()
    assert outcome.sent_per_second == pytest.approx(rate, rel=NEAR)
    assert outcome.waiting < rate  # less than a second's


@pytest.mark.parametrize("rate", RATES)
def test_too_few_workers_are_the_first_bottleneck(rate: int) -> None:
    """Half of what the arithmetic needs, without the spare ones, send half."""
    needed = rate * capacity.batch_seconds() / capacity.BATCH
    workers = max(1, round(needed / 2))
    outcome = Simulation(rate, workers, ses_rate=2 * rate).run()
    assert outcome.sent_per_second == pytest.approx(rate * workers / needed, rel=2 * NEAR)


@pytest.mark.parametrize("rate", RATES)
def test_twice_the_sends_that_ses_takes_wait(rate: int) -> None:
    outcome = Simulation(2 * rate, workers_for(2 * rate), ses_rate=rate).run()
    assert outcome.sent_per_second == pytest.approx(rate, rel=2 * NEAR)
    assert outcome.peak <= 2 * rate * (1 + NEAR)  # a full bucket, and what fills it meanwhile


@pytest.mark.parametrize("rate", RATES)
def test_the_rate_limiters_item_is_no_hot_key(rate: int) -> None:
    """All workers write it. Without the bound of a lease and the pauses it took 1,310 writes a second at 5,000 mails."""
    outcome = Simulation(rate, workers_for(rate), ses_rate=rate).run()
    assert outcome.quota_writes < 0.4 * PARTITION_WRITES


def test_no_key_of_the_index_by_email_is_hot() -> None:
    """The real rules spread a second's messages of one email, accepted by as many workers as accept takes."""
    rate, instances = 5000, accept_concurrency(5000)
    bursts = [DetectBurst(clock=lambda: 1000.0) for _ in range(instances)]
    writes = Counter(
        schema.email_part(7, f"send-{number}", spread=bursts[number % instances](7)) for number in range(rate)
    )
    assert max(writes.values()) <= capacity.HOT_SHARE * PARTITION_WRITES + 1


@pytest.mark.parametrize("rate", RATES)
def test_the_page_has_the_models_figures(rate: int) -> None:
    page = (ROOT / "docs" / "running.md").read_text("utf-8")
    (row,) = re.findall(rf"^\| {rate:,} \|(.*)\|$", page, re.MULTILINE)
    accepts, workers, *_ = (cell.strip() for cell in row.split("|"))
    assert (accepts, workers) == (str(accept_concurrency(rate)), str(workers_for(rate)))
