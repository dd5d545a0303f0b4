#!/usr/bin/env bash
# Guess:   a stack with a resource that moto's CloudFormation cannot make fails.
# Really:  the resource is left out, the stack is CREATE_COMPLETE, and describe_stack_resources lists a nameless row for it,
#          CREATE_COMPLETE too. Python gets a warning; a client of moto's server gets none.
# Seen:    moto 5.2.5, for AWS::SES::ConfigurationSet and AWS::DynamoDB::GlobalTable, which is what CDK's TableV2 becomes.
# Matters: a green deployment to the local AWS proves little: the table and the set of a mail service are not there. Compare the
#          template's resources with those that have a physical id.
# Source:  moto/cloudformation/parsing.py, parse_resource.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[cloudformation]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - 2>/dev/null <<'PY'
import json

import boto3
from moto import mock_aws

RESOURCES = {
    "Transactional": {"Type": "AWS::SES::ConfigurationSet", "Properties": {"Name": "transactional"}},
    "Sends": {"Type": "AWS::DynamoDB::GlobalTable", "Properties": {"TableName": "sends"}},
    "SendQueue": {"Type": "AWS::SQS::Queue"},
}
with mock_aws():
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(StackName="mail", TemplateBody=json.dumps({"Resources": RESOURCES}))
    print("stack:", cloudformation.describe_stacks(StackName="mail")["Stacks"][0]["StackStatus"])
    for resource in cloudformation.describe_stack_resources(StackName="mail")["StackResources"]:
        print("resource:", resource.get("LogicalResourceId"), resource["ResourceStatus"])
    print("tables:", boto3.client("dynamodb").list_tables()["TableNames"])
    print("configuration sets:", boto3.client("sesv2").list_configuration_sets()["ConfigurationSets"])
PY
)
expect <<'SEEN'
stack: CREATE_COMPLETE
resource: None CREATE_COMPLETE
resource: None CREATE_COMPLETE
resource: SendQueue CREATE_COMPLETE
tables: []
configuration sets: []
SEEN
