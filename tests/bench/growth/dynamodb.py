"""DynamoDB in memory, with pages, indexes, conditions and units. A table may also have items that are made when they are read, by their
number: a million of them take no memory.
"""

from __future__ import annotations

import heapq
import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.dynamo_type import Item as MotoItem
from moto.dynamodb.parsing.ast_nodes import UpdateExpression
from moto.dynamodb.parsing.executors import UpdateExpressionExecutor
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.parsing.validators import UpdateExpressionValidator
from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.client import Pages
from functions.adapters.aws.errors import Exceptions, error_class
from functions.adapters.schema import Index
from tests.bench.growth.meter import Meter, operation

Item = dict[str, Any]
Key = tuple[Any, ...]
Position = tuple[Any, Key]  # the sort key's value, and the table's key

_SCHEMAS = {table.name: table for table in schema.TABLES}
_COMPARED = re.compile(r"(?P<name>[#\w]+)\s*(?P<operator>=|<=|<|BETWEEN)\s*(?P<low>:\w+)(?:\s+AND\s+(?P<high>:\w+))?")
_BEGINS = re.compile(r"begins_with\(\s*(?P<name>[#\w]+)\s*,\s*(?P<prefix>:\w+)\s*\)")
_LAST = "\U0010ffff"


class Generated(Struct, frozen=True):
    """Items by their number. `numbers` has an index's partitions: the numbers of a partition's items, in the order of its sort key."""

    count: int
    make: Callable[[int], Item]
    number: Callable[[Key], int | None]  # of a table's key
    numbers: Mapping[str, Callable[[Any], Sequence[int]]] = {}


