"""ports.Alarms on CloudWatch. The names of a stage's alarms begin with that of its stacks."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from functions.core import timestamps
from functions.ports.account import ActiveAlarm

MOST = 100
ON = "ALARM"
# CloudFormation's name: the stack's part, the construct's path with its hash, and a random end.
_NAME = re.compile(r"(?:[A-Za-z]+-)?(?P<name>.+?)[0-9A-F]{8}-[0-9A-Z]+")


class CloudWatchAlarms(Struct, frozen=True):
    client: Any
    prefix: str

    def active(self) -> list[ActiveAlarm]:
        answer = self.client.describe_alarms(AlarmNamePrefix=self.prefix, StateValue=ON, MaxRecords=MOST)
        alarms = [
            ActiveAlarm(
                name=plain_name(alarm["AlarmName"].removeprefix(self.prefix)),
                meaning=alarm.get("AlarmDescription", ""),
                since=timestamps.iso(alarm["StateUpdatedTimestamp"].timestamp()),
            )
            for alarm in answer.get("MetricAlarms", [])
            if alarm["StateValue"] == ON  # the local cloud filters by the prefix only
        ]
        return sorted(alarms, key=lambda alarm: alarm.since, reverse=True)


def plain_name(name: str) -> str:
    """`Service-SweepFailing7B0499C4-NV9HY4Z9GJHX` → `SweepFailing`."""
    match = _NAME.fullmatch(name)
    return match["name"] if match else name
