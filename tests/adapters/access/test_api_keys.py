"""ports.ApiKeys: one suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.ports.access import ApiKey, ApiKeys
from tests.fakes.access import MemoryApiKeys
from tests.support.aws.cloud import aws_of


@pytest.fixture(params=["memory", "dynamo"])
def api_keys(request: pytest.FixtureRequest) -> ApiKeys:
    return MemoryApiKeys() if request.param == "memory" else aws_of(request).get(wiring.adapters.access.api_keys)


def a_key(number: int, **changed: Any) -> ApiKey:
    fields: dict[str, Any] = {
        "secret_id": f"{number:064x}",
        "name": "ci",
        "prefix": "stf_abc",
        "owner": "ada@example.com",
        "scopes": ("content",),
        "created_at": f"2026-11-23T12:00:{number:02}.000Z",
    }
    return ApiKey(**{**fields, **changed})


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
