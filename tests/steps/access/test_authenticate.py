from __future__ import annotations

import pytest

from functions.steps.access.authenticate import CACHE_SECONDS, Authenticator
from tests.fakes import Clock
from tests.fakes.access import MemoryApiKeys
from tests.support.api_keys import create_key
from tests.support.examples import NOON_TEXT


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Basic stf_secret0", "stf_secret0", "Bearer stf_secret1", "Bearer x stf_secret0"],
)
def test_an_invalid_header_has_no_key(header: str | None) -> None:
    api_keys = MemoryApiKeys()
    create_key(api_keys)
    assert Authenticator(api_keys, Clock())(header) is None


@pytest.mark.parametrize("header", ["Bearer stf_secret0", "bearer stf_secret0", " Bearer  stf_secret0 "])
def test_a_bearer_key_is_authenticated(header: str) -> None:
    api_keys = MemoryApiKeys()
    _, key = create_key(api_keys)
    assert Authenticator(api_keys, Clock())(header) == key


def test_the_use_of_a_key_is_stored_once_an_hour() -> None:
    api_keys, clock = MemoryApiKeys(), Clock()
    _, key = create_key(api_keys)
    used_at = []
    for _ in range(6):
        assert Authenticator(api_keys, clock)("Bearer stf_secret0")  # a new worker
        used_at.append(api_keys.stored[key.secret_id].last_used_at)
        clock.now += 1200
    assert used_at == ["2026-11-23T12:00:00.000Z"] * 3 + ["2026-11-23T13:00:00.000Z"] * 3


def test_a_new_key_works_at_once() -> None:
    api_keys = MemoryApiKeys()
    authenticate = Authenticator(api_keys, Clock())
    assert authenticate("Bearer stf_secret0") is None
    _, key = create_key(api_keys)
    assert authenticate("Bearer stf_secret0") == key


def test_a_revoked_key_works_for_at_most_a_minute() -> None:
    api_keys, clock = MemoryApiKeys(), Clock()
    authenticate = Authenticator(api_keys, clock)
    _, key = create_key(api_keys)
    assert authenticate("Bearer stf_secret0") == key
    api_keys.revoke(key.secret_id, NOON_TEXT)
    clock.now += CACHE_SECONDS - 1
    assert authenticate("Bearer stf_secret0") == key
    clock.now += 1
    assert authenticate("Bearer stf_secret0") is None


def test_guesses_fill_no_memory() -> None:
    authenticate = Authenticator(MemoryApiKeys(), Clock())
    for number in range(100):
        authenticate(f"Bearer guess{number}")
    assert authenticate.cache == {}
