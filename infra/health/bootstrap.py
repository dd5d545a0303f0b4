"""The CDK's bootstrap of a region: the bucket and the roles that every deployment there uses, of ours and of others.

It needs the rights of an administrator, and an account may have its own version of it. So `make deploy` does not touch one that suffices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.deployed_stage import find_stack
from infra.health.target import Target

LEAST_VERSION = 6  # that our stacks need: tests/infra/test_deploy.py


def lacking(target: Target) -> Iterator[str]:
    """Yields the regions that must be bootstrapped before a deployment."""
    for region in target.regions:
        stack = find_stack(target.toolkit, target.client, region_name=region)
        if stack is None or version(stack) < LEAST_VERSION:
            yield region


def version(stack: Mapping[str, Any]) -> int:
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    return int(outputs.get("BootstrapVersion", 0))
