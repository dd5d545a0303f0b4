#!/usr/bin/env bash
# Guess:   AWS's own managed policies exist in moto, as they do in every account.
# Really:  none does until a setting loads them: a role cannot have AWSLambdaBasicExecutionRole attached over the API. A
#          CloudFormation stack drops it without a word, with the setting too.
# Seen:    moto 5.2.5.
# Matters: CDK attaches that policy to every function's role. The API fails loudly; the stack completes and its role may log
#          nothing.
# Source:  moto's documentation of iam, load_aws_managed_policies; moto/iam/models.py.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[cloudformation,iam]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import json

import boto3
from moto import mock_aws

POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {"RoleName": "stack", "ManagedPolicyArns": [POLICY], "AssumeRolePolicyDocument": {"Statement": []}},
}
for settings in ({}, {"iam": {"load_aws_managed_policies": True}}):
    with mock_aws(config=settings):
        iam, cloudformation = boto3.client("iam"), boto3.client("cloudformation")
        iam.create_role(RoleName="api", AssumeRolePolicyDocument="{}")
        try:
            iam.attach_role_policy(RoleName="api", PolicyArn=POLICY)
        except iam.exceptions.NoSuchEntityException:
            print("over the API: NoSuchEntity")
        cloudformation.create_stack(StackName="mail", TemplateBody=json.dumps({"Resources": {"Role": ROLE}}))
        status = cloudformation.describe_stacks(StackName="mail")["Stacks"][0]["StackStatus"]
        print("settings:", settings, "- stack:", status)
        for role in ("api", "stack"):
            names = [policy["PolicyName"] for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]]
            print(f"  role by {role}:", names)
PY
)
expect <<'SEEN'
over the API: NoSuchEntity
settings: {} - stack: CREATE_COMPLETE
  role by api: []
  role by stack: []
settings: {'iam': {'load_aws_managed_policies': True}} - stack: CREATE_COMPLETE
  role by api: ['AWSLambdaBasicExecutionRole']
  role by stack: []
SEEN
