#!/usr/bin/env bash
# Guess:   ScheduleExpression.at(ten o'clock in Rome, TimeZone.EUROPE_ROME) is ten o'clock in Rome.
# Really:  CDK writes the hour of UTC, and the zone beside it: at(2026-12-01T09:00:00) in Europe/Rome, which EventBridge Scheduler runs an hour too
#          early, in summer two. Without the zone it is right.
# Seen:    aws-cdk-lib 2.275.0. Python's datetime without a zone is refused, so there is no way to write the local hour but to call it UTC.
# Matters: the template shows an hour and a zone that look as they were meant. What should go out on the stroke of the hour is early, and where the
#          hour lies west of Greenwich it is late. Leave the zone out.
# Source:  aws-cdk-lib/aws-scheduler, `ScheduleExpression.at`, which takes the date's ISO form in UTC; EventBridge Scheduler's API reference, CreateSchedule,
#          `ScheduleExpressionTimezone`: the zone in which the expression is evaluated.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

cdk tzdata==2026.6
seen=$(python - 2>/dev/null <<'PY'
from datetime import datetime
from zoneinfo import ZoneInfo

from aws_cdk import TimeZone
from aws_cdk.aws_scheduler import ScheduleExpression

for zone, name in (("Europe/Rome", TimeZone.EUROPE_ROME), ("America/New_York", TimeZone.AMERICA_NEW_YORK)):
    moment = datetime(2026, 12, 1, 10, tzinfo=ZoneInfo(zone))
    for expression in (ScheduleExpression.at(moment, name), ScheduleExpression.at(moment)):
        print(moment, "=>", expression.expression_string, "in", expression.time_zone.timezone_name)
PY
)
expect <<'SEEN'
2026-12-01 10:00:00+01:00 => at(2026-12-01T09:00:00) in Europe/Rome
2026-12-01 10:00:00+01:00 => at(2026-12-01T09:00:00) in Etc/UTC
2026-12-01 10:00:00-05:00 => at(2026-12-01T15:00:00) in America/New_York
2026-12-01 10:00:00-05:00 => at(2026-12-01T15:00:00) in Etc/UTC
SEEN
