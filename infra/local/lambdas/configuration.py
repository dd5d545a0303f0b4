"""The deployed configuration of a function, as the account reports it. It is frozen, so that a comparison reveals a change."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.local.cloud import Cloud

FUNCTION_ARN_PARTS = 7  # arn:aws:lambda:region:account:function:name, and perhaps a qualifier


@dataclass(frozen=True, slots=True)
class Configuration:
    """One deployed function. `timeout` is in seconds, `memory` in MB. Without reserved concurrency, `reserved` has no value."""

    name: str
    arn: str
    handler: str
    role: str
    runtime: str
    timeout: int
    memory: int
    variables: tuple[tuple[str, str], ...]
    reserved: int | None = None

    @classmethod
    def deployed(cls, response: Mapping[str, Any], reserved: int | None = None) -> Configuration:
        """Reads one entry of ListFunctions (or a GetFunctionConfiguration response)."""
        return cls(
            name=response["FunctionName"],
            arn=response["FunctionArn"],
            handler=response["Handler"],
            role=response["Role"],
            runtime=response["Runtime"],
            timeout=int(response["Timeout"]),
            memory=int(response["MemorySize"]),
            variables=tuple(sorted(response.get("Environment", {}).get("Variables", {}).items())),
            reserved=reserved,
        )


def function_name(name_or_arn: str) -> str:
    """Returns the function's name from a name, an ARN (qualified or not), or API Gateway's `.../functions/<arn>/invocations` URI."""
    arn = name_or_arn.rpartition("/functions/")[2].removesuffix("/invocations")
    parts = arn.split(":")
    return parts[FUNCTION_ARN_PARTS - 1] if len(parts) >= FUNCTION_ARN_PARTS else parts[0]


async def read_deployed(cloud: Cloud) -> dict[str, Configuration]:
    """Returns every deployed function by name."""
    return await asyncio.to_thread(_read_deployed, cloud)


def _read_deployed(cloud: Cloud) -> dict[str, Configuration]:
    client = cloud.client("lambda")
    configurations = {}
    for page in client.get_paginator("list_functions").paginate():
        for response in page["Functions"]:
            name = response["FunctionName"]
            reserved = client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
            configurations[name] = Configuration.deployed(response, reserved)
    return configurations
