#!/usr/bin/env bash
# Guess:   a stream of a DynamoDB table in moto can be read with the boto3 of the same month.
# Really:  botocore takes the account's number out of the stream's ARN and calls <account>.streams-ddb.<region>, an address
#          that moto does not know; every call of DynamoDB Streams under mock_aws is a 404 "Not yet implemented".
# Seen:    moto 5.2.5 with botocore 1.44.5 and 1.44.8; not with botocore 1.44.0.
# Matters: whoever feeds statistics or webhooks from a table's stream sees the tests break at an update of boto3.
#          AWS_ACCOUNT_ID_ENDPOINT_MODE=disabled brings the old address back.
# Source:  moto/dynamodbstreams/urls.py; botocore/data/dynamodbstreams, endpoint rule set.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[dynamodb]==5.2.5' boto3==1.44.8 botocore==1.44.8
cat >"$work/finding.py" <<'PY'
import boto3
from moto import mock_aws

with mock_aws():
    streams = boto3.client("dynamodbstreams")
    streams.meta.events.register("before-send.*.*", lambda request, **_: print("calls", request.url))
    table = boto3.client("dynamodb").create_table(
        TableName="sends",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    try:
        stream = streams.describe_stream(StreamArn=table["TableDescription"]["LatestStreamArn"])
        print("answer:", stream["StreamDescription"]["StreamStatus"])
    except streams.exceptions.ClientError as error:
        print("answer:", error)
PY
seen=$(python "$work/finding.py"; AWS_ACCOUNT_ID_ENDPOINT_MODE=disabled python "$work/finding.py")
expect <<'SEEN'
calls https://123456789012.streams-ddb.us-east-1.amazonaws.com/
answer: An error occurred (404) when calling the DescribeStream operation: Not yet implemented
calls https://streams.dynamodb.us-east-1.amazonaws.com/
answer: ENABLED
SEEN
