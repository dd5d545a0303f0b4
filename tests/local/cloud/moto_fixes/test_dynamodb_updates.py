"""Updates of items, parsed once."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.dynamodb import models
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser
from moto.dynamodb.parsing.validators import UpdateExpressionValidator, Validator
from moto.dynamodb.responses import DynamoHandler

from infra.local.cloud import Cloud
from infra.local.cloud.moto_fixes import (
    dynamodb_item_size,
    dynamodb_updates,
)
from tests.support.aws.moto_tables import ITEM, key, table, update
from tests.support.aws.stock_moto import stock_source

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

PATHS = st.sampled_from(["n", "m", "m.y", "m.#x", "#x", "#x.y", "l", "l[0]", "s", "pk", "zero", "status", "m.y.z"])

OPERANDS = st.sampled_from([":one", ":text", ":list", ":set", "n", "m.y", "zero", "l[1]", "if_not_exists(zero, :one)"])

ACTIONS = st.one_of(
    st.builds(lambda path, value: ("SET", f"{path} = {value}"), PATHS, OPERANDS),
    st.builds(lambda path, left, right: ("SET", f"{path} = {left} + {right}"), PATHS, OPERANDS, OPERANDS),
    st.builds(lambda path, value: ("ADD", f"{path} {value}"), PATHS, st.sampled_from([":one", ":set", ":text"])),
    st.builds(lambda path: ("REMOVE", path), PATHS),
    st.builds(lambda path: ("DELETE", f"{path} :gone"), PATHS),
)


@pytest.fixture(scope="module")
def updated(cloud: Cloud) -> Any:
    return table(cloud, "updated", ranged=False)


@pytest.mark.parametrize(("expression", "changes"), UPDATES)
def test_an_update_changes_what_it_names(updated: Any, expression: str, changes: dict[str, Any]) -> None:
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
def test_an_invalid_update_is_refused_each_time(updated: Any, expression: str, reason: str) -> None:
    for _ in range(2):
        updated.put_item(TableName="updated", Item={**key("a"), **ITEM})
        with pytest.raises(ClientError, match=reason):
            update(updated, "updated", expression)


@given(actions=st.lists(ACTIONS, min_size=1, max_size=4))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_update_has_the_result_of_stock_moto(
    updated: Any, actions: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    clauses = [
        f"{clause} {', '.join(text for kind, text in actions if kind == clause)}"
        for clause in dict.fromkeys(kind for kind, _ in actions)
    ]
    ours = result(updated, " ".join(clauses))
    with monkeypatch.context() as patch:
        patch.setattr(models, "UpdateExpressionValidator", UpdateExpressionValidator)
        assert ours == result(updated, " ".join(clauses))


def test_a_common_update_needs_no_walk(updated: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(dynamodb_updates, "UpdateExpressionValidator")
    updated.put_item(TableName="updated", Item={**key("a"), **ITEM})
    update(updated, "updated", "ADD n :one, s :set, m.y :one, zero :one")
    update(updated, "updated", "SET fresh = if_not_exists(n, :one), m.#x = :text, n = n + :one REMOVE l")


def test_a_new_value_is_no_part_of_another(updated: Any) -> None:
    updated.put_item(TableName="updated", Item={**key("a"), **ITEM})
    update(updated, "updated", "SET also = m, #x = :text")
    attributes = update(updated, "updated", "SET m.y = :text")
    assert attributes["also"] == ITEM["m"]


def test_stock_moto_needs_it() -> None:
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
