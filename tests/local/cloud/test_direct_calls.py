"""A direct call has the answer that moto gives on its own way."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.cloud import Cloud, direct_calls

TABLE = "short-way"
ITEM = {
    "pk": {"S": "a"},
    "n": {"N": "1.50"},
    "m": {"M": {"l": {"L": [{"BOOL": True}, {"NULL": True}, {"S": "ü\n\"'"}]}, "s": {"SS": ["x"]}}},
    "s": {"NS": ["1", "2"]},
}
BINARY = {"pk": {"S": "b"}, "raw": {"B": b"\x00\xff"}, "all": {"BS": [b"\x01"]}, "in": {"M": {"raw": {"B": b"\x02"}}}}
KEY = {"pk": {"S": "a"}}
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("get_item", {"Key": KEY}),
    ("get_item", {"Key": KEY, "ProjectionExpression": "n"}),
    ("get_item", {"Key": {"pk": {"S": "missing"}}}),
    ("get_item", {"Key": {"pk": {"S": "b"}}}),
    ("get_item", {"Key": {"other": {"S": "a"}}}),
    ("put_item", {"Item": ITEM, "ReturnValues": "ALL_OLD"}),
    ("put_item", {"Item": BINARY}),
    ("put_item", {"Item": ITEM, "ConditionExpression": "attribute_not_exists(pk)"}),
    (
        "put_item",
        {
            "Item": ITEM,
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        },
    ),
    ("put_item", {"Item": {"n": {"N": "1"}}}),
    ("put_item", {"Item": {"pk": {"S": "a"}, "much": {"S": "x" * 410_000}}}),
    (
        "update_item",
        {
            "Key": KEY,
            "UpdateExpression": "SET n = :n",
            "ExpressionAttributeValues": {":n": {"N": "2"}},
            "ReturnValues": "UPDATED_NEW",
        },
    ),
    (
        "update_item",
        {
            "Key": KEY,
            "UpdateExpression": "SET n = :n",
            "ConditionExpression": "n > :n",
            "ExpressionAttributeValues": {":n": {"N": "3"}},
        },
    ),
    (
        "update_item",
        {"Key": KEY, "UpdateExpression": "SET raw = :raw", "ExpressionAttributeValues": {":raw": {"B": b"\x05"}}},
    ),
    ("delete_item", {"Key": KEY, "ReturnValues": "ALL_OLD"}),
    ("query", {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "a"}}}),
    ("query", {"KeyConditionExpression": "n = :pk", "ExpressionAttributeValues": {":pk": {"S": "a"}}}),
    ("scan", {"Limit": 1, "ReturnConsumedCapacity": "TOTAL"}),
    ("scan", {"Select": "COUNT"}),
    ("batch_get_item", {"RequestItems": {TABLE: {"Keys": [KEY, {"pk": {"S": "b"}}, {"pk": {"S": "missing"}}]}}}),
    ("batch_write_item", {"RequestItems": {TABLE: [{"DeleteRequest": {"Key": KEY}}]}}),
    ("transact_get_items", {"TransactItems": [{"Get": {"TableName": TABLE, "Key": KEY}}]}),
    (
        "transact_write_items",
        {
            "TransactItems": [
                {"Put": {"TableName": TABLE, "Item": ITEM, "ConditionExpression": "attribute_not_exists(pk)"}},
                {"Delete": {"TableName": TABLE, "Key": {"pk": {"S": "b"}}}},
            ]
        },
    ),
]


@pytest.fixture(scope="module", autouse=True)
def table(cloud: Cloud) -> None:
    cloud.client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def answer(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
    for item in (ITEM, BINARY):
        client.put_item(TableName=TABLE, Item=item)
    table_name = {} if "RequestItems" in parameters or "TransactItems" in parameters else {"TableName": TABLE}
    try:
        response = getattr(client, operation)(**table_name, **parameters)
    except ClientError as error:
        response = error.response
    metadata = response.pop("ResponseMetadata")
    return metadata["HTTPStatusCode"], response


@pytest.mark.parametrize(("operation", "parameters"), CALLS)
def test_the_answer_about_items_is_motos(
    connect: Callable[..., Any], operation: str, parameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connect("dynamodb")
    ours = answer(client, operation, parameters)
    monkeypatch.setattr(direct_calls, "serves", lambda *_: False)
    assert ours == answer(client, operation, parameters)


MESSAGES: list[tuple[str, dict[str, Any]]] = [
    ("send_message", {"MessageBody": "ü <&>"}),
    ("send_message", {"MessageBody": "a", "MessageAttributes": {"n": {"DataType": "Number", "StringValue": "1"}}}),
    ("send_message", {"MessageBody": "a", "MessageAttributes": {"b": {"DataType": "Binary", "BinaryValue": b"\x00"}}}),
    ("send_message", {"MessageBody": "\x00"}),
    ("send_message", {"MessageBody": "a", "DelaySeconds": 901}),
    ("send_message", {"MessageBody": "a", "QueueUrl": "http://localhost/1/missing"}),
    (
        "send_message_batch",
        {"Entries": [{"Id": "1", "MessageBody": "a"}, {"Id": "2", "MessageBody": "\x00", "DelaySeconds": 1}]},
    ),
    ("receive_message", {"MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"]}),
    ("receive_message", {"MaxNumberOfMessages": 11}),
    ("delete_message", {"ReceiptHandle": "unknown"}),
    ("delete_message_batch", {"Entries": [{"Id": "1", "ReceiptHandle": "unknown"}]}),
    ("change_message_visibility", {"ReceiptHandle": "unknown", "VisibilityTimeout": 5}),
    (
        "change_message_visibility_batch",
        {"Entries": [{"Id": "1", "ReceiptHandle": "unknown", "VisibilityTimeout": 5}]},
    ),
]
NUMBERS = count()  # of queues
VARYING = frozenset({"MessageId", "ReceiptHandle", "SentTimestamp", "ApproximateFirstReceiveTimestamp"})


def constant(value: Any) -> Any:
    """An answer without ids and times."""
    if isinstance(value, dict):
        return {name: name if name in VARYING else constant(inner) for name, inner in value.items()}
    return [constant(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("operation", "parameters"), MESSAGES)
def test_the_answer_about_messages_is_motos(
    connect: Callable[..., Any], operation: str, parameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connect("sqs")
    attributes = {"t": {"DataType": "String", "StringValue": "x"}, "b": {"DataType": "Binary", "BinaryValue": b"\x01"}}

    def result() -> Any:
        url = client.create_queue(QueueName=f"direct-{next(NUMBERS)}")["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody="first", MessageAttributes=attributes)
        try:
            response = getattr(client, operation)(**{"QueueUrl": url, **parameters})
        except ClientError as error:
            response = error.response
        metadata = response.pop("ResponseMetadata")
        return metadata["HTTPStatusCode"], constant(response)

    ours = result()
    monkeypatch.setattr(direct_calls, "serves", lambda *_: False)
    assert ours == result()


def test_a_table_of_another_region_is_another_one(cloud: Cloud, connect: Callable[..., Any]) -> None:
    client = connect("dynamodb", region="eu-west-1")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.get_item(TableName=TABLE, Key=KEY)
