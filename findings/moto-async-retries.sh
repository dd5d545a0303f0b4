#!/usr/bin/env bash
# Guess:   the last settings that are put for a function's asynchronous calls are in force, since "put" replaces them.
# Really:  moto answers with the new ones and keeps them behind the old ones; reading gives the first for ever.
# Seen:    moto 5.2.5.
# Matters: a scheduled function must not be retried by Lambda itself (0 instead of 2), and a stack that is corrected that way
#          looks uncorrected.
# Source:  moto/awslambda/models.py, put_function_event_invoke_config and get_function_event_invoke_config.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[awslambda,iam]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import io
import zipfile

import boto3
from moto import mock_aws

code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr("sweep.py", "def handler(event, context): pass")
with mock_aws():
    functions = boto3.client("lambda")
    role = boto3.client("iam").create_role(RoleName="sweep", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    functions.create_function(
        FunctionName="sweep", Runtime="python3.13", Handler="sweep.handler", Role=role, Code={"ZipFile": code.getvalue()}
    )
    for retries in (2, 0):
        put = functions.put_function_event_invoke_config(FunctionName="sweep", MaximumRetryAttempts=retries)
        got = functions.get_function_event_invoke_config(FunctionName="sweep")
        print(f"put {put['MaximumRetryAttempts']}, got {got['MaximumRetryAttempts']}")
PY
)
expect <<'SEEN'
put 2, got 2
put 0, got 2
SEEN