class Tables:
    """The methods of a client of DynamoDB."""

    def __init__(self, meter: Meter, page_octets: int = 1_000_000) -> None:
        self.meter = meter
        self.exceptions = Exceptions()
        self._page_octets = page_octets
        self._items: dict[str, dict[Key, Item]] = {name: {} for name in _SCHEMAS}
        self._deleted: dict[str, set[Key]] = {name: set() for name in _SCHEMAS}
        self._order: dict[tuple[str, str], dict[Any, list[Position]]] = {}
        self._generated: dict[str, Generated] = {}

    # For the bench itself, and not counted

    def generate(self, table: str, generated: Generated) -> None:
        self._generated[table] = generated

    def put_all(self, table: str, items: Iterator[Item]) -> None:
        for item in items:
            self._store(table, item)

    def count(self, table: str) -> int:
        return len(self._items[table])

    def only_item(self, table: str) -> Item:
        """Takes away the only item: an adapter wrote it, as a pattern of others."""
        ((key, item),) = self._items[table].items()
        self._drop(table, key)
        return item

    # The client

    def get_paginator(self, name: str) -> Pages:
        return Pages(getattr(self, name))

    @operation
    def get_item(self, *, TableName: str, Key: Item, ConsistentRead: bool = False, **_: Any) -> Any:
        item = self._item(TableName, _key(TableName, Key))
        self.meter.reads(size(item or {}), consistent=ConsistentRead)
        return {"Item": item} if item else {}

    @operation
    def batch_get_item(self, *, RequestItems: Any) -> Any:
        ((table, request),) = RequestItems.items()
        items = [self._item(table, _key(table, key)) for key in request["Keys"]]
        for item in items:
            self.meter.reads(size(item or {}), consistent=request.get("ConsistentRead", False))
        return {"Responses": {table: [item for item in items if item]}}

    @operation
    def batch_write_item(self, *, RequestItems: Any) -> Any:
        ((table, writes),) = RequestItems.items()
        for write in writes:
            if "PutRequest" in write:
                self._write(table, write["PutRequest"]["Item"])
            else:
                self._delete(table, _key(table, write["DeleteRequest"]["Key"]))
        return {"UnprocessedItems": {}}

    @operation
    def put_item(self, *, TableName: str, Item: Item, **request: Any) -> Any:
        self._check(TableName, _key(TableName, Item), request, "PutItem")
        self._write(TableName, Item)
        return {}

    @operation
    def update_item(self, *, TableName: str, Key: Item, **request: Any) -> Any:
        self._check(TableName, _key(TableName, Key), request, "UpdateItem")
        after = self._updated(TableName, Key, request)
        self._write(TableName, after)
        returned = request.get("ReturnValues", "NONE")
        return {} if returned == "NONE" else {"Attributes": after}

    @operation
    def delete_item(self, *, TableName: str, Key: Item, **request: Any) -> Any:
        key = _key(TableName, Key)
        self._check(TableName, key, request, "DeleteItem")
        before = self._item(TableName, key)
        self._delete(TableName, key)
        return {"Attributes": before} if before and request.get("ReturnValues") == "ALL_OLD" else {}

    @operation
    def transact_write_items(self, *, TransactItems: Any) -> Any:
        writes = [next(iter(one.items())) for one in TransactItems]
        refused = []
        for _, write in writes:
            table = write["TableName"]
            refused.append(not self._holds(table, _key(table, write.get("Key") or write["Item"]), write))
        if any(refused):
            reasons = [{"Code": "ConditionalCheckFailed" if one else "None"} for one in refused]
            raise _error("TransactionCanceledException", "TransactWriteItems", CancellationReasons=reasons)
        for kind, write in writes:
            table = write["TableName"]
            if kind == "Delete":
                self._delete(table, _key(table, write["Key"]), transaction=True)
            else:
                after = write["Item"] if kind == "Put" else self._updated(table, write["Key"], write)
                self._write(table, after, transaction=True)
        return {}

    @operation
    def query(self, *, TableName: str, KeyConditionExpression: str, IndexName: str = "", **request: Any) -> Any:
        keyed = _keys(TableName, IndexName)
        bounds = _bounds(KeyConditionExpression, request)
        partition, _ = bounds.pop(keyed.partition.name)
        low, high = next(iter(bounds.values()), (None, None))
        backwards = not request.get("ScanIndexForward", True)
        start = request.get("ExclusiveStartKey")
        after = (_plain(start.get(keyed.sort.name)), _key(TableName, start)) if start and keyed.sort else None
        positions = self._positions(TableName, IndexName, partition, low, high, after, backwards=backwards)
        return self._page(TableName, IndexName, (key for _, key in positions), request)

    @operation
    def scan(self, *, TableName: str, IndexName: str = "", **request: Any) -> Any:
        start = request.get("ExclusiveStartKey")
        keys = self._scanned(TableName, IndexName, _key(TableName, start) if start else None)
        if "TotalSegments" in request:
            number, total = request["Segment"], request["TotalSegments"]
            keys = (key for key in keys if sum(map(ord, str(key[0]))) % total == number)
        return self._page(TableName, IndexName, keys, request)

    # Inside

    def _page(self, table: str, index: str, keys: Iterator[Key], request: Mapping[str, Any]) -> Any:
        """A page ends at its limit, or after so many octets. Filters leave out what was read, and paid for."""
        limit, octets = request.get("Limit"), 0
        items: list[Item] = []
        last = None
        answer: dict[str, Any] = {}
        for number, key in enumerate(keys):
            item = self._entry(table, index, key)
            if (limit is not None and number == limit) or (number and octets + size(item) > self._page_octets):
                answer["LastEvaluatedKey"] = last
                break
            octets += size(item)
            last = self._start_key(table, index, key)
            items.append(item)
        self.meter.reads(octets, consistent=request.get("ConsistentRead", False))
        if expression := request.get("FilterExpression"):
            items = [item for item in items if _passes(item, _bounds(expression, request))]
        counted = {"ConsumedCapacity": {"CapacityUnits": octets / 8192}} if "ReturnConsumedCapacity" in request else {}
        return {"Items": items, "Count": len(items), **answer, **counted}

    def _positions(
        self, table: str, index: str, partition: Any, low: Any, high: Any, after: Position | None, *, backwards: bool
    ) -> Iterator[Position]:
        stored = self._order.get((table, index), {}).get(partition, [])
        lists: list[tuple[int, Callable[[int], Position]]] = [(len(stored), stored.__getitem__)]
        generated = self._generated.get(table)
        numbers = generated.numbers.get(index, lambda _: ())(partition) if generated else ()
        if generated and numbers:
            sort = _keys(table, index).sort

            def at(place: int) -> Position:
                item = generated.make(numbers[place])
                return (_plain(item[sort.name]) if sort else ""), _key(table, item)

            lists.append((len(numbers), at))
        merged = heapq.merge(
            *(_within(count, at, low, high, after, backwards=backwards) for count, at in lists), reverse=backwards
        )
        if not (generated and numbers):
            return merged
        replaced = self._items[table].keys() | self._deleted[table]
        own = {key for _, key in stored}
        return (one for one in merged if one[1] not in replaced or one[1] in own)

    def _scanned(self, table: str, index: str, after: Key | None) -> Iterator[Key]:
        """Generated items come first, in the order of their numbers."""
        generated = self._generated.get(table)
        number = generated.number(after) if generated and after else None
        if generated and (after is None or number is not None):
            for one in range(0 if number is None else number + 1, generated.count):
                item = generated.make(one)
                key = _key(table, item)
                listed = not index or _indexed(_keys(table, index), item)
                if listed and key not in self._deleted[table] and key not in self._items[table]:
                    yield key
            after = None
        keys = sorted(
            key for key in self._items[table] if not index or _indexed(_keys(table, index), self._items[table][key])
        )
        yield from keys[bisect_right(keys, after) :] if after else keys

    def _entry(self, table: str, index: str, key: Key) -> Item:
        item = self._item(table, key) or {}
        keyed = _keys(table, index)
        if not index or keyed.whole:
            return item
        return {name: item[name] for name in (*_names(table), keyed.partition.name, keyed.sort.name)}

    def _start_key(self, table: str, index: str, key: Key) -> Item:
        item = self._item(table, key) or {}
        keyed = _keys(table, index)
        names = {*_names(table), *((keyed.partition.name, keyed.sort.name) if index else ())}
        return {name: item[name] for name in names}

    def _item(self, table: str, key: Key) -> Item | None:
        if key in self._items[table]:
            return self._items[table][key]
        generated = self._generated.get(table)
        number = generated.number(key) if generated and key not in self._deleted[table] else None
        return generated.make(number) if generated and number is not None else None

    def _write(self, table: str, item: Item, *, transaction: bool = False) -> None:
        before = self._item(table, _key(table, item))
        changed = [
            _entry_of(index, item) != _entry_of(index, before or {}) or index.whole
            for index in _SCHEMAS[table].indexes
            if _indexed(index, item) or _indexed(index, before or {})
        ]
        self.meter.writes(max(size(item), size(before or {})), sum(changed), transaction=transaction)
        self._store(table, item)

    def _store(self, table: str, item: Item) -> None:
        key = _key(table, item)
        self._drop(table, key)
        self._items[table][key] = item
        for name, keyed in _orders(table):
            if _indexed(keyed, item):
                order = self._order.setdefault((table, name), {}).setdefault(_plain(item[keyed.partition.name]), [])
                insort(order, (_plain(item[keyed.sort.name]), key))

    def _drop(self, table: str, key: Key) -> None:
        before = self._items[table].pop(key, None)
        for name, keyed in _orders(table):
            if before and _indexed(keyed, before):
                order = self._order[table, name][_plain(before[keyed.partition.name])]
                order.pop(bisect_left(order, (_plain(before[keyed.sort.name]), key)))

    def _delete(self, table: str, key: Key, *, transaction: bool = False) -> None:
        before = self._item(table, key)
        entries = sum(_indexed(index, before or {}) for index in _SCHEMAS[table].indexes)
        self.meter.writes(size(before or {}), entries, transaction=transaction)
        self._drop(table, key)
        self._deleted[table].add(key)

    def _check(self, table: str, key: Key, request: Mapping[str, Any], operation_name: str) -> None:
        if not self._holds(table, key, request):
            self.meter.writes(size(self._item(table, key) or {}))
            raise _error("ConditionalCheckFailedException", operation_name)

    def _holds(self, table: str, key: Key, request: Mapping[str, Any]) -> bool:
        expression = request.get("ConditionExpression")
        if not expression:
            return True
        names, values = request.get("ExpressionAttributeNames"), request.get("ExpressionAttributeValues")
        condition = get_filter_expression(expression, names, dict(values or {}))
        return bool(condition.expr(_moto_item(table, self._item(table, key) or {})))

    def _updated(self, table: str, key: Item, request: Mapping[str, Any]) -> Item:
        item = _moto_item(table, {**(self._item(table, _key(table, key)) or {}), **key})
        tree: Any = UpdateExpressionParser.make(request["UpdateExpression"])
        names = request.get("ExpressionAttributeNames") or {}
        keyed = _MotoSchema(_names(table))
        valid: UpdateExpression = UpdateExpressionValidator(
            tree, names, dict(request.get("ExpressionAttributeValues") or {}), item, keyed
        ).validate()
        UpdateExpressionExecutor(valid, item, names).execute()
        return {name: value.to_json() for name, value in item.attrs.items()}


