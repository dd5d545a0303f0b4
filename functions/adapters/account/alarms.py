"""ports.Alarms on CloudWatch. The names of a stage's alarms begin with that of its stacks."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from functions.core import timestamps
from functions.ports.account import ActiveAlarm

MOST = 100


class CloudWatchAlarms(Struct, frozen=True):
    client: Any
    prefix: str

    def active(self) -> list[ActiveAlarm]:
        answer = self.client.describe_alarms(AlarmNamePrefix=self.prefix, StateValue="ALARM", MaxRecords=MOST)
        alarms = [
            ActiveAlarm(
                name=alarm["AlarmName"].removeprefix(self.prefix),
                meaning=alarm.get("AlarmDescription", ""),
                since=timestamps.iso(alarm["StateUpdatedTimestamp"].timestamp()),
            )
            for alarm in answer.get("MetricAlarms", [])
        ]
        return sorted(alarms, key=lambda alarm: alarm.since, reverse=True)
