"""ports.ContactDirectory on the contacts table: its index of ids, and scans of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.marshalling import from_item, to_item
from functions.adapters.contacts.contacts import contact_from, get_values
from functions.core.contacts.contact import Contact
from functions.ports.contacts import ContactPage

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_EMAIL = schema.CONTACTS.partition.name


class DynamoContactDirectory(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def by_number(self, number: int) -> list[Contact]:
        """The index has keys only, so the contact itself is read from the table, as it is now."""
        answer = self.client.query(
            TableName=self.table,
            IndexName=schema.BY_NUMBER.name,
            KeyConditionExpression="#number = :number",
            ExpressionAttributeNames={"#number": schema.BY_NUMBER.partition.name},
            ExpressionAttributeValues=to_item({":number": number}),
        )
        emails = [from_item(item)[_EMAIL] for item in answer["Items"]]
        stored = (get_values(self.client, self.table, email, consistent=True) for email in emails)
        return [contact_from(values) for values in stored if values]

    def page(self, after: str, most: int) -> ContactPage:
        return self._scan(after, most)

    def segment(self, number: int, of: int, after: str, most: int) -> ContactPage:
        return self._scan(after, most, Segment=number, TotalSegments=of)

    def _scan(self, after: str, most: int, **share: int) -> ContactPage:
        """The table has a few items that are no contacts: only an address has an @."""
        start: Any = {**share, "ExclusiveStartKey": to_item({_EMAIL: after})} if after else share
        answer = self.client.scan(TableName=self.table, Limit=most, ReturnConsumedCapacity="TOTAL", **start)
        stored = (from_item(item) for item in answer["Items"])
        last = answer.get("LastEvaluatedKey")
        return ContactPage(
            contacts=[contact_from(values) for values in stored if "@" in values[_EMAIL]],
            after=from_item(last)[_EMAIL] if last else None,
            read_units=float(answer.get("ConsumedCapacity", {}).get("CapacityUnits", 0)),
        )
