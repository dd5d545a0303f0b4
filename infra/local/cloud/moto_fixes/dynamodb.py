"""DynamoDB: transactions and queries whose cost does not grow with the table.

- A transaction deep-copies every table it touches, to restore the copy if it is cancelled (48 ms at 2,000 items, 1.5 ms now). We
  restore the touched items instead, so the stream's shard stays the object that iterators refer to.
- A query sorts the whole table first (30 ms at 2,000 items, 6 to 10 ms now). Ours sorts the items under its hash key only.
"""

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.dynamodb.exceptions import (
    MockValidationException,
    MultipleTransactionsException,
    TransactionCanceledException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

_transact = DynamoDBBackend.transact_write_items
_query = Table.query


def install() -> None:
    DynamoDBBackend.transact_write_items = transact_write_items
    Table.query = query


def transact_write_items(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    """Runs moto's transaction without its copies of whole tables, and restores the touched items if it fails."""
    undo = _undo(self, transact_items)
    try:
        with _uncopied_tables():
            _transact(self, transact_items)
    except (TransactionCanceledException, MultipleTransactionsException, MockValidationException):
        undo()
        raise


@contextmanager
def _uncopied_tables() -> Iterator[None]:
    """Inside, a deep copy of a table is the table itself. The account's lock excludes other calls."""
    Table.__deepcopy__ = lambda self, _memo: self
    try:
        yield
    finally:
        del Table.__deepcopy__


def _undo(backend: DynamoDBBackend, transact_items: Iterable[dict[str, Any]]) -> Callable[[], None]:
    """Returns a function that restores the items that a transaction names, and removes the stream records that it added."""
    keys = [key for entry in transact_items for key in _keys(backend, entry)]
    before = [(table, hash_, range_, copy.deepcopy(_item(table, hash_, range_))) for table, hash_, range_ in keys]
    streams = [(table.stream_shard, len(table.stream_shard.items)) for table, _, _ in keys if table.stream_shard]

    def undo() -> None:
        for table, hash_, range_, item in before:
            _restore(table, hash_, range_, item)
        for shard, length in streams:
            del shard.items[length:]

    return undo


def _keys(backend: DynamoDBBackend, entry: dict[str, Any]) -> Iterator[tuple[Table, DynamoType, DynamoType | None]]:
    """Yields the table and key of a transaction's entry, or nothing if it names none. moto refuses that entry."""
    operation = next(iter(entry.values()))
    table = backend.tables.get(operation.get("TableName", "").rpartition("/")[2])
    attributes = operation.get("Key") or operation.get("Item") or {}
    if table and all(name in attributes for name in (table.hash_key_attr, table.range_key_attr) if name):
        range_ = DynamoType(attributes[table.range_key_attr]) if table.range_key_attr else None
        yield table, DynamoType(attributes[table.hash_key_attr]), range_


def _item(table: Table, hash_: DynamoType, range_: DynamoType | None) -> Item | None:
    under_hash = table.items.get(hash_)
    return under_hash.get(range_) if under_hash is not None and range_ is not None else under_hash


def _restore(table: Table, hash_: DynamoType, range_: DynamoType | None, item: Item | None) -> None:
    if range_ is None and item is None:
        table.items.pop(hash_, None)
    elif range_ is None:
        table.items[hash_] = item
    elif item is None:
        table.items.get(hash_, {}).pop(range_, None)
    else:
        table.items[hash_][range_] = item


def query(self: Table, hash_key: DynamoType | None, *args: Any, **kwargs: Any) -> Any:
    """Runs moto's query over the items under the hash key: a lookup in a table, a filter in an index."""
    index_name = args[6] if len(args) > 6 else kwargs.get("index_name")  # noqa: PLR2004  (its place in moto's signature)
    if index_name:
        items = _matching(self, dict(kwargs.get("hash_key_conditions") or []))
    elif hash_key is None:
        return _query(self, hash_key, *args, **kwargs)
    else:
        items = _under(self, hash_key)
    self.all_items = lambda: items
    try:
        return _query(self, hash_key, *args, **kwargs)
    finally:
        del self.all_items


def _under(table: Table, hash_key: DynamoType) -> list[Item]:
    items = table.items.get(hash_key)
    if items is None:
        return []
    return list(items.values()) if table.range_key_attr else [items]


def _matching(table: Table, conditions: dict[str, DynamoType]) -> list[Item]:
    under_hashes = table.items.values()
    items = (item for under in under_hashes for item in (under.values() if table.range_key_attr else [under]))
    return [item for item in items if all(_same(item.attrs.get(name), value) for name, value in conditions.items())]


def _same(items: DynamoType | None, conditions: DynamoType) -> bool:
    """Compares keys without moto's casts, which only numbers need: 1 is 1.0."""
    if items is None or items.type != conditions.type:
        return False
    return bool(items == conditions if conditions.type == "N" else items.value == conditions.value)
