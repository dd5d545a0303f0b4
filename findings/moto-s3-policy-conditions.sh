#!/usr/bin/env bash
# Guess:   moto either ignores a bucket's policy or follows it.
# Really:  it follows the statements and leaves out their conditions, with IAM checks switched off too: "deny what comes without
#          TLS", which CDK's enforce_ssl writes, denies everything, over https as well.
# Seen:    moto 5.2.5.
# Matters: the usual bucket for mail events or uploads is shut for everybody on moto, as soon as its policy is deployed.
# Source:  moto/s3/models.py, FakeBucket.get_permission; moto/iam/access_control.py, its TODO at the head.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[s3]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import json

import boto3
from moto import mock_aws

TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::mail-archive", "arn:aws:s3:::mail-archive/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
with mock_aws():
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="mail-archive")
    print("address:", s3.meta.endpoint_url)
    for policy in (None, {"Version": "2012-10-17", "Statement": [TLS_ONLY]}):
        if policy:
            s3.put_bucket_policy(Bucket="mail-archive", Policy=json.dumps(policy))
        try:
            s3.put_object(Bucket="mail-archive", Key="2026/11/28.json", Body=b"{}")
            print("policy" if policy else "no policy", "- written")
        except s3.exceptions.ClientError as error:
            print("policy" if policy else "no policy", "-", error.response["Error"]["Message"])
PY
)
expect <<'SEEN'
address: https://s3.amazonaws.com
no policy - written
policy - Forbidden
SEEN
