#!/usr/bin/env bash
# Guess:   moto refuses a DynamoDB item above 400 KB, as the service does: it has the service's message for it.
# Really:  its limit is 405,000 bytes, where the service's is 409,600. Only top-level values count: nested updates let a map grow without
#          an end. A transaction with an update that is too large raises ValidationException, where the service cancels it.
# Seen:    moto 5.2.5.
# Matters: a timeline of events that is kept in a map of one item is just the shape that meets the limit, and on moto it never does.
# Source:  moto/dynamodb/models/dynamo_type.py, LimitedSizeDict; DynamoDB Developer Guide, Quotas in Amazon DynamoDB, Items (400 KB, with
#          the lengths of names and values).
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[dynamodb]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

KB_250 = {"S": "x" * 250 * 1024}
KEY = {"id": {"S": "a"}}


def tried(name, call, **request):
    try:
        call(**request)
        print(f"{name}: accepted")
    except ClientError as error:
        print(f"{name}: {error.response['Error']['Code']}")


def size(value):
    if isinstance(value, dict):
        return sum(len(name) + size(inner) for name, inner in value.items())
    return len(value)


with mock_aws():
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="t",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    tried("put of 409,000 bytes", client.put_item, TableName="t", Item={**KEY, "a": {"S": "x" * 408_996}})
    tried("put of 500 KB", client.put_item, TableName="t", Item={**KEY, "a": KB_250, "b": KB_250})
    client.put_item(TableName="t", Item={**KEY, "map": {"M": {}}, "a": KB_250})
    values = {":v": KB_250}
    top = {"TableName": "t", "Key": KEY, "UpdateExpression": "SET b = :v", "ExpressionAttributeValues": values}
    tried("update, top level", client.update_item, **top)
    tried("the same in a transaction", client.transact_write_items, TransactItems=[{"Update": top}])
    for name in ("first", "second"):
        nested = {**top, "UpdateExpression": "SET #map.#name = :v"}
        nested["ExpressionAttributeNames"] = {"#map": "map", "#name": name}
        tried(f"update, nested, {name}", client.update_item, **nested)
    stored = client.get_item(TableName="t", Key=KEY)["Item"]
    print(f"stored: {size(stored) // 1024} KB")
PY
)
expect <<'SEEN'
put of 409,000 bytes: ValidationException
put of 500 KB: ValidationException
update, top level: ValidationException
the same in a transaction: ValidationException
update, nested, first: accepted
update, nested, second: accepted
stored: 750 KB
SEEN
