"""Alarms and dashboards, made by a stack."""

from __future__ import annotations

import json
from typing import Any

from infra.local.cloud import Cloud
from tests.support.aws.cloudformation import attribute, resource


def alarm(threshold: float) -> dict[str, Any]:
    return resource(
        "CloudWatch::Alarm",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="Age",
        Namespace="N",
        Period=60,
        Statistic="Maximum",
        Threshold=threshold,
        TreatMissingData="notBreaching",
    )


def test_an_alarm_lives_and_dies_with_its_stack(cloud: Cloud, stacks: Any) -> None:
    """It is created, changed in place and deleted."""
    describe = cloud.client("cloudwatch").describe_alarms
    stacks.put("alarm", {"Alarm": alarm(1)}, {"Arn": {"Value": attribute("Alarm", "Arn")}})
    name = stacks.id_of("alarm", "Alarm")
    assert describe(AlarmNames=[name])["MetricAlarms"][0]["AlarmArn"] == stacks.outputs("alarm")["Arn"]
    stacks.put("alarm", {"Alarm": alarm(2)})
    assert describe(AlarmNames=[name])["MetricAlarms"][0]["Threshold"] == 2
    stacks.delete("alarm")
    assert not describe(AlarmNames=[name])["MetricAlarms"]


def test_a_dashboard_lives_and_dies_with_its_stack(cloud: Cloud, stacks: Any) -> None:
    """It is created, changed in place and deleted."""
    cloudwatch = cloud.client("cloudwatch")
    for title in ("one", "two"):
        body = json.dumps({"widgets": [{"type": "text", "properties": {"markdown": title}}]})
        stacks.put("dashboard", {"Board": resource("CloudWatch::Dashboard", DashboardName="board", DashboardBody=body)})
        assert cloudwatch.get_dashboard(DashboardName="board")["DashboardBody"] == body
    stacks.delete("dashboard")
    assert not cloudwatch.list_dashboards()["DashboardEntries"]
