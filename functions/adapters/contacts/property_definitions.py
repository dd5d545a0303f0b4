"""ports.PropertyDefinitions in one item of the contacts table: every check of a contact's properties reads all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, to_builtins

from functions.adapters import schema
from functions.adapters.contacts.contacts import ATTEMPTS, get_values, put_values
from functions.core.contacts.property_definitions import PropertyDefinition
from functions.core.errors import Retry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Definitions = Mapping[str, PropertyDefinition]


class DynamoPropertyDefinitions(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def all(self) -> Sequence[PropertyDefinition]:
        return list(_definitions(self._item()).values())

    def edit(self, change: Callable[[Definitions], Definitions]) -> Definitions:
        for _ in range(ATTEMPTS):
            item = self._item()
            changed = change(_definitions(item))
            values = {**item, "definitions": to_builtins(list(changed.values())), "version": item["version"] + 1}
            if put_values(self.client, self.table, values):
                return changed
        raise Retry("the contact properties are being changed by others")

    def _item(self) -> dict[str, Any]:
        item = get_values(self.client, self.table, schema.PROPERTY_DEFINITIONS, consistent=True)
        key = {schema.CONTACTS.partition.name: schema.PROPERTY_DEFINITIONS}
        return item or {**key, "definitions": [], "version": 0}


def _definitions(item: Mapping[str, Any]) -> Definitions:
    stored = msgspec.convert(item["definitions"], list[PropertyDefinition])
    return {definition.name: definition for definition in stored}
