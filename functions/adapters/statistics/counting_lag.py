"""ports.CountingLag on CloudWatch: the metric of the alarm MeasureLate."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from functions.ports import Clock

SECONDS = 600  # the span that is read
MINUTE = 60


class CloudWatchCountingLag(Struct, frozen=True):
    client: Any
    prefix: str  # of the stage's alarms
    clock: Clock

    def __call__(self) -> float:
        alarms = self.client.describe_alarms(AlarmNamePrefix=f"{self.prefix}Service-MeasureLate")["MetricAlarms"]
        ages = [self._age(alarm) for alarm in alarms]
        return max(ages, default=0.0)

    def _age(self, alarm: dict[str, Any]) -> float:
        now = self.clock()
        answer = self.client.get_metric_statistics(
            Namespace=alarm["Namespace"],
            MetricName=alarm["MetricName"],
            Dimensions=alarm["Dimensions"],
            StartTime=datetime.fromtimestamp(now - SECONDS, UTC),
            EndTime=datetime.fromtimestamp(now, UTC),
            Period=MINUTE,
            Statistics=["Maximum"],
        )
        milliseconds = [point["Maximum"] for point in answer["Datapoints"]]
        return float(max(milliseconds, default=0.0)) / 1000
