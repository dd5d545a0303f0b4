"""The model of the deployed service, held by the simulation that runs the real rate limiter. docs/performance.md has its figures."""

from __future__ import annotations

import math
import re
from types import SimpleNamespace
from typing import Any

import pytest

from functions.adapters.sending.listings import DynamoListings
from functions.core import ids, timestamps
from functions.core.events.listings import of_messages
from infra import ROOT
from tests.bench import capacity
from tests.bench.capacity import PARTITION_WRITES, Simulation, accept_concurrency, workers_for
from tests.bench.growth.dynamodb import size
from tests.support.examples import NOON, a_message

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


@pytest.mark.parametrize("changes", [3, 4, 6])
def test_the_listings_of_an_email_are_no_hot_key(changes: int) -> None:
    """A second's messages of one email, in the batches of all shards, each message with some changes."""
    rate = 5000
    messages = [
        a_message(ids.for_send_id(str(number)), accepted_at=timestamps.iso(NOON + number / rate))
        for number in range(rate)
    ]
    batches = math.ceil(rate * changes / capacity.MEASURED)
    listings = [one for batch in range(batches) for one in of_messages(messages[batch::batches])]
    client: Any = SimpleNamespace()
    adapter = DynamoListings(client, "metrics", 90)
    units = sum(math.ceil(size(adapter._item(listing)) / 1024) for listing in listings)
    assert units <= capacity.HOT_SHARE * PARTITION_WRITES


@pytest.mark.parametrize("rate", RATES)
def test_the_page_has_the_models_figures(rate: int) -> None:
    page = (ROOT / "docs" / "performance.md").read_text("utf-8")
    (row,) = re.findall(rf"^\| {rate:,} \|(.*)\|$", page, re.MULTILINE)
    accepts, workers, *_ = (cell.strip() for cell in row.split("|"))
    assert (accepts, workers) == (str(accept_concurrency(rate)), str(workers_for(rate)))
