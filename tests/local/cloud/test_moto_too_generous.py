"""What AWS refuses and stock moto takes: the local cloud refuses it, and when stock moto does so too, the fix can go."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from moto.dynamodb.models import DynamoDBBackend
from moto.iam.models import IAMBackend
from moto.sqs.models import SQSBackend

from infra.local.cloud import Cloud
from infra.local.cloud.moto_fixes import dynamodb_item_size, iam_delete_user, sqs_characters

KB_400 = 400 * 1024


@pytest.fixture(scope="module")
def queue(cloud: Cloud) -> str:
    url: str = cloud.client("sqs").create_queue(QueueName="characters")["QueueUrl"]
    return url


class TestSqsCharacters:
    @pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x0c", "\x1f", "\ud800", "\ufffe", "\uffff"])
    def test_a_character_that_is_not_xml_is_refused(self, cloud: Cloud, queue: str, character: str) -> None:
        with pytest.raises(ClientError, match="InvalidMessageContents"):
            cloud.client("sqs").send_message(QueueUrl=queue, MessageBody=f"Hello{character}")

    @given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1))
    def test_every_other_character_is_accepted(self, text: str) -> None:
        assert sqs_characters.FORBIDDEN.search(f"{text}\t\n\r") is None

    def test_an_attribute_has_the_same_restriction(self, cloud: Cloud, queue: str) -> None:
        attribute = {"reason": {"DataType": "String", "StringValue": "a\ufffe"}}
        with pytest.raises(ClientError, match="InvalidMessageContents"):
            cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="Hello", MessageAttributes=attribute)

    def test_a_batch_fails_by_entry(self, cloud: Cloud, queue: str) -> None:
        entries = [{"Id": "allowed", "MessageBody": "Hello"}, {"Id": "forbidden", "MessageBody": "Hello\x00"}]
        sent = cloud.client("sqs").send_message_batch(QueueUrl=queue, Entries=entries)
        assert [entry["Id"] for entry in sent["Successful"]] == ["allowed"]
        assert [(entry["Id"], entry["Code"]) for entry in sent["Failed"]] == [("forbidden", "InvalidMessageContents")]

    def test_a_batch_of_forbidden_entries_fails_by_entry(self, cloud: Cloud, queue: str) -> None:
        entries = [{"Id": "forbidden", "MessageBody": "Hello\x00"}]
        sent = cloud.client("sqs").send_message_batch(QueueUrl=queue, Entries=entries)
        assert [entry["Id"] for entry in sent["Failed"]] == ["forbidden"]

    def test_stock_moto_takes_it(self, cloud: Cloud, queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(SQSBackend, "send_message", sqs_characters._send_message)
        assert cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="Hello\x00")["MessageId"]


@pytest.fixture(scope="module")
def table(cloud: Cloud) -> Any:
    client = cloud.client("dynamodb")
    client.create_table(
        TableName="sizes",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


def item(pk: str, text: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "map": {"M": {"text": {"S": text}}}}


def of_size(size: int, letter: str = "x") -> dict[str, Any]:
    """An item of exactly this many bytes, most of them in a nested value."""
    empty = dynamodb_item_size.item_bytes(item("a", ""))
    return item("a", letter * ((size - empty) // len(letter.encode())))


class TestDynamoDbItemSize:
    @pytest.mark.parametrize("letter", ["x", "😀"])
    def test_a_put_of_more_than_400_kb_is_refused(self, cloud: Cloud, table: Any, letter: str) -> None:
        table.put_item(TableName="sizes", Item=of_size(KB_400, letter))
        with pytest.raises(ClientError, match="Item size has exceeded the maximum allowed size"):
            table.put_item(TableName="sizes", Item=of_size(KB_400 + 4, letter))

    def test_an_update_beyond_400_kb_is_refused_and_changes_nothing(self, table: Any) -> None:
        table.put_item(TableName="sizes", Item=of_size(KB_400 - 100))
        update = {
            "UpdateExpression": "SET #map.more = :more",
            "ExpressionAttributeNames": {"#map": "map"},
            "ExpressionAttributeValues": {":more": {"S": "x" * 200}},
        }
        with pytest.raises(ClientError, match="Item size to update has exceeded the maximum allowed size"):
            table.update_item(TableName="sizes", Key={"pk": {"S": "a"}}, **update)
        assert table.get_item(TableName="sizes", Key={"pk": {"S": "a"}})["Item"] == of_size(KB_400 - 100)

    def test_a_refused_update_makes_no_item(self, table: Any) -> None:
        with pytest.raises(ClientError, match="Item size to update"):
            table.update_item(
                TableName="sizes",
                Key={"pk": {"S": "new"}},
                UpdateExpression="SET body = :body",
                ExpressionAttributeValues={":body": {"S": "x" * (KB_400 + 1)}},
            )
        assert "Item" not in table.get_item(TableName="sizes", Key={"pk": {"S": "new"}})

    def test_a_transaction_changes_nothing_then(self, table: Any) -> None:
        """A put is refused with the call. An update cancels the transaction."""
        other = {"Put": {"TableName": "sizes", "Item": {"pk": {"S": "other"}}}}
        put = {"Put": {"TableName": "sizes", "Item": of_size(KB_400 + 1)}}
        update = {
            "Update": {
                "TableName": "sizes",
                "Key": {"pk": {"S": "new"}},
                "UpdateExpression": "SET body = :body",
                "ExpressionAttributeValues": {":body": {"S": "x" * KB_400}},
            }
        }
        with pytest.raises(ClientError, match="ValidationException"):
            table.transact_write_items(TransactItems=[other, put])
        with pytest.raises(ClientError) as cancelled:
            table.transact_write_items(TransactItems=[other, update])
        response: Any = cancelled.value.response
        assert [reason["Code"] for reason in response["CancellationReasons"]] == ["None", "ValidationError"]
        for pk in ("other", "new"):
            assert "Item" not in table.get_item(TableName="sizes", Key={"pk": {"S": pk}})

    @pytest.mark.parametrize(
        ("value", "size"),
        [
            ({"S": "é"}, 2),
            ({"B": "AAEC"}, 3),
            ({"BOOL": True}, 1),
            ({"NULL": True}, 1),
            ({"N": "0"}, 1),
            ({"N": "27"}, 2),
            ({"N": "-123.45"}, 5),
            ({"SS": ["ab", "c"]}, 3),
            ({"L": [{"S": "a"}, {"NULL": True}]}, 3 + 2 + 2),
            ({"M": {"key": {"S": "a"}}}, 3 + 1 + 3 + 1),
        ],
    )
    def test_each_type_counts_as_documented(self, value: dict[str, Any], size: int) -> None:
        assert dynamodb_item_size.item_bytes({"n": value}) == 1 + size

    def test_stock_moto_takes_it(self, table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(DynamoDBBackend, "put_item", dynamodb_item_size._put_item)
        table.put_item(TableName="sizes", Item=of_size(KB_400 + 1))


class TestIamDeleteUser:
    def test_a_user_with_a_key_is_not_deleted(self, cloud: Cloud) -> None:
        iam = cloud.client("iam")
        iam.create_user(UserName="with-key")
        key = iam.create_access_key(UserName="with-key")["AccessKey"]["AccessKeyId"]
        with pytest.raises(ClientError, match="DeleteConflict"):
            iam.delete_user(UserName="with-key")
        iam.delete_access_key(UserName="with-key", AccessKeyId=key)
        iam.delete_user(UserName="with-key")

    def test_a_user_with_password_or_group_is_not_deleted(self, cloud: Cloud) -> None:
        iam = cloud.client("iam")
        iam.create_user(UserName="person")
        iam.create_login_profile(UserName="person", Password="correct horse battery")
        with pytest.raises(ClientError, match="DeleteConflict"):
            iam.delete_user(UserName="person")
        iam.delete_login_profile(UserName="person")
        iam.create_group(GroupName="people")
        iam.add_user_to_group(GroupName="people", UserName="person")
        with pytest.raises(ClientError, match="DeleteConflict"):
            iam.delete_user(UserName="person")
        iam.remove_user_from_group(GroupName="people", UserName="person")
        iam.delete_user(UserName="person")

    def test_stock_moto_takes_it(self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(IAMBackend, "delete_user", iam_delete_user._delete_user)
        iam = cloud.client("iam")
        iam.create_user(UserName="stock")
        iam.create_access_key(UserName="stock")
        iam.delete_user(UserName="stock")


class TestPresignedUploads:
    @pytest.fixture(scope="class", autouse=True)
    def role(self, cloud: Cloud) -> str:
        iam = cloud.client("iam")
        arn = iam.create_role(RoleName="uploader", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        policy = (
            '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]}'
        )
        iam.put_role_policy(RoleName="uploader", PolicyName="upload", PolicyDocument=policy)
        cloud.client("s3").create_bucket(Bucket="uploads")
        return str(arn)

    @pytest.fixture
    def presign(self, cloud: Cloud, role: str) -> Callable[..., str]:
        credentials = cloud.credentials_for(role)
        client = boto3.client(
            "s3",
            endpoint_url=cloud.url,
            region_name=cloud.region,
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            aws_session_token=credentials.session_token,
            config=Config(signature_version="s3v4"),
        )

        def url(key: str = "", size: int = 5, seconds: int = 60) -> str:
            parameters = {"Bucket": "uploads", "Key": key or str(uuid.uuid4()), "ContentLength": size}
            signed: str = client.generate_presigned_url("put_object", Params=parameters, ExpiresIn=seconds)
            return signed

        return url

    @pytest.mark.parametrize("key", ["plain", "Grüße & more/a+b (1).pdf"])
    def test_what_was_signed_is_accepted(self, cloud: Cloud, presign: Callable[..., str], key: str) -> None:
        assert requests.put(presign(key), data=b"12345", timeout=5).status_code == 200
        assert cloud.client("s3").get_object(Bucket="uploads", Key=key)["Body"].read() == b"12345"

    def test_a_preflight_needs_no_signature(self, presign: Callable[..., str]) -> None:
        headers = {"origin": "http://127.0.0.1", "access-control-request-method": "PUT"}
        answer = requests.options(presign(), headers=headers, timeout=5)
        assert (answer.status_code, "PUT" in answer.headers["access-control-allow-methods"]) == (200, True)

    def test_another_length_is_refused(self, presign: Callable[..., str]) -> None:
        refused = requests.put(presign(), data=b"123456", timeout=5)
        assert (refused.status_code, "SignatureDoesNotMatch" in refused.text) == (403, True)

    def test_another_key_is_refused(self, presign: Callable[..., str]) -> None:
        url = presign("mine").replace("/mine?", "/yours?")
        assert requests.put(url, data=b"12345", timeout=5).status_code == 403

    def test_another_signature_is_refused(self, presign: Callable[..., str]) -> None:
        url = presign()
        assert requests.put(url[:-1] + ("0" if url[-1] != "0" else "1"), data=b"12345", timeout=5).status_code == 403

    def test_another_method_is_refused(self, presign: Callable[..., str]) -> None:
        assert requests.delete(presign(), data=b"12345", timeout=5).status_code == 403

    def test_a_longer_time_is_refused(self, presign: Callable[..., str]) -> None:
        url = presign().replace("X-Amz-Expires=60", "X-Amz-Expires=600")
        assert requests.put(url, data=b"12345", timeout=5).status_code == 403

    def test_after_its_time_it_is_refused(self, presign: Callable[..., str]) -> None:
        refused = requests.put(presign(seconds=-1), data=b"12345", timeout=5)
        assert (refused.status_code, "Request has expired" in refused.text) == (403, True)

    def test_stock_moto_takes_another_length(self, cloud: Cloud, connect: Callable[..., Any]) -> None:
        """The administrator has no secret here, so only moto checks the request."""
        parameters = {"Bucket": "uploads", "Key": "stock", "ContentLength": 5}
        url = connect("s3").generate_presigned_url("put_object", Params=parameters)
        assert requests.put(url, data=b"123456", timeout=5).status_code == 200
