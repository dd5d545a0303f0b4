#!/usr/bin/env bash
# Guess:   a mock's queue costs the same for each message.
# Really:  moto counts the whole queue for each message that is sent, and again for each one that is received: with 400 waiting
#          messages, one receive of ten reads the clock some fifty thousand times.
# Seen:    moto 5.2.5.
# Matters: a load test or a backlog test of a mail queue measures moto; at 1,000 messages a receive of ten takes seconds.
# Source:  moto/sqs/models.py, Queue.attributes and is_message_valid_based_on_retention_period.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[sqs]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import boto3
from moto import mock_aws
from moto.sqs import models

clock, looks = models.unix_time_millis, 0


def counted(*args):
    global looks
    looks += 1
    return clock(*args)


def cost(call, **arguments):
    before = looks
    call(QueueUrl=queue, **arguments)
    return looks - before


models.unix_time_millis = counted
with mock_aws():
    sqs = boto3.client("sqs")
    for depth in (10, 100, 400):
        queue = sqs.create_queue(QueueName=f"send-{depth}")["QueueUrl"]
        for _ in range(depth // 10):
            sqs.send_message_batch(QueueUrl=queue, Entries=[{"Id": str(i), "MessageBody": "x"} for i in range(10)])
        send = cost(sqs.send_message, MessageBody="x")
        receive = cost(sqs.receive_message, MaxNumberOfMessages=10)
        print(f"{depth} waiting: a send reads the clock {send} times, a receive of ten {receive} times")
PY
)
expect <<'SEEN'
10 waiting: a send reads the clock 41 times, a receive of ten 1207 times
100 waiting: a send reads the clock 401 times, a receive of ten 12187 times
400 waiting: a send reads the clock 1601 times, a receive of ten 48787 times
SEEN