class _MotoSchema:
    def __init__(self, names: Sequence[str]) -> None:
        self.table_key_attrs = self.attribute_keys = list(names)
        self.attr: list[Any] = []  # the types of the keys: our adapters write no others


def _moto_item(table: str, item: Item) -> MotoItem:
    names = _names(table)
    keys = [DynamoType(item[name]) if name in item else None for name in names]
    return MotoItem(keys[0], keys[1] if len(keys) > 1 else None, item)


def _error(code: str, name: str, **more: Any) -> Exception:
    return error_class(code)({"Error": {"Code": code, "Message": ""}, **more}, name)


def _names(table: str) -> list[str]:
    keyed = _SCHEMAS[table]
    return [keyed.partition.name, *([keyed.sort.name] if keyed.sort else [])]


def _key(table: str, item: Mapping[str, Any]) -> Key:
    return tuple(_plain(item[name]) for name in _names(table))


def _keys(table: str, index: str) -> Any:
    if not index:
        return _SCHEMAS[table]
    return next(one for one in _SCHEMAS[table].indexes if one.name == index)


def _orders(table: str) -> Iterator[tuple[str, Any]]:
    if _SCHEMAS[table].sort:
        yield "", _SCHEMAS[table]
    for index in _SCHEMAS[table].indexes:
        yield index.name, index


