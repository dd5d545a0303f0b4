"""Stacks that failed, and regions that are not bootstrapped: they block a deployment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from infra.deployed_stage import Clients, find_stack, service_stack, state_stack
from infra.health import bootstrap
from infra.health.finding import Defect, warning
from infra.health.target import Target


def own_stacks(target: Target) -> Iterator[Defect]:
    stage = target.config.stage
    return stack_defects(target.client, (state_stack(stage), service_stack(stage)))


def stack_defects(client: Clients, names: Iterable[str]) -> Iterator[Defect]:
    """A stack that failed blocks the next deployment, unless the `cdk` command deletes it by itself."""
    for name in names:
        if stack := find_stack(name, client):
            yield from failed_stack(stack)


def failed_stack(stack: Mapping[str, Any], region: str = "") -> Iterator[Defect]:
    """`region`: of the stack, if it is not the stage's."""
    name, status, protected = stack["StackName"], stack["StackStatus"], stack.get("EnableTerminationProtection")
    where = f"--stack-name {name}{f' --region {region}' if region else ''}"
    if status.endswith("IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        verb = "update" if status.startswith("UPDATE") else "delete" if status.startswith("DELETE") else "create"
        yield Defect(f"{name} is being changed ({status})", f"aws cloudformation wait stack-{verb}-complete {where}")
    elif status == "UPDATE_ROLLBACK_FAILED":
        yield Defect(f"{name} could not roll back ({status})", f"aws cloudformation continue-update-rollback {where}")
    elif status in {"ROLLBACK_FAILED", "DELETE_FAILED", "CREATE_FAILED"}:
        yield Defect(f"{name} has failed and is still there ({status})", f"aws cloudformation delete-stack {where}")
    elif status == "ROLLBACK_COMPLETE" and protected:
        yield Defect(
            f"{name} has failed, and its protection keeps it ({status})",
            f"aws cloudformation update-termination-protection --no-enable-termination-protection {where}",
        )


def bootstraps(target: Target) -> Iterator[Defect]:
    lacking = list(bootstrap.lacking(target))
    for region in target.regions:
        stack = find_stack(target.toolkit, target.client, region_name=region)
        if stack and (failed := list(failed_stack(stack, "" if region == target.region else region))):
            yield from failed
        elif region in lacking:
            state = "is bootstrapped for an older CDK" if stack else "is not bootstrapped for the CDK"
            yield warning(
                f"{region} {state}: make deploy needs administrator rights for that once", "make deploy bootstraps it"
            )
