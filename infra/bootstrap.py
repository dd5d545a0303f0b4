"""The CDK's bootstrap of a region: the bucket and the roles that every deployment there uses, of ours and of others.

It needs the rights of an administrator, and an account may have its own version of it. So `make deploy` does not touch one that suffices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.deployed_stage import Clients, find_stack

STACK = "CDKToolkit"
LEAST_VERSION = 6  # that our stacks need: tests/infra/test_deploy.py


def lacking(regions: list[str], client: Clients) -> Iterator[str]:
    """Yields the regions that must be bootstrapped before a deployment."""
    for region in regions:
        stack = find_stack(STACK, client, region_name=region)
        if stack is None or version(stack) < LEAST_VERSION:
            yield region


def version(stack: Mapping[str, Any]) -> int:
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    return int(outputs.get("BootstrapVersion", 0))
