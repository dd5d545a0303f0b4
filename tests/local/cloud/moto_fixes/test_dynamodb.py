"""Transactions and queries that read no whole table."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.models.table import Table

from infra.local.cloud import Cloud
from infra.local.cloud.moto_fixes import (
    dynamodb,
)
from tests.support.aws.moto_tables import key, records, shard_iterator, table


@pytest.mark.parametrize("ranged", [True, False])
def test_a_cancelled_transaction_changes_nothing(cloud: Cloud, ranged: bool) -> None:
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


def test_an_iterator_outlives_a_cancelled_transaction(cloud: Cloud) -> None:
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


def test_a_transaction_that_is_invalid_changes_nothing(cloud: Cloud) -> None:
    """Two writes of one item are refused, and the first is undone."""
    client = table(cloud, "twice")
    write = {"Put": {"TableName": "twice", "Item": key("a", "b")}}
    with pytest.raises(ClientError, match="multiple operations"):
        client.transact_write_items(TransactItems=[write, write])
    assert client.scan(TableName="twice")["Count"] == 0


def test_stock_moto_copies_whole_tables() -> None:
    """If it no longer does, drop the fix."""
    assert "copy.deepcopy(\n                    self.tables[table_name]" in inspect.getsource(dynamodb._transact)


def test_a_copy_of_a_table_is_a_copy_again() -> None:
    """Backups need a copy."""
    assert not hasattr(Table, "__deepcopy__")


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
    queried: Any, query: dict[str, Any], monkeypatch: pytest.MonkeyPatch
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


@pytest.fixture(scope="module")
def queried(cloud: Cloud) -> Any:
    client = table(cloud, "queried")
    for pk in "abc":
        for sk in range(5):
            client.put_item(TableName="queried", Item=key(pk, str(sk), by=f"i{sk % 2}"))
    client.put_item(TableName="queried", Item=key("d", "in no index"))
    return client


def test_a_scan_still_sees_everything(queried: Any) -> None:
    """The restricted view ends with the query."""
    assert queried.scan(TableName="queried")["Count"] == 16


def test_stock_moto_sorts_the_whole_table() -> None:
    """If it no longer reads all items for a query, drop the fix."""
    assert inspect.getsource(dynamodb._query).count("self.all_items()") == 2
