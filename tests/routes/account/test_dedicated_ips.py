"""The sending addresses over HTTP and by the command line, with fakes of SES and DNS."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from functions import wiring
from functions.adapters.account import dedicated_ips, reverse_dns
from functions.core.account.dedicated_ips import DedicatedIp, ReverseName, SendingPool, WarmUp
from functions.core.account.prices import IpPoolType
from functions.core.sending import throttle
from functions.core.sending.throttle import SesQuota
from functions.wiring import Container
from infra.cli.stage import Stage
from tests.support.aws.cloud import SETTINGS, worker
from tests.support.cli.staffetta_command import staffetta
from tests.support.http.api import call

ADDRESSES = ["198.51.100.1", "198.51.100.2"]
PATH = "/staffetta/v1/dedicated-ips"


class FakeIps:
    def __init__(self, *_: Any) -> None:
        pass

    def pool(self) -> SendingPool:
        return SendingPool("ours", IpPoolType.STANDARD)

    def addresses(self, pool: SendingPool) -> list[DedicatedIp]:
        return [DedicatedIp(address=ip, warm_up=WarmUp.IN_PROGRESS, percent=40) for ip in ADDRESSES]

    def block_lists(self, addresses: list[str]) -> Mapping[str, tuple[str, ...]]:
        return {addresses[0]: ("zen.example.org",)}


class FakeDns:
    def name(self, address: str) -> ReverseName | None:
        return ReverseName("a1.smtp.example.net", confirmed=True) if address == ADDRESSES[0] else None


@pytest.fixture(scope="module")
def aws() -> Iterator[Container]:
    with worker() as container, pytest.MonkeyPatch.context() as patch:
        patch.setattr(dedicated_ips, "SesDedicatedIps", FakeIps)
        patch.setattr(reverse_dns, "DnsReverse", FakeDns)
        patch.setattr(Stage, "outputs", lambda _stage: {"Settings": json.dumps(SETTINGS.to_env())})
        store = container.get(wiring.adapters.account.quota_store)
        store.save(throttle.with_quota(None, SesQuota(14, None, 1000, plan="NONE"), container.clock()))
        yield container


def test_each_address_has_its_warm_up_name_and_lists(aws: Container) -> None:
    status, ips = call("GET", PATH)
    assert (status, ips["pool"]) == (200, {"type": "standard", "name": "ours"})
    warm_up = {"warmUp": "IN_PROGRESS", "warmUpPercent": 40}
    assert ips["addresses"] == [
        {
            "ip": ADDRESSES[0],
            **warm_up,
            "ptr": "a1.smtp.example.net",
            "ptrConfirmed": True,
            "blockLists": ["zen.example.org"],
        },
        {"ip": ADDRESSES[1], **warm_up, "blockLists": []},
    ]
    assert ips["reputation"]["enforcementStatus"] == "HEALTHY"
    assert any("zen.example.org" in note for note in ips["notes"])


def test_the_default_volume_is_a_months(aws: Container) -> None:
    cost = call("GET", PATH)[1]["cost"]
    assert (cost["messages"], cost["addresses"]) == (30_000, 49.90)


def test_the_cost_is_that_of_the_volume(aws: Container) -> None:
    few, many = (
        call("GET", PATH, queryStringParameters={"messages": number})[1]["cost"]["total"] for number in ("0", "1000000")
    )
    assert many - few > 100


def test_the_command_shows_the_same(aws: Container) -> None:
    output = staffetta("dedicated-ips", "--messages", "1000")
    for part in ("ours (standard)", "in progress 40 %", "a1.smtp.example.net", "zen.example.org", "$49.90"):
        assert part in output
    assert json.loads(staffetta("dedicated-ips", "--json"))["pool"]["name"] == "ours"
