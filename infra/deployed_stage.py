"""What a stage has deployed, and its protection against deletion: of the State stack, and of its tables.

The protection is no part of the template. CloudFormation could not roll back a first deployment whose tables are protected, nor delete its stack, so the
second deployment would find their names taken. So it is switched on once a deployment has succeeded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

TABLE, CDN = "AWS::DynamoDB::GlobalTable", "AWS::CloudFront::Distribution"

Clients = Callable[..., Any]  # as boto3's session.client


def state_stack(stage: str) -> str:
    return f"Staffetta-{stage}-State"


def service_stack(stage: str) -> str:
    return f"Staffetta-{stage}-Service"


def find_stack(name: str, client: Clients, **options: str) -> Mapping[str, Any] | None:
    """Returns the description of a stack, or None if no stack has the name. `options` are the client's."""
    try:
        (stack,) = client("cloudformation", **options).describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    described: Mapping[str, Any] = stack
    return described


def is_deployed(stage: str, client: Clients) -> bool:
    """Returns whether a deployment of State has succeeded. One that failed is rolled back, and is deleted by the next."""
    return has_succeeded(find_stack(state_stack(stage), client))


def is_protected(stage: str, client: Clients) -> bool:
    stack = find_stack(state_stack(stage), client)
    return has_succeeded(stack) and bool(stack and stack.get("EnableTerminationProtection"))


def has_succeeded(stack: Mapping[str, Any] | None) -> bool:
    """Returns whether a stack exists whose first deployment has succeeded, and that is not being deleted."""
    unfinished = ("CREATE_IN", "CREATE_FAILED", "ROLLBACK", "REVIEW", "DELETE")
    return stack is not None and not str(stack["StackStatus"]).startswith(unfinished)


def has_image_cdn(stage: str, client: Clients) -> bool:
    return any(resources(stage, client, CDN))


def set_protection(stage: str, client: Clients, *, enabled: bool) -> list[str]:
    """Returns the names of what it changed: the stack, and its tables."""
    return [
        *_set_stack(state_stack(stage), client, enabled=enabled),
        *(name for name in resources(stage, client, TABLE) if _set_table(name, client, enabled=enabled)),
    ]


def _set_stack(name: str, client: Clients, *, enabled: bool) -> list[str]:
    cloudformation = client("cloudformation")
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    if bool(stack.get("EnableTerminationProtection")) == enabled:
        return []
    cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=enabled)
    return [name]


def _set_table(name: str, client: Clients, *, enabled: bool) -> bool:
    dynamodb = client("dynamodb")
    table = dynamodb.describe_table(TableName=name)["Table"]
    if bool(table.get("DeletionProtectionEnabled")) == enabled:
        return False
    dynamodb.update_table(TableName=name, DeletionProtectionEnabled=enabled)
    return True


def resources(stage: str, client: Clients, kind: str) -> Iterator[str]:
    """Yields the physical ids of the State stack's resources of a kind. Yields nothing before the first deployment."""
    if is_deployed(stage, client):
        yield from _resources(stage, client, kind)


def stack_resources(name: str, client: Clients) -> Iterator[Mapping[str, Any]]:
    pages = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name)
    for page in pages:
        yield from page["StackResourceSummaries"]


def _resources(stage: str, client: Clients, kind: str) -> Iterator[str]:
    """Without resources that a failed update could not create: they may have no id."""
    for resource in stack_resources(state_stack(stage), client):
        absent = resource["ResourceStatus"].startswith(("DELETE", "CREATE_FAILED"))
        if resource["ResourceType"] == kind and not absent:
            yield resource["PhysicalResourceId"]
