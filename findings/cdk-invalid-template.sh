#!/usr/bin/env bash
# Guess:   a template that CloudFormation would refuse either passes CDK's synthesis unseen or makes it fail.
# Really:  CDK finds the fault, prints it as a warning and exits with 0, until a feature flag makes it an error.
# Seen:    aws-cdk-lib 2.275.0, for a Lambda variable of one letter and for a queue whose messages become visible again before
#          its function's time is out.
# Matters: the second is how a mail gets sent twice. A pipeline that looks at the exit code deploys it.
# Source:  the warning itself, which names the flag @aws-cdk/core:validateAgainstDefaultRules.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

cdk constructs==10.8.1
cat >"$work/app.py" <<'PY'
import sys

from aws_cdk import App, Duration, Stack
from aws_cdk import aws_lambda as functions
from aws_cdk import aws_sqs as sqs
from aws_cdk.aws_lambda_event_sources import SqsEventSource

app = App(outdir=sys.argv[1], context={"@aws-cdk/core:validateAgainstDefaultRules": True} if sys.argv[2] == "flag" else {})
stack = Stack(app, "Mail")
deliver = functions.Function(
    stack,
    "Deliver",
    runtime=functions.Runtime.PYTHON_3_13,
    handler="index.handler",
    code=functions.Code.from_inline("def handler(event, context): pass"),
    environment={"Q": "send"},
    timeout=Duration.seconds(60),
)
deliver.add_event_source(SqsEventSource(sqs.Queue(stack, "Send", visibility_timeout=Duration.seconds(30))))
app.synth()
PY
for flag in none flag; do
  status=0
  python "$work/app.py" "$work/$flag" "$flag" >"$work/log" 2>&1 || status=1
  found=$(grep -oE '(WARNING|ERROR) [A-Za-z.]+' "$work/log" | sort | tr '\n' ';')
  seen=${seen:-}${seen:+$'\n'}"flag: $flag, exit status: $status, $found"
done
expect <<'SEEN'
flag: none, exit status: 0, WARNING Environment.Variables.Q;WARNING VisibilityTimeout;
flag: flag, exit status: 1, ERROR Environment.Variables.Q;ERROR VisibilityTimeout;
SEEN
