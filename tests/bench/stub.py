"""AWS as far as the hot path calls it, at no cost of its own: a server in another process that answers at once and counts the calls.

It holds items and queue bodies, so an accepted send is delivered, but it checks no signature, right or condition.
Units are counted as DynamoDB bills them: written by 1 KB of the larger image and per index entry changed, read by 4 KB.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
import sys
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from typing import Any

from functions.adapters import schema
from functions.adapters.schema import TABLES
from tests.support.aws.cloud import SETTINGS

_SET = re.compile(r"([#\w.]+)\s*=\s*(?:if_not_exists\([^,]+,\s*)?(:\w+)")
_ADD = re.compile(r"([#\w.]+)\s+(:\w+)")
_TABLES = {table.name: table for table in TABLES}

SHARED_KEY = 10  # write units: a partition of one recipient has fewer
SENDING_RATE = 5000.0  # mails per second: a worker never waits, and leases from the quota as real workers do

ITEM_BYTES = 100  # that storage adds to an item or an entry

# As DynamoDB's answers begin.
_HEAD = (
    b"HTTP/1.1 200 OK\r\nServer: Server\r\nDate: Mon, 30 Nov 2026 12:00:00 GMT\r\nContent-Type: application/x-amz-json-1.0\r\n"
    b"Content-Length: %d\r\nConnection: keep-alive\r\nx-amzn-RequestId: 4VN0PHQ5UUQ3O7CPPKQ2TQCG2RVV4KQNSO5AEMVJF66Q9ASUAAJG\r\n"
    b"x-amz-crc32: 2745614147\r\n\r\n"
)

Item = dict[str, Any]


class Account:
    def __init__(self) -> None:
        self.items: dict[tuple[str, str], Item] = {}
        self.bodies: deque[str] = deque()
        self.changes: deque[dict[str, Item]] = deque()  # of the sends table, as in its stream
        self.counts: Counter[str] = Counter()
        self.keys: Counter[str] = Counter()  # write units by partition of a table or an index
        self.objects: dict[str, bytes] = {}  # of the payload bucket

    def answer(self, operation: str, request: Any) -> Any:
        self.counts[operation] += 1
        return getattr(self, operation)(request)

    def GetItem(self, request: Any) -> Any:
        item = self.items.get(_key(request["TableName"], request["Key"]))
        self.counts["read half units"] += _read_halves(item, consistent=request.get("ConsistentRead", False))
        return {"Item": item} if item else {}

    def PutItem(self, request: Any) -> Any:
        self._write(request["TableName"], request["Item"], request["Item"])
        return {}

    def UpdateItem(self, request: Any) -> Any:
        before = self.items.get(_key(request["TableName"], request["Key"]))
        after = _updated(before or request["Key"], request)
        self._write(request["TableName"], request["Key"], after)
        return {"Attributes": after} if request.get("ReturnValues") in {"ALL_NEW", "UPDATED_NEW"} else {}

    def TransactWriteItems(self, request: Any) -> Any:
        """A transaction costs each of its writes twice."""
        for one in request["TransactItems"]:
            before = self.counts["write units"]
            ((kind, write),) = one.items()
            getattr(self, f"{kind}Item")(write)
            self.counts["write units"] += self.counts["write units"] - before
        return {}

    def BatchGetItem(self, request: Any) -> Any:
        answers: dict[str, list[Item]] = {}
        for table, keys in request["RequestItems"].items():
            stored = [self.items.get(_key(table, key)) for key in keys["Keys"]]
            is_consistent = keys.get("ConsistentRead", False)
            self.counts["read half units"] += sum(_read_halves(item, consistent=is_consistent) for item in stored)
            answers[table] = [item for item in stored if item]
        return {"Responses": answers}

    def BatchWriteItem(self, request: Any) -> Any:
        for table, writes in request["RequestItems"].items():
            for write in writes:
                self._write(table, write["PutRequest"]["Item"], write["PutRequest"]["Item"])
        return {"UnprocessedItems": {}}

    def Query(self, request: Any) -> Any:
        """Returns a whole partition of the audience table. Others are empty: a stage without added domains."""
        partition = request["ExpressionAttributeValues"].get(":list")
        items = [
            item
            for (table, _), item in self.items.items()
            if partition and table == request["TableName"] and item.get("list") == partition
        ]
        self.counts["read half units"] += max(2 * math.ceil(sum(map(_size, items)) / 4096), 1)
        return {"Items": items}

    def SendMessageBatch(self, request: Any) -> Any:
        self.bodies += [entry["MessageBody"] for entry in request["Entries"]]
        return {"Successful": [{"Id": entry["Id"], "MessageId": "m"} for entry in request["Entries"]]}

    def GetQueueAttributes(self, request: Any) -> Any:
        return {"Attributes": {}}

    def SendMessage(self, request: Any) -> Any:
        self.bodies.append(request["MessageBody"])
        return {"MessageId": "m", "MD5OfMessageBody": ""}

    def SendEmail(self, request: Any) -> Any:
        return {"MessageId": f"ses-{self.counts['SendEmail']}"}

    def GetAccount(self, request: Any) -> Any:
        quota = {"Max24HourSend": 1e9, "MaxSendRate": SENDING_RATE, "SentLast24Hours": 0.0}
        return {
            "SendQuota": quota,
            "SendingEnabled": True,
            "ProductionAccessEnabled": True,
            "EnforcementStatus": "HEALTHY",
        }

    def PutObject(self, request: Any) -> Any:
        return None

    # For the bench itself, and not counted

    def taken(self) -> Any:
        """The queue's bodies and the stream's changes so far, taken away, the counts since the last time, and the bytes of each send."""
        self.counts["read units"] = self.counts.pop("read half units", 0) / 2  # type: ignore[assignment]  # JSON has one kind of number
        taken = {
            "bodies": list(self.bodies),
            "changes": list(self.changes),
            "counts": dict(self.counts),
            "content bytes": [
                _stored_bytes(table, item) for (table, _), item in self.items.items() if table == schema.CONTENT.name
            ],
            "restorable bytes": [
                _size(item) + ITEM_BYTES for (table, _), item in self.items.items() if table == schema.SENDS.name
            ],
            "stored bytes": [
                _stored_bytes(table, item) for (table, _), item in self.items.items() if table == schema.SENDS.name
            ],
            "listing bytes": [
                _stored_bytes(table, item) for (table, _), item in self.items.items() if _is_listing(table, item)
            ],
        }
        self.bodies.clear()
        self.changes.clear()
        self.counts.clear()
        return taken

    def settled(self) -> Any:
        """Deletes the messages, whose number must not change the stub's memory, and returns the partition with the most writes."""
        for key in [key for key in self.items if key[0] == schema.SENDS.name]:
            del self.items[key]
        busiest = self.keys.most_common(5)
        self.keys = Counter({key: units for key, units in self.keys.items() if units > SHARED_KEY})
        return busiest

    def _write(self, table: str, key: Item, after: Item) -> None:
        before = self.items.get(_key(table, key))
        self.items[_key(table, key)] = after
        for name, partition, number in _partitions(table, before, after):
            self.keys[f"{name} {partition}"] += number
        units = "content write units" if table == schema.CONTENT.name else "write units"
        self.counts[units] += _write_units(table, before, after)
        if table == schema.SENDS.name:  # the stream that measure reads
            self.changes.append({"NewImage": after, **({"OldImage": before} if before else {})})


