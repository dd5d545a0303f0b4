"""What AWS refuses, the cloud refuses that the tests run on: moto with our fixes, or MiniStack. tests/second_cloud.toml has AWS's words."""

from __future__ import annotations

import tomllib
import uuid
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from functions import wiring
from functions.adapters.schema import TABLES
from functions.wiring import Container
from tests.support.aws.cloud import SETTINGS

KB_400 = 400 * 1024
ROOT = Path(__file__).parents[3]
SEND_QUEUE = SETTINGS.send_queue_url
TABLE = next(table for table in TABLES if table.name == SETTINGS.emails_table)


@pytest.fixture
def key() -> dict[str, Any]:
    attributes = [TABLE.partition, *([TABLE.sort] if TABLE.sort else [])]
    return {attribute.name: {attribute.kind: str(uuid.uuid4().int % 10**12)} for attribute in attributes}


def test_sqs_refuses_forbidden_characters(aws: Container) -> None:
    for character in "\x00\x1f\ufffe\uffff":
        with pytest.raises(ClientError, match="InvalidMessageContents"):
            boto3.client("sqs").send_message(QueueUrl=SEND_QUEUE, MessageBody=f"Hello{character}")


def test_sqs_refuses_forbidden_characters_by_entry(aws: Container) -> None:
    entries: Any = [{"Id": "allowed", "MessageBody": "Hello"}, {"Id": "forbidden", "MessageBody": "Hello\ufffe"}]
    sent = boto3.client("sqs").send_message_batch(QueueUrl=SEND_QUEUE, Entries=entries)
    assert [entry["Id"] for entry in sent["Successful"]] == ["allowed"]
    assert [(entry["Id"], entry["Code"]) for entry in sent["Failed"]] == [("forbidden", "InvalidMessageContents")]


def test_dynamodb_refuses_an_item_of_more_than_400_kb(aws: Container, key: dict[str, Any]) -> None:
    """In four-byte letters: characters are not bytes."""
    with pytest.raises(ClientError, match="Item size has exceeded the maximum allowed size"):
        boto3.client("dynamodb").put_item(TableName=TABLE.name, Item={**key, "text": {"S": "😀" * (KB_400 // 4)}})


def test_dynamodb_refuses_an_update_beyond_400_kb(aws: Container, key: dict[str, Any]) -> None:
    client = boto3.client("dynamodb")
    client.put_item(TableName=TABLE.name, Item={**key, "map": {"M": {"a": {"S": "x" * (KB_400 // 2)}}}})
    with pytest.raises(ClientError, match="Item size to update has exceeded the maximum allowed size"):
        client.update_item(
            TableName=TABLE.name,
            Key=key,
            UpdateExpression="SET #map.b = :b",
            ExpressionAttributeNames={"#map": "map"},
            ExpressionAttributeValues={":b": {"S": "x" * (KB_400 // 2)}},
        )
    assert list(client.get_item(TableName=TABLE.name, Key=key)["Item"]["map"]["M"]) == ["a"]


def test_dynamodb_cancels_a_transaction_with_an_update_beyond_400_kb(aws: Container, key: dict[str, Any]) -> None:
    update: Any = {
        "TableName": TABLE.name,
        "Key": key,
        "UpdateExpression": "SET body = :body",
        "ExpressionAttributeValues": {":body": {"S": "x" * KB_400}},
    }
    with pytest.raises(ClientError, match="TransactionCanceledException") as refused:
        boto3.client("dynamodb").transact_write_items(TransactItems=[{"Update": update}])
    response: Any = refused.value.response
    assert [reason["Code"] for reason in response["CancellationReasons"]] == ["ValidationError"]
    assert "Item" not in boto3.client("dynamodb").get_item(TableName=TABLE.name, Key=key)


def test_s3_refuses_a_presigned_upload_of_another_length(aws: Container) -> None:
    url = aws.get(wiring.adapters.sending.uploads).presign(str(uuid.uuid4()), 5, 60)
    assert requests.put(url, data=b"123456", timeout=5).status_code == 403
    assert requests.put(url, data=b"12345", timeout=5).status_code == 200


def test_s3_refuses_a_presigned_upload_to_another_key(aws: Container) -> None:
    url = aws.get(wiring.adapters.sending.uploads).presign("mine", 5, 60).replace("/mine?", "/yours?")
    assert requests.put(url, data=b"12345", timeout=5).status_code == 403


def test_iam_refuses_to_delete_a_user_with_a_key(aws: Container) -> None:
    iam = boto3.client("iam")
    iam.create_user(UserName="with-a-key")
    iam.create_access_key(UserName="with-a-key")
    with pytest.raises(ClientError, match="DeleteConflict"):
        iam.delete_user(UserName="with-a-key")


def test_iam_refuses_to_delete_a_user_with_an_inline_policy(aws: Container) -> None:
    iam = boto3.client("iam")
    iam.create_user(UserName="with-a-policy")
    document = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ses:*", "Resource": "*"}]}'
    iam.put_user_policy(UserName="with-a-policy", PolicyName="send", PolicyDocument=document)
    with pytest.raises(ClientError, match="DeleteConflict"):
        iam.delete_user(UserName="with-a-policy")


def test_iam_refuses_a_third_key_of_a_user(aws: Container) -> None:
    iam = boto3.client("iam")
    iam.create_user(UserName="with-two-keys")
    for _ in range(2):
        iam.create_access_key(UserName="with-two-keys")
    with pytest.raises(ClientError, match="LimitExceeded"):
        iam.create_access_key(UserName="with-two-keys")


def test_every_difference_has_its_test() -> None:
    """The list names each test of a refusal in this file. Its other tests exist too."""
    differences = tomllib.loads((ROOT / "tests/second_cloud.toml").read_text())["difference"]
    listed = {difference["test"] for difference in differences}
    refusals = {name for name in globals() if name.startswith("test_") and "every_difference" not in name}
    here = Path(__file__).relative_to(ROOT).as_posix()
    assert {f"{here}::{name}" for name in refusals} <= listed
    for file, _, name in (test.partition("::") for test in listed):
        assert f"def {name}(" in (ROOT / file).read_text()
