"""ports.ConsoleUsers on the access table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import asdict

from functions.adapters import schema
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import from_item, to_item
from functions.core.access.roles import Role
from functions.core.access.users import User

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoUsers(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self, email: str) -> User | None:
        answer = self.client.get_item(TableName=self.table, Key=_key(email), ConsistentRead=True)
        return _user(from_item(answer["Item"])) if "Item" in answer else None

    def all(self) -> list[User]:
        request: Any = {
            "TableName": self.table,
            "KeyConditionExpression": "kind = :users",
            "ExpressionAttributeValues": to_item({":users": schema.USERS}),
            "ConsistentRead": True,
        }
        users: list[User] = []
        while True:
            answer = self.client.query(**request)
            users += [_user(from_item(item)) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return users
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def create(self, user: User) -> bool:
        item = {**_key(user.email), **to_item(asdict(user))}
        request: Any = {"TableName": self.table, "Item": item, "ConditionExpression": "attribute_not_exists(part)"}
        return conditional_write(self.client.put_item, **request) is not None

    def update(self, email: str, **changed: object) -> User | None:
        fields = list(changed)
        answer = conditional_write(
            self.client.update_item,
            TableName=self.table,
            Key=_key(email),
            UpdateExpression=f"SET {', '.join(f'#{name} = :{name}' for name in fields)}",
            ConditionExpression="attribute_exists(part)",
            ExpressionAttributeNames={f"#{name}": name for name in fields},
            ExpressionAttributeValues=to_item({f":{name}": value for name, value in changed.items()}),
            ReturnValues="ALL_NEW",
        )
        return _user(from_item(answer["Attributes"])) if answer else None

    def delete(self, email: str) -> None:
        self.client.delete_item(TableName=self.table, Key=_key(email))


def _key(email: str) -> Any:
    return to_item({"kind": schema.USERS, "part": email})


def _user(values: dict[str, Any]) -> User:
    fields = {name: value for name, value in values.items() if name not in {"kind", "part"}}
    return User(**{**fields, "role": Role(values["role"])})
