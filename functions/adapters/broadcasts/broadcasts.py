"""ports.Broadcasts and ports.BroadcastPages on the audience table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write, transaction
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.core.broadcasts.broadcast import Broadcast, BroadcastPage, PageState, Progress
from functions.core.broadcasts.check import BroadcastCheck
from functions.core.errors import NotFound, Retry
from functions.ports.broadcasts import DueBroadcast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ATTEMPTS = 8  # of a change, if others change the same broadcast
_LIST, _PART = schema.AUDIENCE.partition.name, "part"
_BODY = "body"  # JSON: its properties may hold any value, and fractions


class DynamoBroadcasts(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self, broadcast_id: str) -> Broadcast | None:
        item = _get(self.client, self.table, schema.BROADCASTS, broadcast_id)
        return _decoded(item, Broadcast) if item else None

    def all(self) -> Sequence[Broadcast]:
        items = _query(self.client, self.table, schema.BROADCASTS)
        return sorted((_decoded(item, Broadcast) for item in items), key=lambda one: one.created_at, reverse=True)

    def create(self, broadcast: Broadcast) -> bool:
        return self._put(replace(broadcast, version=1), "attribute_not_exists(part)")

    def edit(self, broadcast_id: str, change: Callable[[Broadcast], Broadcast]) -> Broadcast:
        for _ in range(ATTEMPTS):
            before = self.get(broadcast_id)
            if before is None:
                raise NotFound(f"there is no broadcast {broadcast_id!r}")
            after = change(before)
            if after == before:
                return before
            after = replace(after, version=before.version + 1)
            if self._put(after, "version = :before", {":before": {"N": str(before.version)}}):
                return after
        raise Retry("the broadcast is being changed by others")

    def check(self, broadcast_id: str) -> BroadcastCheck | None:
        item = _get(self.client, self.table, schema.broadcast(broadcast_id), schema.CHECK_PART)
        return _decoded(item, BroadcastCheck) if item else None

    def save_check(self, broadcast_id: str, check: BroadcastCheck) -> None:
        self.client.put_item(TableName=self.table, Item=_check_item(broadcast_id, check))

    def update_check(self, broadcast_id: str, check: BroadcastCheck) -> bool:
        """A check of an earlier release has no count of its changes."""
        written = conditional_write(
            self.client.put_item,
            TableName=self.table,
            Item=_check_item(broadcast_id, replace(check, change=check.change + 1)),
            ConditionExpression="check_number = :number AND (#change = :read OR attribute_not_exists(#change))",
            ExpressionAttributeNames={"#change": "change"},
            ExpressionAttributeValues=to_item({":number": check.number, ":read": check.change}),
        )
        return written is not None

    def add_due(self, due: DueBroadcast) -> None:
        self.client.put_item(TableName=self.table, Item=_due_key(due))

    def due(self, until: str) -> Sequence[DueBroadcast]:
        parts = [from_item(item)[_PART] for item in _query(self.client, self.table, schema.BROADCASTS_DUE, until)]
        return [DueBroadcast(*part.split("#", 1)) for part in parts]

    def remove_due(self, due: DueBroadcast) -> None:
        self.client.delete_item(TableName=self.table, Key=_due_key(due))

    def _put(self, broadcast: Broadcast, condition: str, values: Item | None = None) -> bool:
        """Returns False on a version conflict."""
        version = to_item({"version": broadcast.version})
        request: dict[str, Any] = {
            "Item": {**_key(schema.BROADCASTS, broadcast.id), **_encoded(broadcast), **version},
            "ConditionExpression": condition,
            **({"ExpressionAttributeValues": values} if values else {}),
        }
        return conditional_write(self.client.put_item, TableName=self.table, **request) is not None


class DynamoBroadcastPages(Struct, frozen=True):
    """The sums change together with a page, in one transaction, so a repeated job counts nothing twice."""

    client: DynamoDBClient
    table: str

    def put(self, broadcast_id: str, page: BroadcastPage) -> None:
        due = ", due_at = :due" if page.due_at else ""
        self.client.update_item(
            TableName=self.table,
            Key=_page_key(broadcast_id, page.number),
            UpdateExpression="SET recipients = :recipients, #state = if_not_exists(#state, :waiting)"
            f", handed = if_not_exists(handed, :none){due}",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=to_item(
                {":recipients": page.recipients, ":waiting": str(page.state), ":none": 0, ":due": page.due_at}
            ),
        )

    def get(self, broadcast_id: str, number: int) -> BroadcastPage | None:
        item = _get(self.client, self.table, schema.broadcast(broadcast_id), schema.page_part(number))
        return _page_from(item) if item else None

    def all(self, broadcast_id: str) -> Iterator[BroadcastPage]:
        items = _query(self.client, self.table, schema.broadcast(broadcast_id))
        return (_page_from(item) for item in items if item[_PART]["S"].startswith("page#"))

    def progress(self, broadcast_id: str) -> Progress:
        item = _get(self.client, self.table, schema.broadcast(broadcast_id), schema.PROGRESS_PART)
        values = from_item(item) if item else {}
        outcomes = {name[1:]: number for name, number in values.items() if name.startswith(schema.COUNTER) and number}
        return Progress(pages_done=values.get("pages_done", 0), handed=values.get("handed", 0), outcomes=outcomes)

    def hand(self, broadcast_id: str, page: BroadcastPage, handed: int, since: str, until: str) -> None:
        if handed <= page.handed:
            return
        of_page = self._update(
            _page_key(broadcast_id, page.number),
            "SET handed = :handed, first_at = if_not_exists(first_at, :since), last_at = :until",
            {":handed": handed, ":before": page.handed, ":since": since, ":until": until},
            condition="handed = :before",
        )
        self._transact(of_page, self._add_to_progress(broadcast_id, {"handed": handed - page.handed}))

    def finish(
        self, broadcast_id: str, page: BroadcastPage, outcomes: Mapping[str, int], since: str, until: str
    ) -> None:
        was_done = page.state is PageState.DONE
        if was_done and page.outcomes == outcomes:
            return
        of_page = self._update(
            _page_key(broadcast_id, page.number),
            "SET #state = :done, outcomes = :outcomes, handed = recipients, first_at = :since, last_at = :until"
            " ADD version :one",
            {
                ":state": str(page.state),
                ":done": str(PageState.DONE),
                ":outcomes": dict(outcomes),
                ":before": page.handed,
                ":since": since,
                ":until": until,
                ":one": 1,
                **({":read": page.version} if page.version else {}),
            },
            condition="#state = :state AND handed = :before AND "
            + ("version = :read" if page.version else "attribute_not_exists(version)"),
            names={"#state": "state"},
        )
        counted = {f"{schema.COUNTER}{name}": number for name, number in page.uncounted(outcomes).items()}
        changes = {"pages_done": int(not was_done), "handed": page.recipients - page.handed, **counted}
        if not self._transact(of_page, self._add_to_progress(broadcast_id, changes)):
            raise Retry("another worker changes the page")

    def invalidate(self, broadcast_id: str, number: int) -> bool:
        change = self._update(
            _page_key(broadcast_id, number),
            "ADD version :one",
            {":one": 1, ":done": str(PageState.DONE)},
            condition="attribute_exists(recipients) AND #state <> :done",
            names={"#state": "state"},
        )
        return conditional_write(self.client.update_item, **change) is not None

    def _add_to_progress(self, broadcast_id: str, changes: Mapping[str, int]) -> dict[str, Any]:
        names = {f"#n{number}": name for number, name in enumerate(changes)}
        values = {f":n{number}": change for number, change in enumerate(changes.values())}
        added = ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
        key = _key(schema.broadcast(broadcast_id), schema.PROGRESS_PART)
        return self._update(key, f"ADD {added}", values, names=names)

    def _update(
        self,
        key: Item,
        expression: str,
        values: Mapping[str, Any],
        *,
        condition: str = "",
        names: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        return {
            "TableName": self.table,
            "Key": key,
            "UpdateExpression": expression,
            "ExpressionAttributeValues": to_item(values),
            **({"ConditionExpression": condition} if condition else {}),
            **({"ExpressionAttributeNames": dict(names)} if names else {}),
        }

    def _transact(self, *updates: dict[str, Any]) -> bool:
        items: list[Any] = [{"Update": update} for update in updates]
        return transaction(self.client.transact_write_items, TransactItems=items)


def _key(list_: str, part: str) -> Item:
    return to_item({_LIST: list_, _PART: part})


def _page_key(broadcast_id: str, number: int) -> Item:
    return _key(schema.broadcast(broadcast_id), schema.page_part(number))


def _check_item(broadcast_id: str, check: BroadcastCheck) -> Item:
    condition = to_item({"check_number": check.number, "change": check.change})
    return {**_key(schema.broadcast(broadcast_id), schema.CHECK_PART), **condition, **_encoded(check)}


def _due_key(due: DueBroadcast) -> Item:
    return _key(schema.BROADCASTS_DUE, f"{due.due_at}#{due.broadcast_id}")


def _get(client: DynamoDBClient, table: str, list_: str, part: str) -> Item | None:
    answer = client.get_item(TableName=table, Key=_key(list_, part), ConsistentRead=True)
    return answer.get("Item")


def _query(client: DynamoDBClient, table: str, list_: str, until: str = "") -> Iterator[Item]:
    """`until`: parts that begin with an earlier text, or with this one."""
    pages = client.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="#list = :list" + (" AND part <= :until" if until else ""),
        ExpressionAttributeNames={"#list": _LIST},
        ExpressionAttributeValues=to_item({":list": list_, ":until": f"{until}~" if until else None}),
        ConsistentRead=True,
    )
    return (item for page in pages for item in page["Items"])


def _encoded(value: Struct) -> Item:
    return to_item({_BODY: msgspec.json.encode(value).decode()})


def _decoded(item: Item, type_: type[Any]) -> Any:
    return msgspec.json.decode(item[_BODY]["S"], type=type_)


def _page_from(item: Item) -> BroadcastPage:
    values = from_item(item)
    return BroadcastPage(
        number=int(values[_PART].removeprefix("page#")),
        recipients=values["recipients"],
        due_at=values.get("due_at"),
        state=PageState(values["state"]),
        handed=values["handed"],
        outcomes=values.get("outcomes", {}),
        first_at=values.get("first_at", ""),
        last_at=values.get("last_at", ""),
        version=values.get("version", 0),
    )
