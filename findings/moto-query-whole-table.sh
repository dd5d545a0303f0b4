#!/usr/bin/env bash
# Guess:   a DynamoDB query in moto looks at the items under its partition key.
# Really:  it looks at every item of the table, sorts them and filters; ScannedCount says 1 all the same.
# Seen:    moto 5.2.5.
# Matters: tests with thousands of messages get slow (4 ms a query at 500 items, 22 ms at 5,000), and an access pattern that is
#          a scan in disguise does not stand out: all of them are.
# Source:  moto/dynamodb/models/table.py, Table.query and all_items.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[dynamodb]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import boto3
from moto import mock_aws
from moto.dynamodb.models.table import Table

all_items, looked_at = Table.all_items, 0


def counted(self):
    global looked_at
    for item in all_items(self):
        looked_at += 1
        yield item


Table.all_items = counted
with mock_aws():
    dynamodb = boto3.client("dynamodb")
    dynamodb.create_table(
        TableName="events",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "message", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("message", "at")],
    )
    for number in range(300):
        dynamodb.put_item(TableName="events", Item={"message": {"S": f"m{number}"}, "at": {"S": "10:00"}})
        if number + 1 in (10, 300):
            looked_at = 0
            answer = dynamodb.query(
                TableName="events",
                KeyConditionExpression="message = :m",
                ExpressionAttributeValues={":m": {"S": "m1"}},
            )
            print(f"{number + 1} items: looks at {looked_at}, ScannedCount {answer['ScannedCount']}, Count {answer['Count']}")
PY
)
expect <<'SEEN'
10 items: looks at 10, ScannedCount 1, Count 1
300 items: looks at 300, ScannedCount 1, Count 1
SEEN
