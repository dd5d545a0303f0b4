"""Schedules, made by a stack."""

from __future__ import annotations

from typing import Any

from infra.local.cloud import Cloud
from tests.support.aws.cloudformation import attribute, ref, resource


def resources(rate: str, state: str = "ENABLED") -> dict[str, Any]:
    return {
        "Group": resource("Scheduler::ScheduleGroup"),
        "Schedule": resource(
            "Scheduler::Schedule",
            GroupName=ref("Group"),
            FlexibleTimeWindow={"Mode": "OFF"},
            ScheduleExpression=rate,
            State=state,
            Target={
                "Arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
                "RoleArn": "arn:aws:iam::123456789012:role/r",
            },
        ),
    }


def test_a_schedule_lives_and_dies_with_its_stack(cloud: Cloud, stacks: Any) -> None:
    """It is created in its group, changed in place and deleted."""
    scheduler = cloud.client("scheduler")
    stacks.put("schedule", resources("rate(1 minute)"), {"Arn": {"Value": attribute("Schedule", "Arn")}})
    group, name = stacks.id_of("schedule", "Group"), stacks.id_of("schedule", "Schedule")
    assert stacks.outputs("schedule")["Arn"].endswith(f":schedule/{group}/{name}")
    stacks.put("schedule", resources("rate(5 minutes)", "DISABLED"))
    changed = scheduler.get_schedule(GroupName=group, Name=name)
    assert (changed["ScheduleExpression"], changed["State"]) == ("rate(5 minutes)", "DISABLED")
    stacks.delete("schedule")
    assert group not in {item["Name"] for item in scheduler.list_schedule_groups()["ScheduleGroups"]}
