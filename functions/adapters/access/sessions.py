"""ports.Sessions on the access table. Each item has a partition of its own, so many attempts to sign in do not slow other sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.marshalling import from_item, to_item
from functions.core import ids
from functions.core.access.users import LinkPurpose, PasswordLink, Session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoSessions(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self, session_id: str) -> Session | None:
        values = self._read(_key(schema.SESSION, session_id))
        return values and Session(
            id=session_id,
            email=values["email"],
            began_at=values["began_at"],
            expires_at=values[schema.EXPIRES],
            challenge=values.get("challenge", ""),
        )

    def put(self, session: Session) -> None:
        values = {
            "email": session.email,
            "began_at": session.began_at,
            schema.EXPIRES: session.expires_at,
            "challenge": session.challenge or None,
        }
        self.client.put_item(TableName=self.table, Item={**_key(schema.SESSION, session.id), **to_item(values)})

    def delete(self, session_id: str) -> None:
        self.client.delete_item(TableName=self.table, Key=_key(schema.SESSION, session_id))

    def put_link(self, link: PasswordLink) -> None:
        values = {
            "email": link.email,
            "purpose": str(link.purpose),
            "began_at": link.began_at,
            schema.EXPIRES: link.expires_at,
        }
        self.client.put_item(TableName=self.table, Item={**_key(schema.PASSWORD_LINK, link.id), **to_item(values)})

    def get_link(self, link_id: str) -> PasswordLink | None:
        values = self._read(_key(schema.PASSWORD_LINK, link_id))
        return values and _link(link_id, values)

    def take_link(self, link_id: str) -> PasswordLink | None:
        key = _key(schema.PASSWORD_LINK, link_id)
        answer: Any = self.client.delete_item(TableName=self.table, Key=key, ReturnValues="ALL_OLD")
        return _link(link_id, from_item(answer["Attributes"])) if answer.get("Attributes") else None

    def count_guess(self, name: str, expires_at: int, number: int = 1) -> int:
        answer = self.client.update_item(
            TableName=self.table,
            Key=_guesses_key(name, expires_at),
            UpdateExpression="SET #expires = :expires ADD guesses :number",
            ExpressionAttributeNames={"#expires": schema.EXPIRES},
            ExpressionAttributeValues=to_item({":expires": expires_at, ":number": number}),
            ReturnValues="ALL_NEW",
        )
        return int(from_item(answer["Attributes"])["guesses"])

    def clear_guesses(self, name: str, expires_at: int) -> None:
        self.client.delete_item(TableName=self.table, Key=_guesses_key(name, expires_at))

    def _read(self, key: Any) -> Any:
        answer = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None


def _key(kind: str, name: str, part: str = "") -> Any:
    return to_item({"kind": f"{kind}#{name}", "part": part or kind})


def _guesses_key(name: str, expires_at: int) -> Any:
    return _key(schema.GUESSES, ids.secret_id(name), str(expires_at))


def _link(link_id: str, values: dict[str, Any]) -> PasswordLink:
    return PasswordLink(
        id=link_id,
        email=values["email"],
        purpose=LinkPurpose(values["purpose"]),
        began_at=values.get("began_at", ""),
        expires_at=values[schema.EXPIRES],
    )
