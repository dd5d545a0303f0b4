#!/usr/bin/env bash
# Guess:   moto keeps the permissions boundary of a new IAM user, as it keeps that of a new role.
# Really:  the user has none, and there is no call to give it one afterwards.
# Seen:    moto 5.2.5.
# Matters: SES's SMTP credentials are IAM users. A service that makes them should be allowed to make bounded ones only
#          (condition iam:PermissionsBoundary), and on moto that condition cannot be tested.
# Source:  moto/iam/responses.py, create_user, which does not read the parameter; create_role does.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[iam]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import boto3
from moto import mock_aws

BOUNDARY = "arn:aws:iam::123456789012:policy/smtp"
with mock_aws():
    iam = boto3.client("iam")
    statement = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"}]}'
    iam.create_policy(PolicyName="smtp", PolicyDocument=statement)
    iam.create_role(RoleName="deliver", AssumeRolePolicyDocument="{}", PermissionsBoundary=BOUNDARY)
    iam.create_user(UserName="token", PermissionsBoundary=BOUNDARY)
    print("role:", iam.get_role(RoleName="deliver")["Role"].get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"))
    print("user:", iam.get_user(UserName="token")["User"].get("PermissionsBoundary"))
    try:
        iam.put_user_permissions_boundary(UserName="token", PermissionsBoundary=BOUNDARY)
    except NotImplementedError as error:
        print("put:", error)
PY
)
expect <<'SEEN'
role: arn:aws:iam::123456789012:policy/smtp
user: None
put: The put_user_permissions_boundary action has not been implemented
SEEN
