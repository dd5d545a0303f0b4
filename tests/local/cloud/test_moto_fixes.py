"""Each fix of moto works, and stock moto still needs it. If a test of stock moto fails, drop the fix."""

import ast
import http.client
import inspect
import json
import os
import re
import textwrap
import time
import urllib.parse
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import settings as moto_settings
from moto.awslambda.models import LambdaBackend
from moto.core import utils
from moto.dynamodb import models
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser
from moto.dynamodb.parsing.validators import UpdateExpressionValidator, Validator
from moto.dynamodb.responses import DynamoHandler
from moto.moto_api._internal.moto_random import MotoRandom
from moto.sqs import models as sqs_models
from moto.sqs import utils as sqs_utils

from infra.local.cloud import Cloud, moto_fixes
from infra.local.cloud.iam.access import AccessEvaluator
from infra.local.cloud.moto_fixes import (
    cloudformation,
    dynamodb,
    dynamodb_conditions,
    dynamodb_item_size,
    dynamodb_updates,
    dynamodb_values,
    iam,
    responses,
)
from infra.local.cloud.request import ApiCall


def table(cloud: Cloud, name: str, *, ranged: bool = True, view: str = "NEW_IMAGE") -> Any:
    keys = [("pk", "HASH"), ("sk", "RANGE")] if ranged else [("pk", "HASH")]
    client = cloud.client("dynamodb")
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": "S"} for key in ("pk", *(["sk"] if ranged else []), "by")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-by",
                "KeySchema": [{"AttributeName": "by", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": view},
        BillingMode="PAY_PER_REQUEST",
    )
    return client


def key(pk: str, sk: str | None = None, **more: str) -> dict[str, Any]:
    return {name: {"S": value} for name, value in {"pk": pk, **({"sk": sk} if sk else {}), **more}.items()}


def stock_source(method: Callable[..., Any]) -> str:
    return textwrap.dedent(inspect.getsource(method))


class TestAnswers:
    def test_no_request_looks_through_the_disk(self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        client = cloud.client("sqs")
        client.list_queues()
        monkeypatch.setattr(os, "listdir", lambda path: pytest.fail(f"looked into {path}"))
        assert client.list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200

    def test_an_item_is_returned_whole(self, cloud: Cloud) -> None:
        """It has every type, and names that moto might take for others."""
        client = table(cloud, "answers", ranged=False)
        item = {
            "pk": {"S": "a"},
            "S": {"M": {"M": {"L": [{"N": "1"}, {"NULL": True}, {"BOOL": False}]}, "n_s": {"NS": ["1", "2"]}}},
            "item": {"SS": ["b"]},
            "bytes": {"B": b"\x00\xff"},
        }
        client.put_item(TableName="answers", Item=item)
        assert client.get_item(TableName="answers", Key=key("a"))["Item"] == item
        assert client.query(
            TableName="answers", KeyConditionExpression="pk = :a", ExpressionAttributeValues={":a": {"S": "a"}}
        )["Items"] == [item]

    def test_stock_moto_needs_it(self) -> None:
        assert "list_of_moto_modules()" in stock_source(responses.find_backend)
        assert "get_possible_keys(context)" in stock_source(responses.pick)
        assert "cache" not in stock_source(responses.possible_names)

    def test_a_json_body_is_no_form(self, cloud: Cloud) -> None:
        queue = cloud.client("sqs").create_queue(QueueName="json")["QueueUrl"]
        cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="&Action=ListQueues&a=b")
        (message,) = cloud.client("sqs").receive_message(QueueUrl=queue)["Messages"]
        assert message["Body"] == "&Action=ListQueues&a=b"

    def test_a_queue_has_an_address_of_its_own(self, cloud: Cloud) -> None:
        """A program without the JSON protocol sends to it."""
        cloud.client("sqs").create_queue(QueueName="addressed")
        form = urllib.parse.urlencode({"Action": "SendMessage", "MessageBody": "by form", "Version": "2012-11-05"})
        address = urllib.parse.urlsplit(cloud.url)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
        credential = "AWS4-HMAC-SHA256 Credential=anyone/20260101/us-east-1/sqs/aws4_request"
        headers = {"Authorization": credential, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"/{cloud.account_id}/addressed", form, headers)
        assert b"<MessageId>" in connection.getresponse().read()
        connection.close()

    @pytest.mark.parametrize(("length", "lower_case"), [(0, False), (52, False), (52, True)])
    def test_random_texts_have_their_length_and_case(self, length: int, lower_case: bool) -> None:
        text = MotoRandom().get_random_string(length, lower_case=lower_case)
        assert re.fullmatch(f"[{'' if lower_case else 'A-Z'}a-z0-9]{{{length}}}", text)

    def test_stock_moto_computes_it_for_each_call(self) -> None:
        assert "getmembers" in stock_source(utils.method_names_from_class)
        assert "method_names_from_class(self.__class__)" in stock_source(responses.call_action)
        assert "parse_qsl(" in stock_source(responses.set_up)
        assert "self.url_root" in stock_source(responses.raw_url)
        assert "for i in range(length)" in stock_source(responses.random_string)
        assert "_create_account_specific_backend" in stock_source(responses.state_of)


UPDATES = [
    ("SET n = n + :one, m.#x = :text", {"n": {"N": "2"}, "m": {"M": {"x": {"S": "t"}, "y": {"N": "1"}}}}),
    (
        "SET fresh = if_not_exists(n, :one), also = if_not_exists(not_there, :one)",
        {"fresh": {"N": "1"}, "also": {"N": "1"}},
    ),
    ("SET l = list_append(l, :list)", {"l": {"L": [{"S": "a"}, {"S": "b"}, {"S": "c"}, {"S": "t"}]}}),
    ("REMOVE l[0], l[2], m.y SET #x = :text", {"l": {"L": [{"S": "b"}]}, "m": {"M": {}}, "x": {"S": "t"}}),
    ("ADD n :one, s :set, zero :one", {"n": {"N": "2"}, "s": {"SS": ["p", "q", "t"]}, "zero": {"N": "1"}}),
    ("DELETE s :gone", {"s": {"SS": ["p"]}}),
]
VALUES = {
    ":one": {"N": "1"},
    ":text": {"S": "t"},
    ":list": {"L": [{"S": "t"}]},
    ":set": {"SS": ["t"]},
    ":gone": {"SS": ["q"]},
}
ITEM = {
    "n": {"N": "1"},
    "m": {"M": {"y": {"N": "1"}}},
    "l": {"L": [{"S": "a"}, {"S": "b"}, {"S": "c"}]},
    "s": {"SS": ["p", "q"]},
}


PATHS = st.sampled_from(["n", "m", "m.y", "m.#x", "#x", "#x.y", "l", "l[0]", "s", "pk", "zero", "status", "m.y.z"])
OPERANDS = st.sampled_from([":one", ":text", ":list", ":set", "n", "m.y", "zero", "l[1]", "if_not_exists(zero, :one)"])
ACTIONS = st.one_of(
    st.builds(lambda path, value: ("SET", f"{path} = {value}"), PATHS, OPERANDS),
    st.builds(lambda path, left, right: ("SET", f"{path} = {left} + {right}"), PATHS, OPERANDS, OPERANDS),
    st.builds(lambda path, value: ("ADD", f"{path} {value}"), PATHS, st.sampled_from([":one", ":set", ":text"])),
    st.builds(lambda path: ("REMOVE", path), PATHS),
    st.builds(lambda path: ("DELETE", f"{path} :gone"), PATHS),
)


def update(client: Any, name: str, expression: str) -> Any:
    return client.update_item(
        TableName=name,
        Key=key("a"),
        UpdateExpression=expression,
        **({"ExpressionAttributeNames": {"#x": "x"}} if "#x" in expression else {}),
        ExpressionAttributeValues={name: value for name, value in VALUES.items() if name in expression},
        ReturnValues="ALL_NEW",
    )["Attributes"]


class TestExpressions:
    @pytest.fixture(scope="class")
    def updated(self, cloud: Cloud) -> Any:
        return table(cloud, "updated", ranged=False)

    @pytest.mark.parametrize(("expression", "changes"), UPDATES)
    def test_an_update_changes_what_it_names(self, updated: Any, expression: str, changes: dict[str, Any]) -> None:
        """The second time, its tree comes from the cache."""
        for _ in range(2):
            updated.put_item(TableName="updated", Item={**key("a"), **ITEM})
            attributes = update(updated, "updated", expression)
            attributes["s"]["SS"].sort()
            assert attributes == {**key("a"), **ITEM, **changes}

    @pytest.mark.parametrize(
        ("expression", "reason"),
        [
            ("SET n = :one SET m = :one", 'The "SET" section can only be used once'),
            ("SET n = :one REMOVE n", "Two document paths overlap"),
            ("SET n = :one, l = :one, n = :one", "Two document paths overlap"),
            ("SET pk = :one", "This attribute is part of the key"),
            ("SET l = :one, n = not_there", "refers to an attribute that does not exist"),
            ("SET n = :one +", "Syntax error"),
        ],
    )
    def test_an_invalid_update_is_refused_each_time(self, updated: Any, expression: str, reason: str) -> None:
        for _ in range(2):
            updated.put_item(TableName="updated", Item={**key("a"), **ITEM})
            with pytest.raises(ClientError, match=reason):
                update(updated, "updated", expression)

    @given(actions=st.lists(ACTIONS, min_size=1, max_size=4))
    @settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_an_update_has_the_result_of_stock_moto(
        self, updated: Any, actions: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clauses = [
            f"{clause} {', '.join(text for kind, text in actions if kind == clause)}"
            for clause in dict.fromkeys(kind for kind, _ in actions)
        ]
        ours = result(updated, " ".join(clauses))
        with monkeypatch.context() as patch:
            patch.setattr(models, "UpdateExpressionValidator", UpdateExpressionValidator)
            assert ours == result(updated, " ".join(clauses))

    def test_a_common_update_needs_no_walk(self, updated: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(dynamodb_updates, "UpdateExpressionValidator")
        updated.put_item(TableName="updated", Item={**key("a"), **ITEM})
        update(updated, "updated", "ADD n :one, s :set, m.y :one, zero :one")
        update(updated, "updated", "SET fresh = if_not_exists(n, :one), m.#x = :text, n = n + :one REMOVE l")

    def test_a_new_value_is_no_part_of_another(self, updated: Any) -> None:
        updated.put_item(TableName="updated", Item={**key("a"), **ITEM})
        update(updated, "updated", "SET also = m, #x = :text")
        attributes = update(updated, "updated", "SET m.y = :text")
        assert attributes["also"] == ITEM["m"]

    def test_stock_moto_needs_it(self) -> None:
        """If it parses once, or walks at less cost, drop the fix."""
        for method in (DynamoHandler.update_item, dynamodb_item_size._update_item):
            assert "UpdateExpressionParser.make(update_expression)" in stock_source(method)
        assert "deepcopy(expression)" in stock_source(Validator.__init__)
        assert "traverse_node_recursively" in stock_source(DepthFirstTraverser.traverse)


def result(client: Any, expression: str) -> Any:
    client.put_item(TableName="updated", Item={**key("a"), **ITEM})
    try:
        attributes = update(client, "updated", expression)
    except ClientError as error:
        return str(error)
    return {name: sorted(value["SS"]) if "SS" in value else value for name, value in attributes.items()}


CONDITIONS = [
    ("n = :one AND m.#x <> :text", True),
    ("NOT (n = :one) OR attribute_not_exists(m.#x)", False),
    ("n IN (:text, :one) AND size(l) > :one", True),
    ("n BETWEEN :one AND :one AND begins_with(pk, :text)", False),
    ("l[0] = :text OR contains(s, :text)", False),
]


class TestConditions:
    @pytest.fixture(scope="class")
    def conditioned(self, cloud: Cloud) -> Any:
        return table(cloud, "conditioned", ranged=False)

    @staticmethod
    def holds(client: Any, expression: str, **values: Any) -> bool:
        client.put_item(TableName="conditioned", Item={**key("a"), **ITEM})
        matches = client.scan(
            TableName="conditioned",
            FilterExpression=expression,
            **({"ExpressionAttributeNames": {"#x": "y"}} if "#x" in expression else {}),
            ExpressionAttributeValues={
                name: value for name, value in {**VALUES, **values}.items() if name in expression
            },
        )
        return bool(matches["Items"])

    @pytest.mark.parametrize(("expression", "holds"), CONDITIONS)
    def test_a_condition_holds_the_second_time_too(self, conditioned: Any, expression: str, holds: bool) -> None:
        assert [self.holds(conditioned, expression) for _ in range(2)] == [holds, holds]

    def test_each_call_has_its_own_names_and_values(self, conditioned: Any) -> None:
        """The tree of the first one comes from the cache."""
        assert self.holds(conditioned, "n = :one")
        assert not self.holds(conditioned, "n = :one", **{":one": {"N": "2"}})
        filtered = {"TableName": "conditioned", "FilterExpression": "attribute_exists(#x)"}
        for name, count in (("n", 1), ("o", 0), ("l", 1)):
            assert conditioned.scan(**filtered, ExpressionAttributeNames={"#x": name})["Count"] == count

    @pytest.mark.parametrize(
        ("expression", "reason"),
        [
            ("size(n = :one", "Bad function expression|InternalFailure"),
            ("(n = :one))", "Unmatched|InternalFailure"),
            ("((n = :one))", "redundant"),
        ],
    )
    def test_an_invalid_condition_is_refused_each_time(self, conditioned: Any, expression: str, reason: str) -> None:
        for _ in range(2):
            with pytest.raises(ClientError, match=reason):
                self.holds(conditioned, expression)

    def test_stock_moto_parses_for_each_call(self) -> None:
        assert "self._lex_condition_expression()" in stock_source(dynamodb_conditions.parse)
        assert "AttributePath([child.value" in stock_source(dynamodb_conditions.make_operand)


class TestValues:
    def test_an_old_image_outlives_a_change_in_place(self, cloud: Cloud) -> None:
        """An update changes maps, lists and sets in place."""
        client = table(cloud, "imaged", ranged=False, view="NEW_AND_OLD_IMAGES")
        client.put_item(TableName="imaged", Item={**key("a"), **ITEM})
        for expression in ("SET m.y = :text, l[0] = :text", "ADD s :set", "DELETE s :gone"):
            update(client, "imaged", expression)
        images = [
            (record["dynamodb"]["OldImage"], record["dynamodb"]["NewImage"]) for record in records(cloud, "imaged")[1:]
        ]
        assert images[0][0] == {**key("a"), **ITEM}
        assert images[0][1]["m"] == {"M": {"y": {"S": "t"}}}
        assert images[0][1]["l"]["L"][0] == {"S": "t"}
        assert [(set(old["s"]["SS"]), set(new["s"]["SS"])) for old, new in images] == [
            ({"p", "q"}, {"p", "q"}),
            ({"p", "q"}, {"p", "q", "t"}),
            ({"p", "q", "t"}, {"p", "t"}),
        ]

    def test_stock_moto_copies_all_values(self) -> None:
        assert "copy.deepcopy(value, memo)" in stock_source(dynamodb_values.copy_item)
        assert "memo[id(self)]" in stock_source(dynamodb_values.copy_value)
        assert "copy.deepcopy(self.value)" in stock_source(dynamodb_values.regular)
        assert "AttributeValue" not in stock_source(dynamodb_values.serialize)


class TestTransactions:
    @pytest.mark.parametrize("ranged", [True, False])
    def test_a_cancelled_transaction_changes_nothing(self, cloud: Cloud, ranged: bool) -> None:
        """Put, overwritten, updated and deleted items are as before. The stream has no record of it."""
        name, sk = f"tx-{ranged}", "s" if ranged else None
        client = table(cloud, name, ranged=ranged)
        for pk in ("overwritten", "updated", "deleted", "taken"):
            client.put_item(TableName=name, Item={**key(pk, sk), "n": {"N": "15"}})
        before = client.scan(TableName=name)["Items"]
        update = {"UpdateExpression": "SET n = n + :k", "ExpressionAttributeValues": {":k": {"N": "1000"}}}
        with pytest.raises(ClientError, match="TransactionCanceled"):
            client.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": name, "Item": key("new", sk)}},
                    {"Put": {"TableName": name, "Item": key("overwritten", sk, by="x")}},
                    {"Update": {"TableName": name, "Key": key("updated", sk), **update}},
                    {"Delete": {"TableName": name, "Key": key("deleted", sk)}},
                    {
                        "Put": {
                            "TableName": name,
                            "Item": key("taken", sk),
                            "ConditionExpression": "attribute_not_exists(pk)",
                        }
                    },
                ]
            )
        assert client.scan(TableName=name)["Items"] == before
        assert len(records(cloud, name)) == 4

    def test_an_iterator_outlives_a_cancelled_transaction(self, cloud: Cloud) -> None:
        """An iterator from before the transaction reads what is written after it."""
        client = table(cloud, "iterated")
        client.put_item(TableName="iterated", Item=key("taken", "s"))
        iterator = shard_iterator(cloud, "iterated")
        taken = {"TableName": "iterated", "Item": key("taken", "s"), "ConditionExpression": "attribute_not_exists(pk)"}
        with pytest.raises(ClientError, match="TransactionCanceled"):
            client.transact_write_items(TransactItems=[{"Put": taken}])
        client.put_item(TableName="iterated", Item=key("after", "s"))
        read = cloud.client("dynamodbstreams").get_records(ShardIterator=iterator)["Records"]
        assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in read] == ["taken", "after"]

    def test_a_transaction_that_is_invalid_changes_nothing(self, cloud: Cloud) -> None:
        """Two writes of one item are refused, and the first is undone."""
        client = table(cloud, "twice")
        write = {"Put": {"TableName": "twice", "Item": key("a", "b")}}
        with pytest.raises(ClientError, match="multiple operations"):
            client.transact_write_items(TransactItems=[write, write])
        assert client.scan(TableName="twice")["Count"] == 0

    def test_stock_moto_copies_whole_tables(self) -> None:
        """If it no longer does, drop the fix."""
        assert "copy.deepcopy(\n                    self.tables[table_name]" in inspect.getsource(dynamodb._transact)

    def test_a_copy_of_a_table_is_a_copy_again(self) -> None:
        """Backups need a copy."""
        assert not hasattr(Table, "__deepcopy__")


