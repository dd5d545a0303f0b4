"""ports.Contacts and ports.SubscriptionTypes on the contacts table. A change reads the item, applies core's own functions and puts the whole
item, on the condition that its version is unchanged. So concurrent changes all apply, and a change without effect is not written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, to_builtins
from msgspec.structs import replace

from functions.adapters import schema
from functions.adapters.aws.batch_get import batch_get
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import from_item, to_item
from functions.core import ids
from functions.core.contacts.contact import Contact, ContactBounce, Decision, Property, SubscriptionStatus
from functions.core.contacts.subscriptions.subscription import SubscriptionType
from functions.core.errors import Retry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ATTEMPTS = 8  # of a change, if others change the same item

Values = dict[str, Any]


class DynamoContacts(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self, email: str) -> Contact | None:
        values = get_values(self.client, self.table, email.lower(), consistent=True)
        return contact_from(values) if values else self._remainder(email)

    def read_all(self, emails: Sequence[str]) -> Mapping[str, Contact]:
        """The remainders of erased contacts are read for the addresses without a contact."""
        present = {one.email: one for one in self._batch([email.lower() for email in emails])}
        marks = {
            schema.erased(ids.address_hash(email)): email.lower() for email in emails if email.lower() not in present
        }
        erased = {marks[one.email]: replace(one, email=marks[one.email], version=0) for one in self._batch(list(marks))}
        return {**present, **erased}

    def _batch(self, keys: Sequence[str]) -> list[Contact]:
        key = schema.CONTACTS.partition.name
        items = batch_get(self.client, self.table, [to_item({key: one}) for one in dict.fromkeys(keys)])
        return [contact_from(from_item(item)) for item in items]

    def upsert(
        self, email: str, properties: Mapping[str, str], at: str, read: Mapping[str, Contact] | None = None
    ) -> Contact:
        return self._change(email, at, lambda contact: contact.with_properties(properties, at), read)

    def set_subscription(self, email: str, subscription: str, decision: Decision) -> Contact:
        return self.set_subscriptions(email, {subscription: decision})

    def set_subscriptions(self, email: str, decisions: Mapping[str, Decision]) -> Contact:
        at = max(decision.at for decision in decisions.values())
        return self._change(email, at, lambda contact: contact.with_decisions(decisions))

    def add_link(self, email: str, link_id: str, at: str) -> None:
        self._change(email, at, lambda contact: contact.with_link(link_id))

    def quarantine(self, email: str, at: str, reason: str) -> None:
        self._change(email, at, lambda contact: contact.with_bounce(at, reason))

    def reinstate(self, email: str, at: str) -> None:
        self._change(email, at, lambda contact: contact.reinstated(at))

    def mark_complained(self, email: str, at: str) -> Contact:
        return self._change(email, at, lambda contact: contact.with_complaint(at))

    def edit(self, email: str, at: str, change: Callable[[Contact], Contact]) -> Contact:
        return self._change(email, at, lambda contact: change(contact).numbered())

    def erase(self, email: str, at: str) -> None:
        """Writes the remainder first: an erasure that fails in between is retried, and the opt-out is not lost."""
        for _ in range(ATTEMPTS):
            contact = self.get(email) or Contact(email=email.lower(), created_at=at)
            remainder = contact.erased(at, schema.erased(ids.address_hash(email)))
            self.client.put_item(TableName=self.table, Item=to_item(to_builtins(remainder)))
            if self._delete(contact):
                return
        raise Retry("the contact is being changed by others")

    def _delete(self, contact: Contact) -> bool:
        """Returns False on a version conflict."""
        deleted = conditional_write(
            self.client.delete_item,
            TableName=self.table,
            Key=to_item({schema.CONTACTS.partition.name: contact.email}),
            ConditionExpression="attribute_not_exists(email) OR version = :version",
            ExpressionAttributeValues=to_item({":version": contact.version}),
        )
        return deleted is not None

    def _remainder(self, email: str) -> Contact | None:
        """Returns what is stored of an erased contact, as if it were a contact that was never stored."""
        values = get_values(self.client, self.table, schema.erased(ids.address_hash(email)), consistent=True)
        return replace(contact_from(values), email=email.lower()) if values else None

    def _change(
        self,
        email: str,
        at: str,
        change: Callable[[Contact], Contact],
        read: Mapping[str, Contact] | None = None,
    ) -> Contact:
        """The first read may be a moment out of date, for half the price: the condition of the write catches that."""
        for number in range(ATTEMPTS):
            before, erased = (
                self._stored(email, consistent=number > 0) if number or read is None else _read(email, read)
            )
            if erased and at <= erased.created_at:  # a send or an event from before the erasure creates no contact
                return change(erased)
            contact = before or replace(erased or Contact(email=email.lower(), created_at=at), created_at=at)
            after = change(contact).with_spelling(email)
            if after == before:
                return after
            after = replace(after, version=after.version + 1)
            if put_values(self.client, self.table, msgspec.to_builtins(after)):
                return after
        raise Retry(f"contact {email} is being changed by others")

    def _stored(self, email: str, *, consistent: bool) -> tuple[Contact | None, Contact | None]:
        """Returns the contact, or else what is stored of an erased one."""
        values = get_values(self.client, self.table, email.lower(), consistent=consistent)
        return (contact_from(values), None) if values else (None, self._remainder(email))


def _read(email: str, read: Mapping[str, Contact]) -> tuple[Contact | None, Contact | None]:
    contact = read.get(email.lower())
    return (contact, None) if contact and contact.is_stored else (None, contact)


class DynamoSubscriptionTypes(Struct, frozen=True):
    """Stores all types in one item: there are few, and every read of one is a read of that item."""

    client: DynamoDBClient
    table: str

    def get(self, reference: str) -> SubscriptionType | None:
        return next((type_ for type_ in self.all() if type_.is_named(reference)), None)

    def all(self) -> list[SubscriptionType]:
        types = [SubscriptionType(**values) for values in self._item()["types"].values()]
        return sorted(types, key=lambda type_: (type_.created_at, type_.id))

    def put(self, type_: SubscriptionType) -> None:
        for _ in range(ATTEMPTS):
            item = self._item()
            types = {**item["types"], type_.id: to_builtins(type_)}
            if put_values(self.client, self.table, {**item, "types": types, "version": item["version"] + 1}):
                return
        raise Retry("the subscription types are being changed by others")

    def _item(self) -> Values:
        item = get_values(self.client, self.table, schema.SUBSCRIPTION_TYPES, consistent=True)
        return item or {schema.CONTACTS.partition.name: schema.SUBSCRIPTION_TYPES, "types": {}, "version": 0}


def get_values(client: DynamoDBClient, table: str, key: str, *, consistent: bool) -> Values | None:
    item_key = to_item({schema.CONTACTS.partition.name: key})
    answer = client.get_item(TableName=table, Key=item_key, ConsistentRead=consistent)
    return from_item(answer["Item"]) if "Item" in answer else None


def put_values(client: DynamoDBClient, table: str, values: Values) -> bool:
    """Returns False on a version conflict."""
    before = values["version"] - 1
    request: Any = {"TableName": table, "Item": to_item(values), "ConditionExpression": "attribute_not_exists(email)"}
    if before:
        unchanged = {
            "ConditionExpression": "version = :before",
            "ExpressionAttributeValues": to_item({":before": before}),
        }
        request = {**request, **unchanged}
    return conditional_write(client.put_item, **request) is not None


def contact_from(values: Mapping[str, Any]) -> Contact:
    bounce = values.get("bounce")
    return Contact(
        email=values["email"],
        created_at=values["created_at"],
        properties={name: Property(**stored) for name, stored in values["properties"].items()},
        decisions={type_id: _decision(stored) for type_id, stored in values["decisions"].items()},
        bounce=ContactBounce(**bounce) if bounce else None,
        lifted_at=values.get("lifted_at"),
        complained_at=values.get("complained_at"),
        spellings=tuple(values.get("spellings", ())),
        number=values.get("number"),
        archived_at=values.get("archived_at"),
        merged_into=values.get("merged_into"),
        merged=tuple(values.get("merged", ())),
        link_ids=tuple(values.get("link_ids", ())),
        version=values["version"],
    )


def _decision(values: Mapping[str, Any]) -> Decision:
    return Decision(**{**values, "status": SubscriptionStatus(values["status"])})
