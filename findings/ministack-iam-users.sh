#!/usr/bin/env bash
# Guess:   an emulator of AWS that checks policies also holds IAM's own rules for users: two access keys, and a user that still has an
#          inline policy is not deleted.
# Really:  MiniStack creates a third key, and deletes the user together with its policy. It does refuse to delete one with an access key.
# Seen:    MiniStack 1.5.33; moto 5.2.5 is the other way round: it refuses the third key and the policy, and deletes a user with a key.
# Matters: an SMTP credential of SES is such a user. A rotation that never deletes the old key works on the one, and a deletion that
#          forgets the key works on the other. In an account the third key is LimitExceeded, and the deletion is DeleteConflict.
# Source:  IAM User Guide, IAM and AWS STS quotas ("Access keys assigned to an IAM user: 2"); API Reference, DeleteUser.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

venv=ministack pypi ministack==1.5.33
pypi 'moto[iam]==5.2.5' boto3==1.44.8 botocore==1.44.8
port=$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
HOME=$work BIND_HOST=127.0.0.1 GATEWAY_PORT=$port SERVICES=iam,sts "$work/ministack/bin/ministack" >"$work/log" 2>&1 &
trap 'kill %1; wait; rm -rf "$work"' EXIT
for _ in $(seq 60); do
  curl -fs "http://127.0.0.1:$port/_ministack/ready" >/dev/null && break
  sleep 1
done
seen=$(PORT=$port python - <<'PY'
import os

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}]}'


def tried(call, **request):
    try:
        call(**request)
        return "done"
    except ClientError as error:
        return error.response["Error"]["Code"]


def show(name, iam):
    for user in ("three", "key", "policy"):
        iam.create_user(UserName=user)
    for _ in range(2):
        iam.create_access_key(UserName="three")
    iam.create_access_key(UserName="key")
    iam.put_user_policy(UserName="policy", PolicyName="send", PolicyDocument=POLICY)
    print(f"{name}: a third key: {tried(iam.create_access_key, UserName='three')}")
    print(f"{name}: delete a user with a key: {tried(iam.delete_user, UserName='key')}")
    print(f"{name}: delete a user with an inline policy: {tried(iam.delete_user, UserName='policy')}")


show("MiniStack", boto3.client("iam", endpoint_url=f"http://127.0.0.1:{os.environ['PORT']}"))
with mock_aws():
    show("moto", boto3.client("iam"))
PY
)
expect <<'SEEN'
MiniStack: a third key: done
MiniStack: delete a user with a key: DeleteConflict
MiniStack: delete a user with an inline policy: done
moto: a third key: LimitExceeded
moto: delete a user with a key: done
moto: delete a user with an inline policy: DeleteConflict
SEEN