def shard_iterator(cloud: Cloud, name: str) -> str:
    streams = cloud.client("dynamodbstreams")
    arn = cloud.client("dynamodb").describe_table(TableName=name)["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator: str = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]
    return iterator


def records(cloud: Cloud, name: str) -> list[Any]:
    return list(cloud.client("dynamodbstreams").get_records(ShardIterator=shard_iterator(cloud, name))["Records"])


class TestQueries:
    @pytest.mark.parametrize(
        "query",
        [
            {"KeyConditionExpression": "pk = :v"},
            {"KeyConditionExpression": "pk = :v", "ScanIndexForward": False},
            {"KeyConditionExpression": "pk = :v", "Limit": 2},
            {"KeyConditionExpression": "pk = :v AND sk > :w"},
            {"KeyConditionExpression": "pk = :none"},
            {"KeyConditionExpression": "pk = :v", "FilterExpression": "sk <> :w"},
            {"KeyConditionExpression": "#b = :i", "IndexName": "by-by"},
            {"KeyConditionExpression": "#b = :i", "IndexName": "by-by", "ScanIndexForward": False, "Limit": 4},
            {"KeyConditionExpression": "#b = :none", "IndexName": "by-by"},
        ],
    )
    def test_a_query_finds_what_stock_moto_finds(
        self, queried: Any, query: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It may be by table or by index, in order, in pages, with conditions on the range key and filters."""
        text = " ".join(str(value) for value in query.values())
        values = {":v": "b", ":w": "2", ":i": "i1", ":none": "none"}
        query["ExpressionAttributeValues"] = {name: {"S": value} for name, value in values.items() if name in text}
        if "#b" in text:
            query["ExpressionAttributeNames"] = {"#b": "by"}
        fixed = queried.query(TableName="queried", **query)
        monkeypatch.setattr(Table, "query", dynamodb._query)
        stock = queried.query(TableName="queried", **query)
        assert [fixed.get(part) for part in ("Items", "LastEvaluatedKey")] == [
            stock.get(part) for part in ("Items", "LastEvaluatedKey")
        ]
        assert bool(fixed["Items"]) == ("none" not in text)

    @pytest.fixture(scope="class")
    def queried(self, cloud: Cloud) -> Any:
        client = table(cloud, "queried")
        for pk in "abc":
            for sk in range(5):
                client.put_item(TableName="queried", Item=key(pk, str(sk), by=f"i{sk % 2}"))
        client.put_item(TableName="queried", Item=key("d", "in no index"))
        return client

    def test_a_scan_still_sees_everything(self, queried: Any) -> None:
        """The restricted view ends with the query."""
        assert queried.scan(TableName="queried")["Count"] == 16

    def test_stock_moto_sorts_the_whole_table(self) -> None:
        """If it no longer reads all items for a query, drop the fix."""
        assert inspect.getsource(dynamodb._query).count("self.all_items()") == 2


class TestQueues:
    def test_a_message_past_its_retention_is_not_received(self, cloud: Cloud) -> None:
        """The fix for speed preserves the rule."""
        queue = cloud.client("sqs").create_queue(QueueName="old", Attributes={"MessageRetentionPeriod": "60"})[
            "QueueUrl"
        ]
        cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="old")
        moto_fixes.install(lambda: time.time() + 61)
        assert "Messages" not in cloud.client("sqs").receive_message(QueueUrl=queue, VisibilityTimeout=0)

    def test_stock_moto_counts_the_queue_for_every_message(self) -> None:
        """If the retention check no longer reads the queue's attributes, drop the fix."""
        tree = ast.parse(inspect.getsource(sqs_models))
        (method,) = [
            node for node in ast.walk(tree) if getattr(node, "name", "") == "is_message_valid_based_on_retention_period"
        ]
        assert "get_queue_attributes" in ast.unparse(method)

    def test_a_message_received_again_has_another_handle(self, cloud: Cloud) -> None:
        queue = cloud.client("sqs").create_queue(QueueName="handles")["QueueUrl"]
        cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="m")
        received = [
            cloud.client("sqs").receive_message(QueueUrl=queue, VisibilityTimeout=0)["Messages"][0] for _ in range(2)
        ]
        handles = {message["ReceiptHandle"] for message in received}
        assert len(handles) == 2
        assert all(len(handle) == 185 and handle.isalpha() and handle.islower() for handle in handles)

    def test_stock_moto_spells_names_and_handles_letter_by_letter(self) -> None:
        """If moto caches the names, or draws a handle at once, drop the fix."""
        assert not hasattr(utils.camelcase_to_underscores, "cache_info")
        assert "for x in range(length)" in stock_source(sqs_utils.generate_receipt_handle)


class TestFunctions:
    def test_a_message_for_a_function_waits_in_its_queue(self, cloud: Cloud, stacks: Any) -> None:
        """Stock moto would run the function in Docker, and the message would be in flight without a receiver."""
        statement = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
        policy = {"PolicyName": "poll", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
        role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}, "Policies": [policy]}}
        settings_ = {
            "Handler": "m.h",
            "Runtime": "python3.13",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": "x"},
        }
        mapping = {"FunctionName": {"Ref": "Function"}, "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}}
        resources = {
            "Role": role,
            "Function": {"Type": "AWS::Lambda::Function", "Properties": settings_},
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping},
        }
        stacks.put("waits", resources)
        queue = stacks.id_of("waits", "Queue")
        cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="for the pump")
        assert cloud.client("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "for the pump"
        with pytest.raises(ClientError, match="stores functions and runs none"):
            cloud.client("lambda").invoke(FunctionName=stacks.id_of("waits", "Function"))

    def test_stock_moto_delivers_by_itself(self) -> None:
        """If it no longer has these methods, drop the fix."""
        tree = ast.parse(inspect.getsource(inspect.getmodule(LambdaBackend)))  # type: ignore[arg-type]  # it has a module
        names = {getattr(node, "name", "") for node in ast.walk(tree)}
        assert {"send_sqs_batch", "send_dynamodb_items", "send_sns_message"} <= names


class TestIam:
    def test_stock_moto_has_no_managed_policies(self) -> None:
        """If it loads them by default, drop the fix."""
        assert not moto_settings.load_iam_aws_managed_policies()

    def test_an_unknown_managed_policy_is_still_unknown(self, cloud: Cloud) -> None:
        """A misspelt name fails as in AWS."""
        cloud.client("iam").create_role(RoleName="spelling", AssumeRolePolicyDocument="{}")
        with pytest.raises(ClientError, match="NoSuchEntity"):
            cloud.client("iam").attach_role_policy(
                RoleName="spelling", PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy"
            )
        assert callable(iam._attach_role_policy)

    def test_stock_moto_drops_a_users_boundary(self) -> None:
        """If it stores the boundary, drop the fix."""
        assert "PermissionsBoundary" not in inspect.getsource(iam._create_user)

    def test_a_role_can_be_held_to_users_within_a_boundary(self, cloud: Cloud) -> None:
        """This covers CreateUser and every later policy of the user."""
        users = cloud.client("iam")
        users.create_role(RoleName="maker", AssumeRolePolicyDocument="{}")
        bounded = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/b"}}
        right = {"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": bounded}
        document = json.dumps({"Version": "2012-10-17", "Statement": [right]})
        users.put_role_policy(RoleName="maker", PolicyName="p", PolicyDocument=document)
        authority = AccessEvaluator("123456789012", "us-east-1", None)
        put = ApiCall("iam", "PutUserPolicy", None, {"UserName": "within"})
        role = "arn:aws:iam::123456789012:role/maker"
        assert authority.evaluate(role, put).refusal
        users.create_user(UserName="within", PermissionsBoundary="arn:aws:iam::123456789012:policy/b")
        assert authority.evaluate(role, put).refusal is None
        users.create_user(UserName="beyond", PermissionsBoundary="arn:aws:iam::123456789012:policy/c")
        assert authority.evaluate(role, ApiCall("iam", "PutUserPolicy", None, {"UserName": "beyond"})).refusal


class TestCloudFormation:
    def test_stock_moto_trips_over_previous_values(self) -> None:
        """It looks a previous value up among the set parameters. If it no longer does, drop the fix."""
        instance = type("Stack", (), {"parameters": {}})()
        with pytest.raises(KeyError):
            cloudformation._resolve_update_parameters(None, instance, [{"ParameterKey": "P", "UsePreviousValue": True}])

    def test_templates_may_be_yaml_too(self, cloud: Cloud) -> None:
        """Hand-written templates are YAML."""
        body = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub from-${AWS::StackName}\n"
        cloud.client("cloudformation").create_stack(StackName="yaml", TemplateBody=body)
        assert cloud.client("sqs").get_queue_url(QueueName="from-yaml")["QueueUrl"]

    def test_a_bucket_without_a_name_is_updated_with_its_tags(self, cloud: Cloud) -> None:
        """Stock moto reads the name of a bucket with tags from the template."""
        for days in (1, 2):
            rule = {"Status": "Enabled", "ExpirationInDays": days}
            properties = {"Tags": [{"Key": "a", "Value": "b"}], "LifecycleConfiguration": {"Rules": [rule]}}
            template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}}}
            call = (
                cloud.client("cloudformation").create_stack
                if days == 1
                else cloud.client("cloudformation").update_stack
            )
            call(StackName="tagged", TemplateBody=json.dumps(template))
        (stack,) = cloud.client("cloudformation").describe_stacks(StackName="tagged")["Stacks"]
        assert stack["StackStatus"] == "UPDATE_COMPLETE"
