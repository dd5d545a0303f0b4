"""DynamoDB's typed items ↔ plain values, and the one shape in which a message is stored."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from functions.adapters import keys
from functions.core import instants
from functions.core.send import Message, MessageKey, Role, SendResult, State

Item = dict[str, Any]  # {"name": {"S": "..."}}

_serializer, _deserializer = TypeSerializer(), TypeDeserializer()


def to_item(values: Mapping[str, Any]) -> Item:
    """Plain values → item. None is left out: absent and empty are the same to us."""
    return {name: _serializer.serialize(value) for name, value in values.items() if value is not None}


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Item → plain values; every number of ours is an int."""
    return {name: _plain(_deserializer.deserialize(value)) for name, value in item.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def message_key(key: MessageKey) -> Item:
    return to_item({keys.SENDS.partition.name: key.send_id, "recipient": key.recipient})


def message_item(message: Message, retention_days: int) -> Item:
    expires = int(instants.parse(message.accepted_at)) + retention_days * 86400
    return to_item(
        {
            "send_id": message.key.send_id,
            "recipient": message.key.recipient,
            "email_id": message.email_id,
            "address": message.address,
            "role": str(message.role),
            "state": str(message.state),
            "accepted_at": message.accepted_at,
            "digest": message.digest,
            "accepted_by": message.accepted_by,
            "result": str(message.result) if message.result else None,
            "reason": message.reason or None,
            "attempts": message.attempts,
            "started_at": message.started_at,
            "settled_at": message.settled_at,
            "lease_until": message.lease_until,
            "ses_message_id": message.ses_message_id or None,
            "timeline": dict(message.timeline),
            keys.EXPIRES: expires,
        }
    )


def message_from(item: Mapping[str, Any]) -> Message:
    values = from_item(item)
    return Message(
        key=MessageKey(values["send_id"], values["recipient"]),
        email_id=values["email_id"],
        address=values["address"],
        role=Role(values["role"]),
        state=State(values["state"]),
        accepted_at=values["accepted_at"],
        digest=values.get("digest", ""),
        accepted_by=values.get("accepted_by", ""),
        result=SendResult(values["result"]) if "result" in values else None,
        reason=values.get("reason", ""),
        attempts=values.get("attempts", 0),
        started_at=values.get("started_at"),
        settled_at=values.get("settled_at"),
        lease_until=values.get("lease_until", 0),
        ses_message_id=values.get("ses_message_id", ""),
        timeline=values.get("timeline", {}),
    )