def _is_listing(table: str, item: Mapping[str, Any]) -> bool:
    return table == schema.METRICS.name and str(item["subject"]["S"]).startswith(schema.message_listings(""))


def _key(table: str, item: Mapping[str, Any]) -> tuple[str, str]:
    keyed = _TABLES[table]
    names = [keyed.partition.name, *([keyed.sort.name] if keyed.sort else [])]
    return table, json.dumps([item[name] for name in names])


def _updated(item: Item, request: Any) -> Item:
    """What an UpdateExpression of ours leaves behind: SET and ADD of values, and REMOVE."""
    after: Item = json.loads(json.dumps(item))
    names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
    clauses = dict(
        re.findall(r"\b(SET|ADD|REMOVE)\b(.*?)(?=\bSET\b|\bADD\b|\bREMOVE\b|$)", request["UpdateExpression"])
    )
    for path, value in _SET.findall(clauses.get("SET", "")):
        target, last = _place(after, path, names)
        target[last] = values[value]
    for path, value in _ADD.findall(clauses.get("ADD", "")):
        target, last = _place(after, path, names)
        target[last] = _sum(target.get(last), values[value])
    for path in re.findall(r"[#\w]+", clauses.get("REMOVE", "")):
        after.pop(names.get(path, path), None)
    return after


def _place(item: Item, path: str, names: Mapping[str, str]) -> tuple[Item, str]:
    *outer, last = [names.get(part, part) for part in path.split(".")]
    for name in outer:
        item = item.setdefault(name, {"M": {}})["M"]
    return item, last


def _sum(before: Any, added: Any) -> Any:
    """Adds a number. A set is replaced: nothing here reads it."""
    return {"N": str(int(before["N"]) + int(added["N"]))} if before and "N" in added else added


