from __future__ import annotations

import pytest

from functions.core.access.actor import Actor, unrestricted
from functions.steps.access.authenticate import Authenticator
from functions.steps.access.check_key import CheckKey
from functions.steps.access.create_api_key import CreateApiKey
from functions.steps.access.limit_rate import RateLimiter, RateResult
from tests.fakes.access import MemoryApiKeys, MemoryTokenBuckets


def now() -> float:
    return 0.0


@pytest.fixture
def api_keys() -> MemoryApiKeys:
    return MemoryApiKeys()


@pytest.fixture
def check_key(api_keys: MemoryApiKeys) -> CheckKey:
    return CheckKey(Authenticator(api_keys, now), RateLimiter(MemoryTokenBuckets(), now))


@pytest.fixture
def header(api_keys: MemoryApiKeys) -> str:
    create = CreateApiKey(api_keys=api_keys, clock=now, new_secret=lambda: "s" * 43)
    secret, _ = create("ci", "ada@example.com", ("content", "account"), unrestricted("ada@example.com"))
    return f"Bearer {secret}"


def test_a_valid_key_names_its_caller(check_key: CheckKey, api_keys: MemoryApiKeys, header: str) -> None:
    check = check_key(header, exempt=True)
    (key,) = api_keys.all()
    assert check
    assert check.caller == Actor("ada@example.com", ("content", "account"), key.secret_id)
    assert check.rate == RateResult(0, 1000)


@pytest.mark.parametrize("header", [None, "", "Bearer wrong"])
def test_no_key_is_no_caller(check_key: CheckKey, header: str | None) -> None:
    assert check_key(header, exempt=False) is None


def test_only_requests_that_are_not_exempt_count(check_key: CheckKey, header: str) -> None:
    def waits(times: int, *, exempt: bool) -> bool:
        return any(
            check.rate.wait_seconds for check in (check_key(header, exempt=exempt) for _ in range(times)) if check
        )

    assert not waits(2000, exempt=True)
    assert waits(2000, exempt=False)
    assert not waits(1, exempt=True)
