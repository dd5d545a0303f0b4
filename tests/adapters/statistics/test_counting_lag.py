"""How late changes are counted, by the metric of the stage's own alarm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from functions import wiring
from functions.wiring import Container

METRIC = {"MetricName": "IteratorAge", "Dimensions": [{"Name": "FunctionName", "Value": "measure"}]}


def test_the_lag_is_the_largest_of_the_last_minutes(aws: Container) -> None:
    lag = aws.get(wiring.adapters.statistics.counting_lag)
    assert lag() == 0, "a stage without the alarm"
    lag.client.put_metric_alarm(
        AlarmName=f"{lag.prefix}Service-MeasureLate7B0499C4-NV9HY4Z9GJHX",
        Namespace="Lag",
        Statistic="Maximum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=900_000,
        ComparisonOperator="GreaterThanThreshold",
        **METRIC,
    )
    assert lag() == 0, "nothing changed"
    now = datetime.fromtimestamp(lag.clock(), UTC)
    for minutes, milliseconds in ((30, 900_000), (3, 250_000), (1, 4_000)):
        point = {**METRIC, "Timestamp": now - timedelta(minutes=minutes), "Value": milliseconds}
        lag.client.put_metric_data(Namespace="Lag", MetricData=[point])
    assert lag() == 250
