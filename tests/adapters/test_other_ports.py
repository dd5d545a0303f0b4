"""Each suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.adapters.account.sending_account import SesAccount
from functions.core.access.token_bucket import TokenBucket
from functions.core.emails.pause import Pause
from functions.core.sending import throttle
from functions.core.sending.throttle import SesQuota
from functions.ports.access import ApiKey, ApiKeys, TokenBuckets
from functions.ports.sending import AccountPause, QuotaStore
from functions.wiring import Container
from tests.fakes.access import MemoryApiKeys, MemoryTokenBuckets
from tests.fakes.sending import MemoryAccountPause, MemoryQuotaStore
from tests.support.cloud import aws_of
from tests.support.examples import NOON

_fresh = itertools.count(1000)


@pytest.fixture(params=["memory", "dynamo"])
def api_keys(request: pytest.FixtureRequest) -> ApiKeys:
    return MemoryApiKeys() if request.param == "memory" else aws_of(request).get(wiring.adapters.api_keys)


@pytest.fixture(params=["memory", "dynamo"])
def buckets(request: pytest.FixtureRequest) -> TokenBuckets:
    return MemoryTokenBuckets() if request.param == "memory" else aws_of(request).get(wiring.adapters.token_buckets)


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


def test_nobody_takes_the_same_tokens_twice(buckets: TokenBuckets) -> None:
    one, two, three = TokenBucket(1000, NOON), TokenBucket(949.5, NOON + 1.25), TokenBucket(3, NOON + 2)
    assert buckets.get("k") is None
    assert not buckets.compare_and_set("k", one, two)
    assert buckets.compare_and_set("k", None, one)
    assert not buckets.compare_and_set("k", None, two)
    assert buckets.compare_and_set("k", one, two)
    assert not buckets.compare_and_set("k", one, three)
    assert buckets.get("k") == two


def test_rounding_gives_nothing_away(aws: Container) -> None:
    assert aws.get(wiring.adapters.token_buckets).compare_and_set("odd", None, TokenBucket(1 / 3, NOON + 1 / 3))
    stored = aws.get(wiring.adapters.token_buckets).get("odd")
    assert stored
    assert stored.tokens <= 1 / 3
    assert stored.at >= NOON + 1 / 3
    assert aws.get(wiring.adapters.token_buckets).compare_and_set("odd", stored, TokenBucket(0, NOON + 1))


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


@pytest.fixture(params=["memory", "dynamo"])
def governors(request: pytest.FixtureRequest) -> QuotaStore:
    if request.param == "memory":
        return MemoryQuotaStore()
    container = aws_of(request)
    return container.get(wiring.adapters.quota_store)


def test_a_governor_comes_back_and_nobody_overwrites_what_another_saved(governors: QuotaStore) -> None:
    governors.add_external(7)
    assert governors.get() is None, "it is made by telling it the quota alone"
    made = throttle.with_quota(None, SesQuota(12.5, 200, 3), NOON)
    first = governors.save(made)
    assert first
    assert governors.get() == first == replace(made, version=1)
    assert governors.save(made) is None
    second = governors.save(replace(first, day_left=None))
    assert governors.get() == second
    governors.add_external(7)
    governors.add_external(2)
    read = governors.get()
    assert read
    assert (read.sent_elsewhere, read.version) == (9, 2)


def test_the_quota_is_what_ses_tells(aws: Container) -> None:
    told = {
        "SendQuota": {"Max24HourSend": -1.0, "MaxSendRate": 14.0, "SentLast24Hours": 5.0},
        "SendingEnabled": False,
        "EnforcementStatus": "SHUTDOWN",
    }
    account: Any = SimpleNamespace(get_account=lambda: told)
    assert SesAccount(account).quota() == SesQuota(14.0, None, 5, enabled=False, enforcement_status="SHUTDOWN")


@pytest.fixture(params=["memory", "dynamo"])
def account_pause(request: pytest.FixtureRequest) -> AccountPause:
    if request.param == "memory":
        return MemoryAccountPause()
    container = aws_of(request)
    return container.get(wiring.adapters.account_pause)


def test_a_pause_comes_back_and_nobody_overwrites_what_another_wrote(account_pause: AccountPause) -> None:
    first = Pause("2026-11-23T12:00:00.000Z", "ada@example.com", "complaints")
    over = first.resumed("2026-11-23T13:00:00.000Z", "bob@example.com")
    assert account_pause.get() is None
    assert not account_pause.compare_and_set(over, first)
    assert account_pause.compare_and_set(None, first)
    assert account_pause.get() == first
    assert not account_pause.compare_and_set(None, over)
    assert account_pause.compare_and_set(first, over)
    assert not account_pause.compare_and_set(first, first)
    assert account_pause.get() == over