def _indexed(keyed: Any, item: Item) -> bool:
    return keyed.partition.name in item and keyed.sort.name in item


def _entry_of(index: Index, item: Item) -> tuple[Any, Any]:
    return item.get(index.partition.name), item.get(index.sort.name)


def _plain(typed: Any) -> Any:
    ((kind, value),) = typed.items()
    return int(value) if kind == "N" else value


def _bounds(expression: str, request: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Reads the conditions that adapters use → the lowest and the highest value by attribute."""
    names = request.get("ExpressionAttributeNames", {})
    values = {
        name: _plain(typed) for name, typed in request["ExpressionAttributeValues"].items() if next(iter(typed)) in "SN"
    }
    bounds: dict[str, tuple[Any, Any]] = {}
    for one in _BEGINS.finditer(expression):
        prefix = values[one["prefix"]]
        bounds[names.get(one["name"], one["name"])] = (prefix, prefix + _LAST)
    for one in _COMPARED.finditer(_BEGINS.sub("", expression)):
        low, high = values[one["low"]], values.get(one["high"])
        ends = {"=": (low, low), "<=": (None, low), "<": (None, _before(low)), "BETWEEN": (low, high)}
        bounds[names.get(one["name"], one["name"])] = ends[one["operator"]]
    return bounds


def _before(value: Any) -> Any:
    """Returns a value that sorts just before, near enough."""
    return value - 1 if isinstance(value, int) else value[:-1] + chr(ord(value[-1]) - 1) + _LAST


def _passes(item: Item, bounds: Mapping[str, tuple[Any, Any]]) -> bool:
    for name, (low, high) in bounds.items():
        value = _plain(item[name]) if name in item else None
        if value is None or (low is not None and value < low) or (high is not None and value > high):
            return False
    return True


def _within(
    count: int, at: Callable[[int], Position], low: Any, high: Any, after: Position | None, *, backwards: bool
) -> Iterator[Position]:
    """Yields the positions between two values of the sort key, behind a position."""
    places = range(count)
    first = 0 if low is None else bisect_left(places, low, key=lambda place: at(place)[0])
    end = count if high is None else bisect_right(places, high, key=lambda place: at(place)[0])
    if after and backwards:
        end = min(end, bisect_left(places, after, key=at))
    elif after:
        first = max(first, bisect_right(places, after, key=at))
    numbers = range(end - 1, first - 1, -1) if backwards else range(first, end)
    return (at(number) for number in islice(numbers, count))


def size(value: Any) -> int:
    """Octets as DynamoDB counts them, near enough."""
    if isinstance(value, dict):
        return sum(len(name) + size(one) for name, one in value.items())
    if isinstance(value, list):
        return sum(map(size, value)) + len(value)
    return len(value) if isinstance(value, str | bytes) else 1
