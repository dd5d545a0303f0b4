#!/usr/bin/env bash
# Guess:   moto refuses a message that SQS refuses, since the rule is in the service model's documentation.
# Really:  SQS takes tab, line feed, carriage return, U+0020 to U+D7FF, U+E000 to U+FFFD and what is above U+FFFF, and answers
#          InvalidMessageContents to the rest; moto keeps every character.
# Seen:    moto 5.2.5, botocore 1.44.8.
# Matters: a send's properties travel in the queue. A stray control character out of a customer's database passes every test on
#          moto, and on AWS the send is lost or answered with an error: encode the body (JSON escapes them by itself).
# Source:  botocore/data/sqs, SendMessage, MessageBody; moto/sqs/models.py, send_message.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[sqs]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import boto3
from moto import mock_aws

with mock_aws():
    sqs = boto3.client("sqs")
    rule = sqs.meta.service_model.operation_model("SendMessage")
    print("the model says:", "InvalidMessageContents" in rule.input_shape.members["MessageBody"].documentation)
    print("among its errors:", "InvalidMessageContents" in [shape.name for shape in rule.error_shapes])
    queue = sqs.create_queue(QueueName="send")["QueueUrl"]
    for character in ("\x0b", "\x1f", "\ufffe"):
        sqs.send_message(QueueUrl=queue, MessageBody=f"Ann{character}")
        received = sqs.receive_message(QueueUrl=queue, VisibilityTimeout=3600)["Messages"][0]["Body"]
        print(f"U+{ord(character):04X}:", "kept" if received == f"Ann{character}" else ascii(received))
PY
)
expect <<'SEEN'
the model says: True
among its errors: True
U+000B: kept
U+001F: kept
U+FFFE: kept
SEEN
