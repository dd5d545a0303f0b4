"""SES's answers about addresses: the pool in use, pages, percentages, and reports that SES refuses."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.adapters.account.dedicated_ips import SesDedicatedIps
from functions.core.account.dedicated_ips import DedicatedIp, SendingPool, WarmUp
from functions.core.account.prices import IpPoolType

MANAGED = SendingPool("ours", IpPoolType.MANAGED)


def adapter(**operations: Any) -> SesDedicatedIps:
    client: Any = SimpleNamespace(**{name: lambda answer=answer, **_: answer for name, answer in operations.items()})
    return SesDedicatedIps(client, "transactional")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"SendingPoolName": "ours"}, MANAGED),
        ({"SendingPoolName": "ses-shared-pool"}, SendingPool("ses-shared-pool", IpPoolType.SHARED)),
        ({}, SendingPool("", IpPoolType.SHARED)),
    ],
)
def test_the_pool_is_the_one_that_the_set_uses(options: dict[str, str], expected: SendingPool) -> None:
    ses = adapter(
        get_configuration_set={"DeliveryOptions": options},
        get_dedicated_ip_pool={"DedicatedIpPool": {"PoolName": "ours", "ScalingMode": "MANAGED"}},
    )
    assert ses.pool() == expected


def test_every_page_of_addresses_is_read() -> None:
    def page(ip: str, percent: int, status: str) -> dict[str, Any]:
        return {"DedicatedIps": [{"Ip": ip, "WarmupPercentage": percent, "WarmupStatus": status}]}

    pages = {
        None: {**page("192.0.2.1", -1, "NOT_APPLICABLE"), "NextToken": "2"},
        "2": page("192.0.2.2", 40, "IN_PROGRESS"),
    }
    client: Any = SimpleNamespace(get_dedicated_ips=lambda PoolName, NextToken=None: pages[NextToken])  # noqa: N803 - boto3's name
    assert SesDedicatedIps(client, "set").addresses(MANAGED) == [
        DedicatedIp(address="192.0.2.1", warm_up=WarmUp.NOT_APPLICABLE, percent=None),
        DedicatedIp(address="192.0.2.2", warm_up=WarmUp.IN_PROGRESS, percent=40),
    ]


def test_the_shared_pool_shows_no_address() -> None:
    assert adapter().addresses(SendingPool("", IpPoolType.SHARED)) == []


def test_block_lists_are_by_address() -> None:
    ses = adapter(get_blacklist_reports={"BlacklistReport": {"192.0.2.1": [{"RblName": "zen"}]}})
    assert ses.block_lists(["192.0.2.1", "192.0.2.2"]) == {"192.0.2.1": ("zen",), "192.0.2.2": ()}


def test_a_refused_report_is_unknown() -> None:
    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "BadRequestException"}}, "GetBlacklistReports")

    client: Any = SimpleNamespace(get_blacklist_reports=refuse)
    assert SesDedicatedIps(client, "set").block_lists(["192.0.2.1"]) is None
