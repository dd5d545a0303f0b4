"""Log groups, made by a stack."""

from __future__ import annotations

from typing import Any

from infra.local.cloud import Cloud
from tests.support.aws.cloudformation import resource


def test_a_log_group_lives_and_dies_with_its_stack(cloud: Cloud, stacks: Any) -> None:
    """It is created, has the template's retention, and is deleted."""

    def retention() -> Any:
        return (
            cloud.client("logs").describe_log_groups(logGroupNamePrefix="group")["logGroups"][0].get("retentionInDays")
        )

    for days in (7, 30, None):
        properties = {"RetentionInDays": days} if days else {}
        stacks.put("logs", {"Group": resource("Logs::LogGroup", LogGroupName="group", **properties)})
        assert retention() == days
    stacks.delete("logs")
    assert not cloud.client("logs").describe_log_groups(logGroupNamePrefix="group")["logGroups"]
