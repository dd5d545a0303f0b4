"""ports.SiteSettings: one item of the emails table. A change puts the whole item, on the condition that its version is unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import from_item, to_item
from functions.core.errors import Retry
from functions.core.templates import site_settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ATTEMPTS = 8  # of a change, if others change the settings
_KEY = to_item({"email_id": schema.NO_EMAIL, "part": schema.SITE_SETTINGS})


class DynamoSiteSettings(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self) -> Mapping[str, str]:
        values: Mapping[str, str] = self._item(consistent=False)["settings"]
        return values

    def change(self, changes: Mapping[str, str | None]) -> Mapping[str, str]:
        for _ in range(ATTEMPTS):
            item = self._item(consistent=True)
            settings, version = site_settings.changed(item["settings"], changes), int(item["version"])
            if self._put({"settings": settings, "version": version + 1}, version):
                return settings
        raise Retry("the site settings are being changed by others")

    def _item(self, *, consistent: bool) -> dict[str, Any]:
        answer = self.client.get_item(TableName=self.table, Key=_KEY, ConsistentRead=consistent)
        return from_item(answer["Item"]) if "Item" in answer else {"settings": {}, "version": 0}

    def _put(self, values: Mapping[str, Any], before: int) -> bool:
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(email_id)"}
        if before:
            condition = {
                "ConditionExpression": "version = :before",
                "ExpressionAttributeValues": to_item({":before": before}),
            }
        item = {**_KEY, **to_item(values)}
        return conditional_write(self.client.put_item, TableName=self.table, Item=item, **condition) is not None
