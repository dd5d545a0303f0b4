#!/usr/bin/env bash
# Guess:   a schedule that is updated without a State is ENABLED afterwards, since the service model has it that
#          a field left out of an update gets its default.
# Really:  moto creates it as ENABLED and an update without State leaves it with none.
# Seen:    moto 5.2.5.
# Matters: a clock that runs what is ENABLED (the sweep of stuck sends, a planned mail) stops after the first update of a stack.
# Source:  moto/scheduler/models.py, Schedule.update; botocore/data/scheduler, UpdateSchedule.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[scheduler]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import boto3
from moto import mock_aws

SWEEP = {
    "Name": "sweep",
    "ScheduleExpression": "rate(5 minutes)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {
        "Arn": "arn:aws:lambda:us-east-1:123456789012:function:sweep",
        "RoleArn": "arn:aws:iam::123456789012:role/scheduler",
    },
}
with mock_aws():
    scheduler = boto3.client("scheduler")
    for operation in (scheduler.create_schedule, scheduler.update_schedule):
        operation(**SWEEP)
        print(operation.__name__, "->", scheduler.get_schedule(Name="sweep").get("State"))
PY
)
expect <<'SEEN'
create_schedule -> ENABLED
update_schedule -> None
SEEN
