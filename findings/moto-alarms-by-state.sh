#!/usr/bin/env bash
# Guess:   DescribeAlarms with a name prefix and a state returns the alarms that match both, as CloudWatch's page has it.
# Really:  moto filters by the first one that is given: with a prefix, the state is ignored.
# Seen:    moto 5.2.5.
# Matters: a page or a check that lists a stage's alarms that are on shows all of them on the test cloud, and the right ones in AWS.
# Source:  moto/cloudwatch/responses.py, describe_alarms.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[cloudwatch]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import boto3
from moto import mock_aws

with mock_aws():
    cloudwatch = boto3.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="shop-late-mails", Namespace="shop", MetricName="Late", Statistic="Sum", Period=60,
        EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )
    for filters in ({"StateValue": "ALARM"}, {"StateValue": "ALARM", "AlarmNamePrefix": "shop-"}):
        alarms = cloudwatch.describe_alarms(**filters)["MetricAlarms"]
        print(sorted(filters), "->", [(alarm["AlarmName"], alarm["StateValue"]) for alarm in alarms])
PY
)
expect <<'SEEN'
['StateValue'] -> []
['AlarmNamePrefix', 'StateValue'] -> [('shop-late-mails', 'OK')]
SEEN
