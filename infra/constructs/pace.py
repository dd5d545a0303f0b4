"""How fast CloudFormation creates resources of one kind."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import CfnResource


def pace(resources: Sequence[CfnResource], at_once: int) -> None:
    """Lets CloudFormation work on `at_once` of the resources at the same time.

    It would start all of them together. A service that takes few management calls a second then refuses some, and after a few retries
    the deployment fails.
    """
    for earlier, later in zip(resources, resources[at_once:], strict=False):
        later.add_resource_dependency(earlier)
