#!/usr/bin/env bash
# Guess:   UsePreviousValue keeps a parameter's value at a stack update, also one that has only ever had its default.
# Really:  moto looks the value up among those that were given, and raises KeyError.
# Seen:    moto 5.2.5.
# Matters: this is how the CDK CLI updates every stack (its BootstrapVersion has a default only), so that a second `cdk deploy`
#          to moto fails where the first one did not.
# Source:  moto/cloudformation/models.py, _resolve_update_parameters.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[cloudformation]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import json

import boto3
from moto import mock_aws


def template(queue):
    parameter = {"Type": "String", "Default": "none"}
    return json.dumps({"Parameters": {"Owner": parameter}, "Resources": {queue: {"Type": "AWS::SQS::Queue"}}})


with mock_aws():
    cloudformation = boto3.client("cloudformation")
    for stack, given in (("given", [{"ParameterKey": "Owner", "ParameterValue": "ann"}]), ("by default", [])):
        name = stack.replace(" ", "-")
        cloudformation.create_stack(StackName=name, TemplateBody=template("Before"), Parameters=given)
        kept = [{"ParameterKey": "Owner", "UsePreviousValue": True}]
        try:
            cloudformation.update_stack(StackName=name, TemplateBody=template("After"), Parameters=kept)
            print(f"{stack}:", cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
        except KeyError as error:
            print(f"{stack}: KeyError", error)
PY
)
expect <<'SEEN'
given: UPDATE_COMPLETE
by default: KeyError 'Owner'
SEEN
