#!/usr/bin/env bash
# Guess:   a change set belongs to its stack, and one that does not exist is ChangeSetNotFound, the code in the service model.
# Really:  moto finds change sets by name over all stacks, so that two of one name hide each other; and an unknown one is a
#          ValidationError about a stack.
# Seen:    moto 5.2.5.
# Matters: the CDK CLI gives the change sets of all stacks one name and waits for ChangeSetNotFound after it has deleted one. An
#          app of two stacks (retained state, replaceable service) can describe the wrong one; updates by change set end in an error.
# Source:  moto/cloudformation/models.py, describe_change_set.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[cloudformation]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import json

import boto3
from moto import mock_aws

with mock_aws():
    cloudformation = boto3.client("cloudformation")
    model = cloudformation.meta.service_model.operation_model("DescribeChangeSet")
    print("error in the service model:", [shape.metadata["error"]["code"] for shape in model.error_shapes])
    for stack, queue in (("state", "EventsQueue"), ("service", "SendQueue")):
        template = json.dumps({"Resources": {queue: {"Type": "AWS::SQS::Queue"}}})
        cloudformation.create_change_set(
            StackName=stack, ChangeSetName="deploy", ChangeSetType="CREATE", TemplateBody=template
        )
    found = cloudformation.describe_change_set(StackName="state", ChangeSetName="deploy")
    changes = [change["ResourceChange"]["LogicalResourceId"] for change in found["Changes"]]
    print("asked for the one of 'state', the answer is of", repr(found["StackName"]))
    try:
        cloudformation.describe_change_set(StackName="state", ChangeSetName="unknown")
    except cloudformation.exceptions.ClientError as error:
        print("unknown:", error.response["Error"]["Code"], error.response["Error"]["Message"])
PY
)
expect <<'SEEN'
error in the service model: ['ChangeSetNotFound']
asked for the one of 'state', the answer is of 'service'
unknown: ValidationError Stack with id unknown does not exist
SEEN
