"""ports.DedicatedIps on SES's API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from msgspec import Struct

from functions.core.account.dedicated_ips import SHARED_POOL, DedicatedIp, SendingPool, WarmUp
from functions.core.account.prices import IpPoolType

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

NO_PERCENTAGE = -1  # of a managed pool's addresses


class SesDedicatedIps(Struct, frozen=True):
    client: SESV2Client
    configuration_set: str

    def pool(self) -> SendingPool:
        answer = self.client.get_configuration_set(ConfigurationSetName=self.configuration_set)
        name = answer.get("DeliveryOptions", {}).get("SendingPoolName", "")
        if name in {"", SHARED_POOL}:
            return SendingPool(name, IpPoolType.SHARED)
        pool = self.client.get_dedicated_ip_pool(PoolName=name)["DedicatedIpPool"]
        return SendingPool(name, IpPoolType(pool["ScalingMode"].lower()))

    def addresses(self, pool: SendingPool) -> list[DedicatedIp]:
        if pool.type is IpPoolType.SHARED:
            return []
        results: list[DedicatedIp] = []
        request: Any = {"PoolName": pool.name}
        while True:
            answer = self.client.get_dedicated_ips(**request)
            for one in answer.get("DedicatedIps", []):
                percent = one["WarmupPercentage"]
                results.append(
                    DedicatedIp(
                        address=one["Ip"],
                        warm_up=WarmUp(one["WarmupStatus"]),
                        percent=None if percent == NO_PERCENTAGE else percent,
                    )
                )
            if "NextToken" not in answer:
                return results
            request["NextToken"] = answer["NextToken"]

    def block_lists(self, addresses: list[str]) -> Mapping[str, tuple[str, ...]] | None:
        """SES refuses the report in regions and accounts that lack it."""
        if not addresses:
            return {}
        try:
            answer = self.client.get_blacklist_reports(BlacklistItemNames=addresses)
        except ClientError:
            return None
        report = answer["BlacklistReport"]
        return {address: tuple(entry["RblName"] for entry in report.get(address, [])) for address in addresses}
