"""Alarms of a stage in CloudWatch."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.adapters.account.alarms import plain_name
from functions.wiring import Container


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Service-SweepFailing7B0499C4-NV9HY4Z9GJHX", "SweepFailing"),
        ("SweepFailing7B0499C4-NV9HY4Z9GJHX", "SweepFailing"),
        ("State-Queues-SendQueueLate08DF0067-WYPZQ6PVNXNC", "Queues-SendQueueLate"),
        ("an alarm of ours", "an alarm of ours"),
    ],
)
def test_a_name_has_no_hash(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_only_alarms_that_are_on_are_active(aws: Container) -> None:
    alarms = aws.get(wiring.adapters.account.alarms)
    cloudwatch = alarms.client
    for name in ("Quiet", "Loud"):
        cloudwatch.put_metric_alarm(
            AlarmName=f"{alarms.prefix}{name}",
            AlarmDescription="See the log.",
            MetricName="m",
            Namespace="n",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
    cloudwatch.set_alarm_state(AlarmName=f"{alarms.prefix}Loud", StateValue="ALARM", StateReason="a test")
    (active,) = alarms.active()
    assert (active.name, active.meaning) == ("Loud", "See the log.")
