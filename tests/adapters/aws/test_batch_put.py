from __future__ import annotations

from typing import Any, cast

import pytest

from functions.adapters.aws import batch_put as module
from functions.adapters.aws.batch_put import ATTEMPTS, batch_put
from functions.adapters.aws.marshalling import Item, to_item
from functions.core.errors import Retry

ITEMS: list[Item] = [to_item({"key": str(number)}) for number in range(3)]


class Throttled:
    """Takes one item of each request, or none."""

    def __init__(self, taken: int) -> None:
        self._taken = taken
        self.stored: list[Item] = []

    def batch_write_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        ((table, writes),) = RequestItems.items()
        self.stored += [write["PutRequest"]["Item"] for write in writes[: self._taken]]
        left = writes[self._taken :]
        return {"UnprocessedItems": {table: left} if left else {}}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACKOFF_SECONDS", 0)


def test_items_that_dynamodb_did_not_take_are_put_again() -> None:
    client = Throttled(1)
    batch_put(cast("Any", client), "table", ITEMS)
    assert client.stored == ITEMS


def test_a_lasting_throttle_ends_with_a_retry() -> None:
    with pytest.raises(Retry, match="3 items of table"):
        batch_put(cast("Any", Throttled(0)), "table", ITEMS)
    assert ATTEMPTS > 1
