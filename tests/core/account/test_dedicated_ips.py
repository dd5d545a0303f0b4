"""What an operator reads about the sending addresses."""

from __future__ import annotations

import pytest

from functions.core.account.dedicated_ips import DedicatedIp, ReverseName, SendingPool, WarmUp, notes
from functions.core.account.prices import IpPoolType

ADDRESS = "198.51.100.7"


def text(pool: IpPoolType, *addresses: DedicatedIp) -> str:
    return " ".join(notes(SendingPool("pool", pool), list(addresses)))


def an_address(warm_up: WarmUp = WarmUp.DONE, **more: object) -> DedicatedIp:
    return DedicatedIp(address=ADDRESS, warm_up=warm_up, percent=100, **more)  # type: ignore[arg-type]  # the test gives some


@pytest.mark.parametrize(
    ("pool", "part"),
    [
        (IpPoolType.MANAGED, "one-time code may arrive late"),
        (IpPoolType.STANDARD, "The pool has no address"),
        (IpPoolType.SHARED, "shared addresses"),
    ],
)
def test_each_pool_has_its_advice(pool: IpPoolType, part: str) -> None:
    assert part in text(pool)


def test_a_standard_address_in_warm_up_is_explained() -> None:
    assert "warm-up" in text(IpPoolType.STANDARD, an_address(WarmUp.IN_PROGRESS))
    assert text(IpPoolType.STANDARD, an_address()) == ""


def test_a_listed_address_names_the_list() -> None:
    assert f"{ADDRESS} is on the block lists zen" in text(IpPoolType.STANDARD, an_address(block_lists=("zen",)))


def test_an_unconfirmed_name_is_reported() -> None:
    name = ReverseName("a.example.net", confirmed=False)
    assert "does not resolve" in text(IpPoolType.STANDARD, an_address(reverse_name=name))