def _write_units(table: str, before: Item | None, after: Item) -> int:
    units = max(math.ceil(max(_size(before or {}), _size(after)) / 1024), 1)
    for index in _TABLES[table].indexes:  # they hold only keys
        old, new = (_entry(index, image or {}) for image in (before, after))
        units += 0 if old == new else bool(old) + bool(new)
    return units


def _partitions(table: str, before: Item | None, after: Item) -> Iterator[tuple[str, str, int]]:
    """Yields the partitions that a write changes, in the table and its indexes, with their units."""
    keyed = _TABLES[table]
    yield keyed.name, json.dumps(after[keyed.partition.name]), max(math.ceil(_size(after) / 1024), 1)
    for index in keyed.indexes:
        if _entry(index, after) and _entry(index, after) != _entry(index, before or {}):
            yield index.name, json.dumps(after[index.partition.name]), 1


def _entry(index: Any, item: Item) -> tuple[str, ...] | None:
    values = [item.get(attribute.name) for attribute in (index.partition, index.sort)]
    return tuple(map(json.dumps, values)) if all(values) else None


def _stored_bytes(table: str, item: Item) -> int:
    """Bytes that storage is paid for: of the item and its index entries. Without the entries, they are restorable."""
    keyed = _TABLES[table]
    sizes = [_size(item)]
    for index in keyed.indexes:
        attributes = [index.partition, index.sort, keyed.partition, *([keyed.sort] if keyed.sort else [])]
        if _entry(index, item):
            sizes.append(_size({attribute.name: item[attribute.name] for attribute in attributes}))
    return sum(sizes) + ITEM_BYTES * len(sizes)


def _read_halves(item: Item | None, *, consistent: bool) -> int:
    """Half units: a read that may be a moment old costs one of them."""
    return max(math.ceil(_size(item or {}) / 4096), 1) * (2 if consistent else 1)


def _size(value: Any) -> int:
    """Bytes as DynamoDB counts them, near enough: names and texts by their length, a container with 3 more and 1 for each part."""
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, list):
        return 3 + sum(1 + _size(one) for one in value)
    if isinstance(value, dict):
        return sum(_size(name) + _typed(one) for name, one in value.items())
    return 1


def _typed(typed: Item) -> int:
    ((kind, value),) = typed.items()
    if kind == "N":
        return len(value) // 2 + 2
    if kind == "B":
        return len(value) * 3 // 4  # it is stored as octets, and not in base64
    if kind == "M":
        return 3 + len(value) + _size(value)
    return 3 + sum(1 + _typed(one) for one in value) if kind == "L" else _size(value)


class Connection(asyncio.Protocol):
    def __init__(self, account: Account) -> None:
        self._account = account
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, rest = self._received.partition(b"\r\n\r\n")
            headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
            if b"expect" in headers and not rest:
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            length = int(headers.get(b"content-length", 0))
            if len(rest) < length:
                return
            self._received = rest[length:]
            self._answer(head.split(b" ", 2)[1].decode(), headers, rest[:length])

    def _answer(self, path: str, headers: Mapping[bytes, bytes], body: bytes) -> None:
        if path in {"/taken", "/settled"}:
            answer = getattr(self._account, path[1:])()
        elif path.startswith(f"/{SETTINGS.payload_bucket}/"):
            answer = self._object(path, headers, body)
        else:
            operation = _operation(path, headers)
            answer = self._account.answer(operation, {} if operation == "PutObject" else json.loads(body or b"{}"))
        content = answer if isinstance(answer, bytes) else b"" if answer is None else json.dumps(answer).encode()
        self._transport.write(_HEAD % len(content) + content)

    def _object(self, path: str, headers: Mapping[bytes, bytes], body: bytes) -> bytes:
        """Stores what a request brings, or returns what an earlier one brought."""
        key = path.partition("?")[0]
        if body:
            self._account.counts["PutObject"] += 1
            self._account.objects[key] = body
            return b""
        self._account.counts["GetObject"] += 1
        start = headers.get(b"range", b"bytes=0-").partition(b"=")[2].rstrip(b"-")
        return self._account.objects[key][int(start) :]


def _operation(path: str, headers: Mapping[bytes, bytes]) -> str:
    names = {name.lower(): name for name in dir(Account) if name[0].isupper()}
    if target := headers.get(b"x-amz-target"):
        return names[target.decode().rpartition(".")[2]]
    if path.startswith(f"/{SETTINGS.events_bucket}/"):
        return "PutObject"
    return {"/v2/email/outbound-emails": "SendEmail", "/v2/email/account": "GetAccount"}[path]


async def main() -> None:
    account = Account()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(account), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, sys.stdin.read)  # until the parent process ends


if __name__ == "__main__":
    asyncio.run(main())
