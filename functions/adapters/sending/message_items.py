"""The one shape in which a message is stored in the sends table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.adapters import schema
from functions.adapters.aws.marshalling import Item, from_item, to_item
from functions.core import timestamps
from functions.core.emails.email import TRANSACTIONAL
from functions.core.outcomes import SendResult
from functions.core.sending.send import PAYLOAD_DAYS, Attempt, Message, MessageKey, RecipientRole, State

BROADCAST_DAYS = PAYLOAD_DAYS + 2  # at least: S3 deletes the recipients of a page some time after their day


def message_key(key: MessageKey) -> Item:
    return to_item({schema.SENDS.partition.name: key.send_id, "recipient": key.recipient})


def key_from(item: Mapping[str, Any]) -> MessageKey:
    values = from_item(item)
    return MessageKey(values[schema.SENDS.partition.name], values["recipient"])


def message_item(message: Message, retention_days: int) -> Item:
    return to_item(
        {
            "send_id": message.key.send_id,
            "recipient": message.key.recipient,
            "email_id": message.email_id,
            "address": message.address,
            "role": str(message.role) if message.role is not RecipientRole.TO else None,
            "also": [str(role) for role in message.also] or None,
            "recipients": message.recipients if message.recipients > 1 else None,
            "state": str(message.state),
            "accepted_at": message.accepted_at,
            "revision": message.revision or None,
            "attached": message.attached or None,
            "subscription": message.subscription if message.subscription != TRANSACTIONAL else None,
            "digest": message.digest,
            "accepted_by": message.accepted_by,
            "due_at": message.due_at,
            schema.BY_DUE.partition.name: _due_hour(message),
            "result": str(message.result) if message.result else None,
            "reason": message.reason or None,
            "attempts": message.attempts,
            "uncounted": message.uncounted_attempts or None,
            "tries": [attempt_item(one) for one in message.failed_attempts] or None,
            "queued_at": message.queued_at,
            "started_at": message.started_at,
            "settled_at": message.settled_at,
            "lease_until": message.lease_until,
            "unsubscribe_id": message.unsubscribe_id or None,
            "ses_message_id": message.ses_message_id or None,
            "content": message.content_batch or None,
            "tags": dict(message.tags) or None,
            "trial": message.is_test or None,
            "broadcast": message.broadcast or None,
            "resend_of": message.resend_of or None,
            "timeline": dict(message.timeline),
            schema.EXPIRES: expiry(message.retained_from, _days(message, retention_days)),
        }
    )


def _days(message: Message, retention_days: int) -> int:
    """A page of a broadcast sends to each recipient who has no message, so a message outlives its page."""
    return max(retention_days, BROADCAST_DAYS) if message.broadcast else retention_days


def expiry(retained_from: str, retention_days: int) -> int:
    return int(timestamps.parse(retained_from)) + retention_days * 86400


def attempt_item(one: Attempt) -> dict[str, Any]:
    return {"number": one.number, "at": one.at, "reason": one.reason}


def _due_hour(message: Message) -> str | None:
    """Returns the hour in which the sweeper looks for a scheduled message, None for any other message."""
    return timestamps.hour(message.due_at) if message.due_at and message.state is State.SCHEDULED else None


def message_from(item: Mapping[str, Any]) -> Message:
    values = from_item(item)
    return Message(
        key=MessageKey(values["send_id"], values["recipient"]),
        email_id=values["email_id"],
        address=values["address"],
        role=RecipientRole(values.get("role", RecipientRole.TO)),
        also=tuple(RecipientRole(role) for role in values.get("also", ())),
        recipients=values.get("recipients", 1),
        state=State(values["state"]),
        accepted_at=values["accepted_at"],
        revision=values.get("revision", 0),
        attached=values.get("attached", 0),
        subscription=values.get("subscription", TRANSACTIONAL),
        digest=values.get("digest", ""),
        accepted_by=values.get("accepted_by", ""),
        due_at=values.get("due_at"),
        result=SendResult(values["result"]) if "result" in values else None,
        reason=values.get("reason", ""),
        attempts=values.get("attempts", 0),
        uncounted_attempts=values.get("uncounted", 0),
        failed_attempts=tuple(Attempt(one["number"], one["at"], one["reason"]) for one in values.get("tries", ())),
        queued_at=values.get("queued_at"),
        started_at=values.get("started_at"),
        settled_at=values.get("settled_at"),
        lease_until=values.get("lease_until", 0),
        unsubscribe_id=values.get("unsubscribe_id", ""),
        ses_message_id=values.get("ses_message_id", ""),
        content_batch=values.get("content", ""),
        tags=values.get("tags", {}),
        is_test=values.get("trial", False),
        broadcast=values.get("broadcast", ""),
        resend_of=values.get("resend_of", ""),
        timeline=values.get("timeline", {}),
    )
