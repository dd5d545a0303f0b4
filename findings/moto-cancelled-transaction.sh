#!/usr/bin/env bash
# Guess:   a cancelled DynamoDB transaction in moto undoes its own items.
# Really:  it puts back a copy of the whole table, taken at its start. A write of another client that was acknowledged in
#          between is gone. A stream's iterator from before it goes on in the table that was thrown away: it reads the lost
#          write, and nothing that is written later.
# Seen:    moto 5.2.5. On moto's server it happens by itself under threads: with 8 of them some runs of 180 writes lost one or
#          two. Here a wrapper places the other client's write, so that it happens in every run.
# Matters: idempotency by conditional transactions ("claim before you send") looks broken in a test, at random, and the fault
#          is sought in the own code.
# Source:  moto/dynamodb/models/__init__.py, transact_write_items.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[dynamodb]==5.2.5' boto3==1.44.8 botocore==1.44.8
export AWS_ACCOUNT_ID_ENDPOINT_MODE=disabled # moto-streams-endpoint.sh says why
seen=$(python - <<'PY'
import boto3
from moto import mock_aws
from moto.dynamodb.models import DynamoDBBackend


def put(client, id_, **condition):
    return {"TableName": "sends", "Item": {"id": {"S": id_}}, **condition}


with mock_aws():
    client, other, streams = boto3.client("dynamodb"), boto3.client("dynamodb"), boto3.client("dynamodbstreams")
    client.create_table(
        TableName="sends",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    client.put_item(**put(client, "claimed"))
    arn = client.describe_table(TableName="sends")["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]

    get_item = DynamoDBBackend.get_item

    def get_item_after_the_other_client(self, *args, **kwargs):
        DynamoDBBackend.get_item = get_item
        status = other.put_item(**put(other, "of another client"))["ResponseMetadata"]["HTTPStatusCode"]
        print("the other client's write is answered with", status)
        return get_item(self, *args, **kwargs)

    DynamoDBBackend.get_item = get_item_after_the_other_client
    try:
        client.transact_write_items(
            TransactItems=[{"Put": put(client, "claimed", ConditionExpression="attribute_not_exists(id)")}]
        )
    except client.exceptions.TransactionCanceledException:
        print("the transaction is cancelled")
    print("in the table:", [item["id"]["S"] for item in client.scan(TableName="sends")["Items"]])
    client.put_item(**put(client, "later"))
    records = streams.get_records(ShardIterator=iterator)["Records"]
    print("in the stream:", [record["dynamodb"]["Keys"]["id"]["S"] for record in records])
PY
)
expect <<'SEEN'
the other client's write is answered with 200
the transaction is cancelled
in the table: ['claimed']
in the stream: ['claimed', 'of another client']
SEEN
