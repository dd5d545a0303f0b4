"""ports.SmtpTokens on the tokens table: an item for each token, and an item for each of its present and past access keys."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

from functions.adapters import schema
from functions.adapters.aws.batch_get import batch_get
from functions.adapters.aws.conditional_write import conditional_write
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.core.tokens.smtp_token import SmtpToken, TokenState

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_USE = frozenset({"used_at", "first_source", "first_used_at", "last_source"})  # what `touch` writes
_LATER = "attribute_exists(id) AND (attribute_not_exists(used_at) OR used_at < :at)"


class DynamoSmtpTokens(Struct, frozen=True):
    client: DynamoDBClient
    table: str

    def get(self, campaign_id: int) -> SmtpToken | None:
        values = self._item(schema.smtp_token(campaign_id))
        return _token(values) if values else None

    def by_key(self, key_id: str) -> SmtpToken | None:
        values = self._item(schema.smtp_key(key_id))
        return self.get(values["campaign_id"]) if values else None

    def all(self) -> list[SmtpToken]:
        """Scans the table, as for API keys, and consistently: the reconciler must read the token of every user that it lists."""
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.table,
            FilterExpression="begins_with(id, :token)",
            ExpressionAttributeValues=to_item({":token": schema.smtp_token("")}),
            ConsistentRead=True,
        )
        tokens = [_token(from_item(item)) for page in pages for item in page["Items"]]
        return sorted(tokens, key=lambda token: (token.created_at, token.campaign_id))

    def active(self, after: SmtpToken | None, most: int) -> list[SmtpToken]:
        """Tokens of one millisecond are in the order of the index's own."""
        start: Any = {"ExclusiveStartKey": _listed(after)} if after else {}
        active: list[SmtpToken] = []
        while len(active) < most:
            answer = self.client.query(
                TableName=self.table,
                IndexName=schema.BY_STATE.name,
                KeyConditionExpression="#state = :active",
                ExpressionAttributeNames={"#state": schema.BY_STATE.partition.name},
                ExpressionAttributeValues=to_item({":active": str(TokenState.ACTIVE)}),
                Limit=most - len(active),
                **start,
            )
            keys = [{"id": item["id"]} for item in answer["Items"]]
            stored = {item["id"]["S"]: _token(from_item(item)) for item in batch_get(self.client, self.table, keys)}
            tokens = (stored[key["id"]["S"]] for key in keys if key["id"]["S"] in stored)
            active += [token for token in tokens if token.state is TokenState.ACTIVE]
            if "LastEvaluatedKey" not in answer:
                break
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
        return active

    def save(self, token: SmtpToken) -> SmtpToken | None:
        fields = {name: value for name, value in _values(token).items() if name not in _USE}
        fields |= {"version": token.version + 1, "saved_as": str(uuid.uuid4())}
        names = {f"#{name}": name for name in fields}
        condition = "version = :read" if token.version else "attribute_not_exists(id)"
        read = {":read": token.version} if token.version else {}
        saved = self._update(
            token.campaign_id,
            f"SET {', '.join(f'#{name} = :{name}' for name in fields)}",
            {**read, **{f":{name}": value for name, value in fields.items()}},
            condition,
            names,
        )
        return saved or self._saved_before(token.campaign_id, fields["saved_as"])

    def _saved_before(self, campaign_id: int, saved_as: str) -> SmtpToken | None:
        """The client retries a call whose answer was lost: our own second attempt then fails the condition."""
        values = self._item(schema.smtp_token(campaign_id))
        return _token(values) if values and values["saved_as"] == saved_as else None

    def index_key(self, key_id: str, campaign_id: int) -> None:
        item = to_item({"id": schema.smtp_key(key_id), "campaign_id": campaign_id})
        self.client.put_item(TableName=self.table, Item=item)

    def touch(self, campaign_id: int, at: str, source: str) -> None:
        """Needs one write if mails are recorded in order, and a second for a late one."""
        first = "first_used_at = if_not_exists(first_used_at, :at), first_source = if_not_exists(first_source, :source)"
        values = {":at": at, ":source": source}
        latest = f"SET used_at = :at, last_source = :source, {first}"
        if self._update(campaign_id, latest, values, _LATER) is None:
            self._update(campaign_id, "SET first_used_at = :at, first_source = :source", values, "first_used_at > :at")

    def _item(self, key: str) -> dict[str, Any] | None:
        answer = self.client.get_item(TableName=self.table, Key=to_item({"id": key}), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def _update(
        self,
        campaign_id: int,
        expression: str,
        values: Mapping[str, Any],
        condition: str,
        names: Mapping[str, str] | None = None,
    ) -> SmtpToken | None:
        """Returns None if the condition fails."""
        request: dict[str, Any] = {
            "TableName": self.table,
            "Key": to_item({"id": schema.smtp_token(campaign_id)}),
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": to_item(values),
            "ReturnValues": "ALL_NEW",
            **({"ExpressionAttributeNames": dict(names)} if names else {}),
        }
        answer = conditional_write(self.client.update_item, **request)
        return _token(from_item(answer["Attributes"])) if answer else None


def _listed(token: SmtpToken) -> Item:
    """Returns the keys of an active token in the index."""
    return to_item(
        {"id": schema.smtp_token(token.campaign_id), "state": str(TokenState.ACTIVE), "created_at": token.created_at}
    )


def _values(token: SmtpToken) -> dict[str, Any]:
    """Returns the stored attributes of a token without its key. `save` never sets an attribute back to None."""
    return {name: value for name, value in to_builtins(token).items() if value is not None}


def _token(values: Mapping[str, Any]) -> SmtpToken:
    fields = {name: values[name] for name in SmtpToken.__struct_fields__ if name in values}
    return SmtpToken(**{**fields, "state": TokenState(values["state"])})
