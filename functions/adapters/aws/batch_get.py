"""BatchGetItem: any number of keys, a hundred at a time, until DynamoDB has answered all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from functions.adapters.aws.marshalling import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH = 100  # keys: DynamoDB's limit


def batch_get(client: DynamoDBClient, table: str, keys: Sequence[Item], *, names: Sequence[str] = ()) -> Iterator[Item]:
    """Yields the existing items in no order, a moment out of date at most. `names`: only these attributes."""
    projection: dict[str, Any] = {}
    if names:
        aliases = {f"#a{number}": name for number, name in enumerate(names)}
        projection = {"ProjectionExpression": ", ".join(aliases), "ExpressionAttributeNames": aliases}
    for start in range(0, len(keys), BATCH):
        left: list[Any] = list(keys[start : start + BATCH])
        while left:
            request: Any = {table: {"Keys": left, **projection}}
            answer = client.batch_get_item(RequestItems=request)
            yield from answer["Responses"].get(table, [])
            unprocessed: dict[str, Any] = dict(answer.get("UnprocessedKeys") or {})
            left = unprocessed[table]["Keys"] if unprocessed else []
