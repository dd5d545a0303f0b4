#!/usr/bin/env bash
# Guess:   a stack's update changes a bucket that has tags and no name of its own, as CloudFormation does.
# Really:  moto names the bucket for its tags by the property BucketName, which such a bucket lacks, and raises KeyError.
# Seen:    moto 5.2.5.
# Matters: the CDK tags every bucket of a tagged stack and names none, so moto takes the first deployment and no later one
#          that changes a bucket.
# Source:  moto/s3/models.py, FakeBucket.update_from_cloudformation_json.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[cloudformation,s3]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import json

import boto3
from moto import mock_aws


def template(**properties):
    tagged = {"Tags": [{"Key": "stage", "Value": "prod"}], **properties}
    return json.dumps({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": tagged}}})


with mock_aws():
    cloudformation = boto3.client("cloudformation")
    versions = {"VersioningConfiguration": {"Status": "Enabled"}}
    for name, properties in (("named", {"BucketName": "bucket-of-a-stack"}), ("unnamed", {})):
        cloudformation.create_stack(StackName=name, TemplateBody=template(**properties))
        try:
            cloudformation.update_stack(StackName=name, TemplateBody=template(**properties, **versions))
            print(f"{name}:", cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
        except KeyError as error:
            print(f"{name}: KeyError", error)
PY
)
expect <<'SEEN'
named: UPDATE_COMPLETE
unnamed: KeyError 'BucketName'
SEEN
