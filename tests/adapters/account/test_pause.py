"""ports.AccountPause: one suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.core.emails.pause import Pause
from functions.ports.account import AccountPause
from tests.fakes.account import MemoryAccountPause
from tests.support.aws.cloud import aws_of


@pytest.fixture(params=["memory", "dynamo"])
def account_pause(request: pytest.FixtureRequest) -> AccountPause:
    if request.param == "memory":
        return MemoryAccountPause()
    container = aws_of(request)
    return container.get(wiring.adapters.account.account_pause)


def test_a_pause_is_written_only_over_the_one_read(account_pause: AccountPause) -> None:
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
