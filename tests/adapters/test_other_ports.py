"""Emails, ApiKeys and Metrics: each suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import itertools
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from functions.adapters.ses_account import SesAccount
from functions.core import governor
from functions.core.addresses import Address
from functions.core.bucket import TokenBucket
from functions.core.errors import Retry
from functions.core.governor import Quota
from functions.core.tally import Bucket, Increment, Tally, added
from functions.ports import ApiKey, ApiKeys, Buckets, EmailCounters, Emails, Governors, Metrics
from functions.wiring import Wiring
from tests.cloud import SETTINGS
from tests.examples import NOON, a_revision, an_email
from tests.fakes import MemoryApiKeys, MemoryBuckets, MemoryEmails, MemoryGovernors, MemoryMetrics

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
def buckets(request: pytest.FixtureRequest) -> Buckets:
    return MemoryBuckets() if request.param == "memory" else request.getfixturevalue("aws").buckets


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
        emails.publish(replace(email, name="Other"), replace(revision, name="Other"))
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


def test_nobody_takes_the_same_tokens_twice(buckets: Buckets) -> None:
    one, two, three = TokenBucket(1000, NOON), TokenBucket(949.5, NOON + 1.25), TokenBucket(3, NOON + 2)
    assert buckets.get("k") is None
    assert not buckets.replace("k", one, two)
    assert buckets.replace("k", None, one)
    assert not buckets.replace("k", None, two)
    assert buckets.replace("k", one, two)
    assert not buckets.replace("k", one, three)
    assert buckets.get("k") == two


def test_rounding_gives_nothing_away(aws: Wiring) -> None:
    assert aws.buckets.replace("odd", None, TokenBucket(1 / 3, NOON + 1 / 3))
    stored = aws.buckets.get("odd")
    assert stored
    assert stored.tokens <= 1 / 3
    assert stored.at >= NOON + 1 / 3
    assert aws.buckets.replace("odd", stored, TokenBucket(0, NOON + 1))


def a_key(number: int, **changed: Any) -> ApiKey:
    given: dict[str, Any] = {
        "secret_id": f"{number:064x}",
        "name": "ci",
        "prefix": "stf_abc",
        "owner": "ada@example.com",
        "scopes": ("content",),
        "created_at": f"2026-11-23T12:00:{number:02}.000Z",
    }
    return ApiKey(**{**given, **changed})


def test_a_key_is_renamed_revoked_and_listed_still(api_keys: ApiKeys) -> None:
    one, two = a_key(1), a_key(2)
    for key in (two, one):
        api_keys.put(key)
    assert api_keys.rename(one.secret_id, "shop") == replace(one, name="shop")
    assert api_keys.revoke(two.secret_id, "t1") == api_keys.revoke(two.secret_id, "t2") == replace(two, revoked_at="t1")
    mine = [
        key for key in api_keys.all() if key.prefix == "stf_abc" and key.secret_id in {one.secret_id, two.secret_id}
    ]
    assert mine == [replace(one, name="shop"), replace(two, revoked_at="t1")]


def test_the_latest_use_of_a_key_is_kept(api_keys: ApiKeys) -> None:
    key = a_key(3)
    api_keys.put(key)
    for at in ("2026-11-23T13", "2026-11-23T14", "2026-11-23T13"):
        api_keys.used(key.secret_id, at)
    assert api_keys.get(key.secret_id) == replace(key, last_used_at="2026-11-23T14")


def test_an_unknown_key_is_not_made_by_touching_it(api_keys: ApiKeys) -> None:
    unknown = a_key(99).secret_id
    assert api_keys.rename(unknown, "x") is None
    assert api_keys.revoke(unknown, "t") is None
    api_keys.used(unknown, "t")
    assert api_keys.get(unknown) is None


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


def test_hours_in_which_something_waits_are_found(metrics: Metrics) -> None:
    counted(metrics, 17, "2027-03-01T12", pending=2)
    counted(metrics, 17, "2027-03-01T13", pending=1)
    counted(metrics, 17, "2027-03-01T13", pending=-1, sent=1)
    counted(metrics, 17, "2027-03-01T15", pending=1)
    assert metrics.pending("2027-03-01T00", "2027-03-01T14") == [Bucket(17, "2027-03-01T12")]


@pytest.fixture(params=["memory", "dynamo"])
def governors(request: pytest.FixtureRequest) -> Governors:
    if request.param == "memory":
        return MemoryGovernors()
    wiring: Wiring = request.getfixturevalue("aws")
    return wiring.governors


def test_a_governor_comes_back_and_nobody_overwrites_what_another_saved(governors: Governors) -> None:
    governors.add_foreign(7)
    assert governors.get() is None, "it is made by telling it the quota alone"
    made = governor.told(None, Quota(12.5, 200, 3), NOON)
    first = governors.save(made)
    assert first
    assert governors.get() == first == replace(made, version=1)
    assert governors.save(made) is None
    second = governors.save(replace(first, day_left=None))
    assert governors.get() == second
    governors.add_foreign(7)
    governors.add_foreign(2)
    read = governors.get()
    assert read
    assert (read.foreign, read.version) == (9, 2)


def test_the_quota_is_what_ses_tells(aws: Wiring) -> None:
    client = SimpleNamespace(
        get_account=lambda: {"SendQuota": {"Max24HourSend": -1.0, "MaxSendRate": 14.0, "SentLast24Hours": 5.0}}
    )
    account: Any = client
    assert SesAccount(account).quota() == Quota(14.0, None, 5)
