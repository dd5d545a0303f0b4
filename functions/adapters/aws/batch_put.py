"""BatchWriteItem: puts any number of items, 25 at a time, until DynamoDB has taken all of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from functions.adapters.aws import waiting
from functions.adapters.aws.marshalling import Item
from functions.core.errors import Retry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH = 25  # items: DynamoDB's limit
ATTEMPTS = 6
BACKOFF_SECONDS = 0.05  # before the second attempt, and twice as much before each further one


def batch_put(client: DynamoDBClient, table: str, items: Sequence[Item]) -> None:
    """Puts the items, whose keys differ. Raises Retry if DynamoDB takes some of them at no attempt: others are then stored."""
    for start in range(0, len(items), BATCH):
        left: list[Any] = [{"PutRequest": {"Item": item}} for item in items[start : start + BATCH]]
        for attempt in range(ATTEMPTS):
            answer = client.batch_write_item(RequestItems={table: left})
            left = (answer.get("UnprocessedItems") or {}).get(table, [])
            if not left:
                break
            waiting.sleep(BACKOFF_SECONDS * 2**attempt * random.uniform(0.5, 1))  # noqa: S311 - spreads load, hides nothing
        else:
            raise Retry(f"{len(left)} items of {table} are throttled")
