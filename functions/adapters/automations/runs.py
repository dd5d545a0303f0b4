"""ports.Runs on the automations table. A contact's runs are in one partition. A waiting run is in the index of what is due."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct, json
from msgspec.structs import replace

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.core import timestamps
from functions.core.automations.jobs import RunDue
from functions.core.automations.run import Run
from functions.ports.automations import RunPage

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DAY = 86_400


class DynamoRuns(Struct, frozen=True):
    client: DynamoDBClient
    table: str
    retention_days: int  # of a run that has ended

    def get(self, contact: str, part: str) -> Run | None:
        answer = self.client.get_item(TableName=self.table, Key=_key(contact, part), ConsistentRead=True)
        return _run(answer["Item"]) if "Item" in answer else None

    def of_contact(self, contact: str) -> list[Run]:
        return [_run(item) for item in self._items_of(contact)]

    def page_of_contact(self, contact: str, most: int, position: str = "") -> RunPage:
        """A position is the key of the last run before it."""
        start: Any = {"ExclusiveStartKey": _key(contact, position)} if position else {}
        answer = self.client.query(**self._of_contact(contact), Limit=most, **start)
        last = answer.get("LastEvaluatedKey")
        return RunPage([_run(item) for item in answer["Items"]], from_item(last)["part"] if last else "")

    def create(self, run: Run, part: str) -> bool:
        return self._put(run, part, {"ConditionExpression": "attribute_not_exists(part)"})

    def save(self, run: Run, part: str) -> bool:
        return self._put(
            replace(run, change=run.change + 1),
            part,
            {
                "ConditionExpression": "#change = :read",
                "ExpressionAttributeNames": {"#change": "change"},
                "ExpressionAttributeValues": to_item({":read": run.change}),
            },
        )

    def count_entry(self, contact: str, automation_id: int, until: int) -> int:
        answer = self.client.update_item(
            TableName=self.table,
            Key=to_item({"owner": schema.entries_owner(contact), "part": f"{automation_id:010}#{until}"}),
            UpdateExpression="SET #expires = :until ADD entries :one",
            ExpressionAttributeNames={"#expires": schema.EXPIRES},
            ExpressionAttributeValues=to_item({":until": until, ":one": 1}),
            ReturnValues="ALL_NEW",
        )
        return int(from_item(answer["Attributes"])["entries"])

    def due(self, hour: str, until: str) -> Iterator[RunDue]:
        for shard in range(schema.AUTOMATION_SHARDS):
            pages = self.client.get_paginator("query").paginate(
                TableName=self.table,
                IndexName=schema.RUNS_BY_DUE.name,
                KeyConditionExpression="due_hour = :hour AND due_at <= :until",
                ExpressionAttributeValues=to_item({":hour": f"{hour}#{shard}", ":until": until}),
            )
            yield from (_due(item) for page in pages for item in page["Items"])

    def overdue(self, until: str) -> Iterator[RunDue]:
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.table,
            IndexName=schema.RUNS_BY_DUE.name,
            FilterExpression="due_at <= :until",
            ExpressionAttributeValues=to_item({":until": until}),
        )
        yield from (_due(item) for page in pages for item in page["Items"])

    def inside(self, automation_id: int, most: int, position: str = "") -> RunPage:
        """A position is `<shard>` or `<shard>#<entered_at>#<owner>#<part>`: the index goes on after that key."""
        shard_text, _, after = position.partition("#")
        runs: list[Run] = []
        for shard in range(int(shard_text or 0), schema.AUTOMATION_SHARDS):
            start: Any = {"ExclusiveStartKey": json.decode(after)} if after else {}
            answer = self.client.query(
                TableName=self.table,
                IndexName=schema.RUNS_BY_AUTOMATION.name,
                KeyConditionExpression="entered_in = :inside",
                ExpressionAttributeValues=to_item({":inside": _entered_in(automation_id, shard)}),
                Limit=most - len(runs),
                **start,
            )
            keys = [{name: item[name] for name in (_OWNER, "part")} for item in answer["Items"]]
            read = (self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True) for key in keys)
            runs += [_run(one["Item"]) for one in read if "Item" in one]
            after = ""
            if last := answer.get("LastEvaluatedKey"):
                return RunPage(runs, f"{shard}#{json.encode(last).decode()}")
            if len(runs) >= most and shard + 1 < schema.AUTOMATION_SHARDS:
                return RunPage(runs, str(shard + 1))
        return RunPage(runs, "")

    def erase(self, contact: str) -> int:
        items = self._items_of(contact)
        for item in items:
            self.client.delete_item(TableName=self.table, Key={name: item[name] for name in (_OWNER, "part")})
        return len(items)

    def _items_of(self, contact: str) -> list[Any]:
        pages = self.client.get_paginator("query").paginate(**self._of_contact(contact))
        return [item for page in pages for item in page["Items"]]

    def _of_contact(self, contact: str) -> Any:
        return {
            "TableName": self.table,
            "KeyConditionExpression": "#owner = :owner",
            "ExpressionAttributeNames": {"#owner": _OWNER},
            "ExpressionAttributeValues": to_item({":owner": schema.run_owner(contact)}),
            "ConsistentRead": True,
        }

    def _put(self, run: Run, part: str, condition: dict[str, Any]) -> bool:
        item = _key(run.contact, part) | to_item(
            {
                "run": json.encode(run).decode(),
                "change": run.change,
                "entered_in": _entered_in(run.automation, zlib.crc32(run.id.encode()) % schema.AUTOMATION_SHARDS),
                "entered_at": run.entered_at,
                "due_hour": _due_hour(run) if run.due_at else None,
                "due_at": run.due_at,
                schema.EXPIRES: int(timestamps.parse(run.ended_at)) + self.retention_days * DAY
                if run.ended_at
                else None,
            }
        )
        return conditional_write(self.client.put_item, TableName=self.table, Item=item, **condition) is not None


_OWNER = schema.AUTOMATIONS.partition.name


def _key(contact: str, part: str) -> Item:
    return to_item({_OWNER: schema.run_owner(contact), "part": part})


def _run(item: Any) -> Run:
    return json.decode(from_item(item)["run"], type=Run)


def _due(item: Any) -> RunDue:
    values = from_item(item)
    return RunDue(contact=schema.run_contact(values[_OWNER]), part=values["part"], at=values["due_at"])


def _due_hour(run: Run) -> str:
    shard = zlib.crc32(run.id.encode()) % schema.AUTOMATION_SHARDS
    return f"{timestamps.hour(run.due_at or '')}#{shard}"


def _entered_in(automation_id: int, shard: int) -> str:
    return f"{automation_id}#{shard}"
