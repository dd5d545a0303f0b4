"""ports.Emails on the emails table: a small item per email that accept reads, and one per published revision that deliver reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from functions.adapters import keys
from functions.adapters.items import Item, from_item, to_item
from functions.core.addresses import Address
from functions.core.email import Content, Email, Revision, Subcategory

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ABSENT = "attribute_not_exists(email_id)"


@dataclass(frozen=True, slots=True)
class DynamoEmails:
    client: DynamoDBClient
    table: str

    def get(self, email_id: int) -> Email | None:
        values = self._item(email_id, keys.EMAIL_PART)
        return _email(values) if values else None

    def revision(self, email_id: int, number: int) -> Revision:
        values = self._item(email_id, keys.revision_part(number))
        if not values:
            raise LookupError(f"email {email_id} has no published revision {number}")
        return _revision(values)

    def publish(self, email: Email, revision: Revision) -> None:
        """Both items or neither: a revision that no email names would stand in the way of the next one."""
        part = keys.revision_part(revision.number)
        stored = to_item({"email_id": email.id, "part": part, **asdict(revision)})
        live = to_item({"part": keys.EMAIL_PART, **asdict(email), "email_id": email.id, "id": None})
        try:
            self.client.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": self.table, "Item": stored, "ConditionExpression": _ABSENT}},
                    {"Put": {"TableName": self.table, "Item": live}},
                ]
            )
        except self.client.exceptions.TransactionCanceledException as error:
            if "ConditionalCheckFailed" not in {reason.get("Code") for reason in error.response["CancellationReasons"]}:
                raise
            if self.revision(email.id, revision.number) != revision:
                raise ValueError(
                    f"email {email.id} has another published revision {revision.number} already"
                ) from error

    def _item(self, email_id: int, part: str) -> dict[str, Any] | None:
        key: Item = to_item({"email_id": email_id, "part": part})
        answer = self.client.get_item(TableName=self.table, Key=key)
        return from_item(answer["Item"]) if "Item" in answer else None


def _email(values: Mapping[str, Any]) -> Email:
    return Email(
        id=values["email_id"],
        name=values["name"],
        subcategory=Subcategory(values["subcategory"]),
        subscription=values["subscription"],
        published_revision=values.get("published_revision"),
    )


def _revision(values: Mapping[str, Any]) -> Revision:
    given: dict[str, Any] = {name: values.get(name) for name in Revision.__slots__}
    reply_to = given["reply_to"]
    given["content"] = Content(**given["content"])
    given["variants"] = {language: Content(**content) for language, content in given["variants"].items()}
    given["sender"] = Address(**given["sender"])
    given["reply_to"] = Address(**reply_to) if reply_to else None
    return Revision(**given)
