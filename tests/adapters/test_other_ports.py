"""Emails, ApiKeys and Metrics: each suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from functions.core.addresses import Address
from functions.core.errors import Retry
from functions.core.tally import Bucket, Increment, Tally, added
from functions.ports import ApiKey, ApiKeys, EmailCounters, Emails, Metrics
from functions.wiring import Wiring
from tests.cloud import SETTINGS
from tests.examples import NOON, a_revision, an_email
from tests.fakes import MemoryApiKeys, MemoryEmails, MemoryMetrics

_fresh = itertools.count(1000)


@pytest.fixture
def email_id() -> int:
    return next(_fresh)


@pytest.fixture(params=["memory", "dynamo"])
def emails(request: pytest.FixtureRequest) -> Emails:
    return MemoryEmails() if request.param == "memory" else request.getfixturevalue("aws").emails


@pytest.fixture(params=["memory", "dynamo"])
def api_keys(request: pytest.FixtureRequest) -> ApiKeys:
    return MemoryApiKeys() if request.param == "memory" else request.getfixturevalue("aws").api_keys


@pytest.fixture(params=["memory", "dynamo"])
def metrics(request: pytest.FixtureRequest) -> Metrics:
    """Empty each time: reading without ids tells of every email there is."""
    if request.param == "memory":
        return MemoryMetrics()
    wiring: Wiring = request.getfixturevalue("aws")
    table, client = SETTINGS.metrics_table, wiring.clients.dynamodb
    for item in client.scan(TableName=table)["Items"]:
        client.delete_item(TableName=table, Key={name: item[name] for name in ("subject", "bucket")})
    return wiring.metrics


def test_an_unknown_email_is_none(emails: Emails, email_id: int) -> None:
    assert emails.get(email_id) is None
    with pytest.raises(LookupError):
        emails.revision(email_id, 1)


def test_what_was_published_comes_back(emails: Emails, email_id: int) -> None:
    email = an_email(id=email_id)
    revision = a_revision(email_id=email_id, text="", reply_to=Address("help@example.com", "Zoë"), track_opens=False)
    emails.publish(email, revision)
    assert emails.get(email_id) == email
    assert emails.revision(email_id, 1) == revision


def test_a_new_revision_goes_live_and_the_old_one_stays(emails: Emails, email_id: int) -> None:
    one, two = a_revision(email_id=email_id), a_revision(email_id=email_id, number=2, subject="New")
    emails.publish(an_email(id=email_id), one)
    emails.publish(an_email(id=email_id, published_revision=2), two)
    live = emails.get(email_id)
    assert live
    assert live.published_revision == 2
    assert (emails.revision(email_id, 1), emails.revision(email_id, 2)) == (one, two)


def test_a_published_revision_never_changes(emails: Emails, email_id: int) -> None:
    email, revision = an_email(id=email_id), a_revision(email_id=email_id)
    emails.publish(email, revision)
    emails.publish(email, revision)  # the same again is no harm
    with pytest.raises(ValueError, match="another published revision 1"):
        emails.publish(replace(email, name="Other"), replace(revision, subject="Other"))
    assert emails.revision(email_id, 1) == revision
    assert emails.get(email_id) == email


def test_an_api_key_comes_back_without_its_secret(api_keys: ApiKeys) -> None:
    key = ApiKey(
        secret_id="ab" * 32,
        name="ci",
        prefix="stf_abc",
        owner="ada@example.com",
        scopes=("content", "account"),
        created_at="t",
    )
    assert api_keys.get(key.secret_id) is None
    api_keys.put(key)
    assert api_keys.get(key.secret_id) == key


def counted(metrics: Metrics, email_id: int, hour: str, **counters: int) -> None:
    bucket = Bucket(email_id, hour)
    before = metrics.tally(bucket)
    last = max((mark.sequence for mark in before.watermarks.values()), default=10**30)
    metrics.save(bucket, added(before, "shard", [Increment(last + 1, counters)], NOON))


def test_an_empty_bucket_is_an_empty_tally(metrics: Metrics) -> None:
    assert metrics.tally(Bucket(7, "2026-11-23T12")) == Tally()


def test_a_tally_comes_back_with_its_long_sequence_numbers(metrics: Metrics) -> None:
    bucket = Bucket(7, "2026-11-23T12")
    tally = added(
        Tally(), "shard", [Increment(4_421_584_500_000_000_017_450_439_091, {"sent": 1, "pending": -1})], NOON
    )
    metrics.save(bucket, tally)
    assert metrics.tally(bucket) == tally


def test_nobody_overwrites_what_another_saved(metrics: Metrics) -> None:
    bucket = Bucket(7, "2026-11-23T12")
    for _round in range(2):
        read = metrics.tally(bucket)
        mine = added(read, "mine", [Increment(read.version + 1, {"sent": 1})], NOON)
        theirs = added(read, "theirs", [Increment(read.version + 1, {"sent": 5})], NOON)
        metrics.save(bucket, mine)
        with pytest.raises(Retry, match="saved by another worker"):
            metrics.save(bucket, theirs)
        assert metrics.tally(bucket) == mine


@pytest.mark.parametrize(
    ("span", "ids", "expected"),
    [
        (("2026-11-23T12", "2026-11-23T12"), (), {7: {"sent": 1}, 8: {"sent": 4}}),
        (("2026-11-23T12", "2026-11-23T13"), (), {7: {"sent": 3, "open": 1}, 8: {"sent": 4}}),
        (("0000", "9999"), (), {7: {"sent": 10, "open": 1}, 8: {"sent": 4}}),
        (("0000", "9999"), (8, 9), {8: {"sent": 4}}),
        (("2027-01-01T00", "9999"), (), {}),
    ],
)
def test_totals_by_email_over_whole_hours(metrics: Metrics, span: tuple[str, str], ids: Any, expected: Any) -> None:
    counted(metrics, 7, "2026-11-23T12", sent=1)
    counted(metrics, 7, "2026-11-23T13", sent=1)
    counted(metrics, 7, "2026-11-23T13", sent=1, open=1)
    counted(metrics, 7, "2026-11-24T00", sent=7)
    counted(metrics, 8, "2026-11-23T12", sent=4)
    assert metrics.by_email(*span, ids) == [EmailCounters(email_id, total) for email_id, total in expected.items()]
