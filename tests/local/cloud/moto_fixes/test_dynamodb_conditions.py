"""Conditions of items, parsed once."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.cloud import Cloud
from infra.local.cloud.moto_fixes import (
    dynamodb_conditions,
)
from tests.support.aws.moto_tables import ITEM, VALUES, key, table
from tests.support.aws.stock_moto import stock_source

CONDITIONS = [
    ("n = :one AND m.#x <> :text", True),
    ("NOT (n = :one) OR attribute_not_exists(m.#x)", False),
    ("n IN (:text, :one) AND size(l) > :one", True),
    ("n BETWEEN :one AND :one AND begins_with(pk, :text)", False),
    ("l[0] = :text OR contains(s, :text)", False),
]


@pytest.fixture(scope="module")
def conditioned(cloud: Cloud) -> Any:
    return table(cloud, "conditioned", ranged=False)


def matches(client: Any, expression: str, **values: Any) -> bool:
    client.put_item(TableName="conditioned", Item={**key("a"), **ITEM})
    scanned = client.scan(
        TableName="conditioned",
        FilterExpression=expression,
        **({"ExpressionAttributeNames": {"#x": "y"}} if "#x" in expression else {}),
        ExpressionAttributeValues={name: value for name, value in {**VALUES, **values}.items() if name in expression},
    )
    return bool(scanned["Items"])


@pytest.mark.parametrize(("expression", "holds"), CONDITIONS)
def test_a_condition_holds_the_second_time_too(conditioned: Any, expression: str, holds: bool) -> None:
    assert [matches(conditioned, expression) for _ in range(2)] == [holds, holds]


def test_each_call_has_its_own_names_and_values(conditioned: Any) -> None:
    """The tree of the first one comes from the cache."""
    assert matches(conditioned, "n = :one")
    assert not matches(conditioned, "n = :one", **{":one": {"N": "2"}})
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
def test_an_invalid_condition_is_refused_each_time(conditioned: Any, expression: str, reason: str) -> None:
    for _ in range(2):
        with pytest.raises(ClientError, match=reason):
            matches(conditioned, expression)


def test_stock_moto_parses_for_each_call() -> None:
    assert "self._lex_condition_expression()" in stock_source(dynamodb_conditions.parse)
    assert "AttributePath([child.value" in stock_source(dynamodb_conditions.make_operand)
