"""ports.Contacts and ports.SubscriptionTypes on the contacts table. An item is read, changed by core's own functions and put whole, on the
condition that nobody put it since; so what two writers tell at once is told by both, and what changes nothing is not written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, to_builtins
from msgspec.structs import replace

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import from_item, to_item
from functions.core import ids
from functions.core.contacts.contact import Contact, ContactBounce, Decision, Property, SubscriptionStatus
from functions.core.contacts.subscription import SubscriptionType
from functions.core.errors import Retry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TRIES = 8  # of a change that others are quicker than

Values = dict[str, Any]


class DynamoContacts(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self, email: str) -> Contact | None:
        values = _get(self.client, self.table, email.lower(), consistent=True)
        return _contact(values) if values else self._kept(email)

    def upsert(self, email: str, properties: Mapping[str, str], at: str) -> Contact:
        return self._change(email, at, lambda contact: contact.with_properties(properties, at))

    def set_subscription(self, email: str, subscription: str, decision: Decision) -> Contact:
        return self._change(email, decision.at, lambda contact: contact.with_decision(subscription, decision))

    def quarantine(self, email: str, at: str, reason: str) -> None:
        self._change(email, at, lambda contact: contact.with_bounce(at, reason))

    def reinstate(self, email: str, at: str) -> None:
        self._change(email, at, lambda contact: contact.reinstated(at))

    def mark_complained(self, email: str, at: str) -> None:
        self._change(email, at, lambda contact: contact.with_complaint(at))

    def erase(self, email: str, at: str) -> None:
        """What is kept comes first: an erasure that dies in between is done again, and the wish not to be mailed is not lost."""
        for _ in range(TRIES):
            known = self.get(email) or Contact(email=email.lower(), created_at=at)
            kept = known.erased(at, schema.erased(ids.address_hash(email)))
            self.client.put_item(TableName=self.table, Item=to_item(to_builtins(kept)))
            if self._delete(known):
                return
        raise Retry("the contact is being changed by others")

    def _delete(self, contact: Contact) -> bool:
        """False where it was changed since it was read."""
        deleted = conditional_write(
            self.client.delete_item,
            TableName=self.table,
            Key=to_item({schema.CONTACTS.partition.name: contact.email}),
            ConditionExpression="attribute_not_exists(email) OR version = :version",
            ExpressionAttributeValues=to_item({":version": contact.version}),
        )
        return deleted is not None

    def _kept(self, email: str) -> Contact | None:
        """What is kept of an erased contact, as of one that was never stored. It is asked for where there is none: that is rare."""
        values = _get(self.client, self.table, schema.erased(ids.address_hash(email)), consistent=True)
        return replace(_contact(values), email=email.lower()) if values else None

    def _change(self, email: str, at: str, change: Callable[[Contact], Contact]) -> Contact:
        """The first look may be a moment old, which costs half: where something is written, the condition tells."""
        for number in range(TRIES):
            values = _get(self.client, self.table, email.lower(), consistent=number > 0)
            before = _contact(values) if values else None
            kept = None if before else self._kept(email)
            if kept and at <= kept.created_at:  # of a send, or an event, from before the erasure: it makes no contact
                return change(kept)
            after = change(before or replace(kept or Contact(email=email.lower(), created_at=at), created_at=at))
            if after == before:
                return after
            after = replace(after, version=after.version + 1)
            if _put(self.client, self.table, msgspec.to_builtins(after)):
                return after
        raise Retry(f"contact {email} is being changed by others")


class DynamoSubscriptionTypes(Struct, frozen=True):
    """All in one item: there are few, and every look at one is a look at that item."""

    client: DynamoDBClient
    table: str

    def get(self, type_id: str) -> SubscriptionType | None:
        return next((type_ for type_ in self.all() if type_.id == type_id), None)

    def all(self) -> list[SubscriptionType]:
        types = [SubscriptionType(**values) for values in self._item()["types"].values()]
        return sorted(types, key=lambda type_: (type_.created_at, type_.id))

    def put(self, type_: SubscriptionType) -> None:
        for _ in range(TRIES):
            item = self._item()
            types = {**item["types"], type_.id: to_builtins(type_)}
            if _put(self.client, self.table, {**item, "types": types, "version": item["version"] + 1}):
                return
        raise Retry("the subscription types are being changed by others")

    def _item(self) -> Values:
        item = _get(self.client, self.table, schema.SUBSCRIPTION_TYPES, consistent=True)
        return item or {schema.CONTACTS.partition.name: schema.SUBSCRIPTION_TYPES, "types": {}, "version": 0}


def _get(client: DynamoDBClient, table: str, key: str, *, consistent: bool) -> Values | None:
    given = to_item({schema.CONTACTS.partition.name: key})
    answer = client.get_item(TableName=table, Key=given, ConsistentRead=consistent)
    return from_item(answer["Item"]) if "Item" in answer else None


def _put(client: DynamoDBClient, table: str, values: Values) -> bool:
    """False where somebody put the item since it was read."""
    before = values["version"] - 1
    request: Any = {"TableName": table, "Item": to_item(values), "ConditionExpression": "attribute_not_exists(email)"}
    if before:
        seen = {"ConditionExpression": "version = :before", "ExpressionAttributeValues": to_item({":before": before})}
        request = {**request, **seen}
    return conditional_write(client.put_item, **request) is not None


def _contact(values: Mapping[str, Any]) -> Contact:
    bounce = values.get("bounce")
    return Contact(
        email=values["email"],
        created_at=values["created_at"],
        properties={name: Property(**known) for name, known in values["properties"].items()},
        decisions={type_id: _decision(known) for type_id, known in values["decisions"].items()},
        bounce=ContactBounce(**bounce) if bounce else None,
        lifted_at=values.get("lifted_at"),
        complained_at=values.get("complained_at"),
        version=values["version"],
    )


def _decision(values: Mapping[str, Any]) -> Decision:
    return Decision(**{**values, "status": SubscriptionStatus(values["status"])})
