"""ports.Emails on the emails table. Each email has a small item that accept and the lists read, an item per published revision that deliver
reads, and an item per document that authors read and write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from functions.adapters import schema
from functions.adapters.aws.batch_get import batch_get
from functions.adapters.aws.conditional_write import transaction
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.core.addresses import Address
from functions.core.emails.email import DRAFT, Email, EmailBody, EmailDocument, Revision, Subcategory
from functions.core.emails.pause import Pause
from functions.core.errors import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ABSENT = "attribute_not_exists(email_id)"
BATCH = 100  # keys in one BatchGetItem


class DynamoEmails(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self, email_id: int, *, consistent: bool = False) -> Email | None:
        values = self._item(email_id, schema.EMAIL_PART, consistent=consistent)
        return _email(values) if values else None

    def heads(self, email_ids: Sequence[int]) -> list[Email]:
        keys = [_key(email_id, schema.EMAIL_PART) for email_id in dict.fromkeys(email_ids)]
        return [_email(from_item(item)) for item in batch_get(self.client, self.table, keys)]

    def all(self) -> list[Email]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=schema.LISTED.name,
            KeyConditionExpression="listing = :all",
            ExpressionAttributeValues=to_item({":all": schema.LISTING}),
        )
        return [_email(from_item(item)) for page in pages for item in page["Items"]]

    def revision(self, email_id: int, number: int) -> Revision:
        values = self._item(email_id, schema.revision_part(number))
        if not values:
            raise LookupError(f"email {email_id} has no published revision {number}")
        return _revision(values)

    def documents(self, revisions: Sequence[tuple[int, int]]) -> list[EmailDocument | None]:
        keys = [_key(email_id, schema.source_part(number)) for email_id, number in dict.fromkeys(revisions)]
        documents: dict[tuple[int, str], EmailDocument] = {}
        while keys:
            batch, keys = keys[:BATCH], keys[BATCH:]
            answer = self.client.batch_get_item(RequestItems={self.table: {"Keys": batch, "ConsistentRead": True}})
            for values in map(from_item, answer["Responses"][self.table]):
                documents[values["email_id"], values["part"]] = EmailDocument(
                    values["text"], values["at"], values["by"]
                )
            left: dict[str, Any] = dict(answer.get("UnprocessedKeys") or {})
            keys += left[self.table]["Keys"] if left else []
        return [documents.get((email_id, schema.source_part(number))) for email_id, number in revisions]

    def save(self, email: Email, draft: EmailDocument | None = None, partner: Email | None = None) -> bool:
        writes = [_put_head(one) for one in (email, partner) if one]
        if draft:
            writes.append({"Item": _source(email.id, DRAFT, draft)})
        return self._transact(writes)

    def publish(self, email: Email, revision: Revision, document: EmailDocument, *, retain_draft: bool = False) -> None:
        """Writes all or nothing: a revision that no email names would block the next one."""
        from functions.adapters.emails.images import in_publication  # noqa: PLC0415 - a send imports this module, and publishes nothing

        part = schema.revision_part(revision.number)
        written = self._transact(
            [
                {
                    "Item": to_item({"email_id": email.id, "part": part, **to_builtins(revision)}),
                    "ConditionExpression": _ABSENT,
                },
                {"Item": _source(email.id, revision.number, document)},
                *([] if retain_draft else [{"Item": _source(email.id, DRAFT, document)}]),
                _put_head(email),
            ],
            [in_publication(self.table, name, email.id) for name in email.images],
        )
        if not written and not self._published(revision, document):
            what = f"email {email.id} was changed by another author after its version {email.version}"
            raise Conflict(f"{what}, or one of its images was deleted: read it again")

    def _published(self, revision: Revision, document: EmailDocument) -> bool:
        """Whether this very publication is stored: its answer may have been lost."""
        if self.documents([(revision.email_id, revision.number)]) != [document]:
            return False
        return self.revision(revision.email_id, revision.number) == revision

    def _transact(self, puts: Sequence[Mapping[str, Any]], updates: Sequence[Mapping[str, Any]] = ()) -> bool:
        """Returns False if a condition does not hold."""
        items: list[Any] = [{"Put": {"TableName": self.table, **put}} for put in puts]
        items += [{"Update": update} for update in updates]
        return transaction(self.client.transact_write_items, TransactItems=items)

    def _item(self, email_id: int, part: str, *, consistent: bool = False) -> dict[str, Any] | None:
        answer = self.client.get_item(TableName=self.table, Key=_key(email_id, part), ConsistentRead=consistent)
        item = answer.get("Item")
        return from_item(item) if item else None


def _key(email_id: int, part: str) -> Item:
    return to_item({"email_id": email_id, "part": part})


def _put_head(email: Email) -> dict[str, Any]:
    """The put is conditional on the version that was read."""
    arguments = {
        name: value for name, value in to_builtins(replace(email, version=email.version + 1)).items() if value != ""
    }
    head = {**arguments, "id": None, "email_id": email.id, "part": schema.EMAIL_PART}
    listed = {schema.LISTED.partition.name: schema.LISTING if email.created_at else None}
    put: dict[str, Any] = {"Item": to_item({**head, **listed}), "ConditionExpression": _ABSENT}
    if email.version:
        put["ConditionExpression"] = "version = :read"
        put["ExpressionAttributeValues"] = to_item({":read": email.version})
    return put


def _source(email_id: int, number: int, document: EmailDocument) -> Item:
    return to_item({"email_id": email_id, "part": schema.source_part(number), **to_builtins(document)})


def _email(values: Mapping[str, Any]) -> Email:
    arguments = {name: values[name] for name in Email.__struct_fields__ if name in values}
    arguments["id"] = values["email_id"]
    arguments["subcategory"] = Subcategory(values["subcategory"])
    arguments["required_properties"] = tuple(values.get("required_properties", ()))
    arguments["images"] = tuple(values.get("images", ()))
    arguments["pause"] = Pause(**values["pause"]) if "pause" in values else None
    return Email(**arguments)


def _revision(values: Mapping[str, Any]) -> Revision:
    arguments: dict[str, Any] = {name: values[name] for name in Revision.__struct_fields__ if name in values}
    reply_to = values.get("reply_to")
    arguments["content"] = EmailBody(**arguments["content"])
    arguments["variants"] = {language: EmailBody(**content) for language, content in arguments["variants"].items()}
    arguments["sender"] = Address(**arguments["sender"])
    arguments["reply_to"] = Address(**reply_to) if reply_to else None
    arguments["required_properties"] = tuple(values.get("required_properties", ()))
    return Revision(**arguments)
