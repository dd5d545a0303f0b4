"""The names in SES's lists. botocore has no paginator for them."""

from __future__ import annotations

from typing import Any

from functions.core.account.dedicated_ips import SHARED_POOL

SES_POOLS = {SHARED_POOL, "ses-default-dedicated-pool"}  # SES may list its own pools, and does not describe them


def configuration_sets(sesv2: Any) -> list[str]:
    return _names(sesv2.list_configuration_sets, "ConfigurationSets")


def ip_pools(sesv2: Any) -> list[str]:
    return _names(sesv2.list_dedicated_ip_pools, "DedicatedIpPools")


def _names(operation: Any, field: str) -> list[str]:
    names: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = operation(**token)
        names += page.get(field, [])
        if "NextToken" not in page:
            return names
        token = {"NextToken": page["NextToken"]}
