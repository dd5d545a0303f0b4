#!/usr/bin/env bash
# Guess:   a message for a queue with a Lambda function behind it waits there until somebody receives it.
# Really:  moto delivers within the call that sends it: the message is gone before it can be received, and without Docker no
#          line of the function has run.
# Seen:    moto 5.2.5 with its function backend without Docker. With Docker it starts a container for each delivery.
# Matters: a test that sends and then runs its own worker finds an empty queue as soon as the template has its event source
#          mapping; the mail looks delivered to a function that nobody ran.
# Source:  moto/sqs/models.py, Queue.add_message, which calls LambdaBackend.send_sqs_batch; moto's documentation of lambda, use_docker.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[awslambda,sqs,iam]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import io
import zipfile

import boto3
from moto import mock_aws

HANDLER = "def handler(event, context):\n    raise RuntimeError('this function never succeeds')\n"
code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr("deliver.py", HANDLER)

with mock_aws(config={"lambda": {"use_docker": False}}):
    functions, sqs = boto3.client("lambda"), boto3.client("sqs")
    role = boto3.client("iam").create_role(RoleName="deliver", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    functions.create_function(
        FunctionName="deliver",
        Runtime="python3.13",
        Handler="deliver.handler",
        Role=role,
        Code={"ZipFile": code.getvalue()},
    )
    queue = sqs.create_queue(QueueName="send")["QueueUrl"]
    for mapping in (False, True):
        if mapping:
            arn = "arn:aws:sqs:us-east-1:123456789012:send"
            functions.create_event_source_mapping(FunctionName="deliver", EventSourceArn=arn)
        sqs.send_message(QueueUrl=queue, MessageBody="mail")
        found = sqs.receive_message(QueueUrl=queue, VisibilityTimeout=3600).get("Messages", [])
        print(f"{'with' if mapping else 'without'} a mapping: {len(found)} message to receive")
PY
)
expect <<'SEEN'
without a mapping: 1 message to receive
with a mapping: 0 message to receive
SEEN
