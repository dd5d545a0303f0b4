#!/usr/bin/env bash
# Guess:   what a CDK construct has in a list or a dict can be changed in Python, since no error says otherwise.
# Really:  reading a property gives a copy made for Python; the change is made to the copy and lost. Setting the property works.
# Seen:    aws-cdk-lib 2.275.0, jsii 1.142.0.
# Matters: one event type more for SES's event destination, a higher maxReceiveCount: both look set, and the template does not
#          have them. In TypeScript the same lines work, so they get copied over.
# Source:  jsii's documentation of Python; seen in the template.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

cdk constructs==10.8.1
seen=$(python - <<'PY'
from aws_cdk import App, Stack, assertions
from aws_cdk import aws_sqs as sqs

stack = Stack(App(), "Mail")
queue = sqs.CfnQueue(stack, "Queue", redrive_policy={"maxReceiveCount": 3})


def in_the_template():
    (found,) = assertions.Template.from_stack(stack).find_resources("AWS::SQS::Queue").values()
    return found["Properties"]["RedrivePolicy"]


queue.redrive_policy["maxReceiveCount"] = 8
changed = dict(queue.redrive_policy)
queue.redrive_policy = {"maxReceiveCount": 8}
print("after a change within:", changed)
print("after the property is set:", queue.redrive_policy, "- template:", in_the_template())
PY
)
expect <<'SEEN'
after a change within: {'maxReceiveCount': 3}
after the property is set: {'maxReceiveCount': 8} - template: {'maxReceiveCount': 8}
SEEN
