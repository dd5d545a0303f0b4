"""ports.Automations and ports.StepCounts on the automations table. A value is stored as its JSON: nothing queries by what is in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, json
from msgspec.structs import replace

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.core.automations.automation import Automation, AutomationVersion

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_DRAFT, _COUNTS = "draft", "counts"
_LAST = "last-id"
_COUNTED = "+"  # prefix of the attributes that count


class DynamoAutomations(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self, automation_id: int) -> Automation | None:
        values = _get(self.client, self.table, _head(automation_id))
        return json.decode(values["value"], type=Automation) if values else None

    def all(self) -> list[Automation]:
        items = self._query(schema.AUTOMATION_LIST)
        return [json.decode(values["value"], type=Automation) for values in items]

    def next_id(self, least: int) -> int:
        answer = self.client.update_item(
            TableName=self.table,
            Key=_key(_LAST, _LAST),
            UpdateExpression="SET #last = if_not_exists(#last, :before) + :one",
            ExpressionAttributeNames={"#last": "last"},
            ExpressionAttributeValues=to_item({":before": least - 1, ":one": 1}),
            ReturnValues="UPDATED_NEW",
        )
        return int(answer["Attributes"]["last"]["N"])

    def save(self, automation: Automation) -> Automation | None:
        saved = replace(automation, change=automation.change + 1)
        item = _head(automation.id) | _value(saved, change=saved.change)
        return saved if _put(self.client, self.table, item, automation.change) else None

    def delete(self, automation: Automation) -> bool:
        """Deletes the head last: after a crash in between, the automation can be deleted again."""
        for part in [_DRAFT, _COUNTS, *(_version_part(one.number) for one in self.versions(automation.id))]:
            self.client.delete_item(TableName=self.table, Key=_key(str(automation.id), part))
        deleted = conditional_write(
            self.client.delete_item,
            TableName=self.table,
            Key=_head(automation.id),
            ConditionExpression="#change = :read",
            ExpressionAttributeNames={"#change": "change"},
            ExpressionAttributeValues=to_item({":read": automation.change}),
        )
        return deleted is not None

    def draft(self, automation_id: int) -> str:
        return str(_get(self.client, self.table, _key(str(automation_id), _DRAFT)).get("value", ""))

    def save_draft(self, automation_id: int, text: str) -> None:
        item = _key(str(automation_id), _DRAFT) | to_item({"value": text})
        self.client.put_item(TableName=self.table, Item=item)

    def version(self, automation_id: int, number: int) -> AutomationVersion | None:
        values = _get(self.client, self.table, _key(str(automation_id), _version_part(number)))
        return json.decode(values["value"], type=AutomationVersion) if values else None

    def versions(self, automation_id: int) -> list[AutomationVersion]:
        items = self._query(str(automation_id), prefix=schema.AUTOMATION_VERSION)
        return [json.decode(values["value"], type=AutomationVersion) for values in reversed(items)]

    def add_version(self, automation_id: int, version: AutomationVersion) -> bool:
        item = _key(str(automation_id), _version_part(version.number)) | _value(version)
        return _put(self.client, self.table, item, 0)

    def _query(self, owner: str, *, prefix: str = "") -> list[dict[str, Any]]:
        narrowed = " AND begins_with(part, :prefix)" if prefix else ""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression=f"#owner = :owner{narrowed}",
            ExpressionAttributeNames={"#owner": schema.AUTOMATIONS.partition.name},
            ExpressionAttributeValues=to_item({":owner": owner, ":prefix": prefix or None}),
            ConsistentRead=True,
        )
        return [from_item(item) for page in pages for item in page["Items"]]


class DynamoStepCounts(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def add(self, automation_id: int, counted: Mapping[str, int]) -> None:
        names = {f"#c{number}": f"{_COUNTED}{name}" for number, name in enumerate(counted)}
        self.client.update_item(
            TableName=self.table,
            Key=_key(str(automation_id), _COUNTS),
            UpdateExpression="ADD " + ", ".join(f"{name} :v{number}" for number, name in enumerate(names)),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={
                f":v{number}": {"N": str(count)} for number, count in enumerate(counted.values())
            },
        )

    def get(self, automation_id: int) -> Mapping[str, int]:
        values = _get(self.client, self.table, _key(str(automation_id), _COUNTS))
        return {name[1:]: count for name, count in values.items() if name.startswith(_COUNTED)}


def _get(client: DynamoDBClient, table: str, key: Item) -> dict[str, Any]:
    return from_item(client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {}))


def _put(client: DynamoDBClient, table: str, item: Item, read: int) -> bool:
    """Writes over the change that was read; 0: over nothing. Returns False on a conflict."""
    condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(part)"}
    if read:
        condition = {
            "ConditionExpression": "#change = :read",
            "ExpressionAttributeNames": {"#change": "change"},
            "ExpressionAttributeValues": to_item({":read": read}),
        }
    return conditional_write(client.put_item, TableName=table, Item=item, **condition) is not None


def _head(automation_id: int) -> Item:
    return _key(schema.AUTOMATION_LIST, f"{automation_id:010}")


def _version_part(number: int) -> str:
    return f"{schema.AUTOMATION_VERSION}{number:06}"


def _key(owner: str, part: str) -> Item:
    return to_item({schema.AUTOMATIONS.partition.name: owner, "part": part})


def _value(value: Struct, **more: Any) -> Item:
    return to_item({"value": json.encode(value).decode(), **more})
