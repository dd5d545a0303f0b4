"""ports.Sends on the sends table. Each write has a condition, so two workers can never both succeed."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from functions.adapters.aws.conditional_write import conditional_write, transaction
from functions.adapters.aws.marshalling import Item, to_item
from functions.adapters.sending.message_items import attempt_item, message_from, message_item, message_key
from functions.core import timestamps
from functions.core.events.timeline import TimelineEvent
from functions.core.outcomes import SendResult
from functions.core.sending import lifecycle
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import ERASED, Attempt, Message, MessageKey, State

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FACTS_TOGETHER = 20  # in one write: DynamoDB limits its expressions
_CREATED_AS, _CLAIMED_AS = "created_as", "claimed_as"  # the tokens of those writes: see DynamoSends._own
_ABSENT = "attribute_not_exists(send_id)"
_TOKEN_BYTES = 8  # unique among the writes of one item


class DynamoSends(Struct, frozen=True):
    client: DynamoDBClient
    table: str
    retention_days: int

    def ping(self) -> None:
        """Reads a message that does not exist. Raises the client's errors if the table does not answer."""
        self.get(MessageKey("ping", 0))

    def create(self, messages: Sequence[Message]) -> bool:
        token = _token(_CREATED_AS)
        items = [message_item(message, self.retention_days) | token for message in messages]
        if len(items) == 1:  # half the price of a transaction
            created = self._write("put_item", Item=items[0], ConditionExpression=_ABSENT) is not None
        else:
            created = self._transact([{"Put": {"Item": item, "ConditionExpression": _ABSENT}} for item in items])
        return created or self._own(messages[0].key, token) is not None

    def rollback(self, messages: Sequence[Message]) -> None:
        """In one transaction: if only the To were deleted, a retry would be rejected as a duplicate and the mail never sent."""
        deletes = [_delete_untouched(message) for message in messages]
        if len(deletes) == 1:
            self._write("delete_item", **deletes[0])
        else:
            self._transact([{"Delete": delete} for delete in deletes])

    def replace_refused(self, refused: Sequence[Message], messages: Sequence[Message]) -> bool:
        """The To is in both, so that two corrected requests cannot both succeed."""
        token = _token(_CREATED_AS)
        before = {message.key: _untouched(message) for message in refused}
        puts: list[dict[str, dict[str, Any]]] = [
            {
                "Put": {
                    "Item": message_item(message, self.retention_days) | token,
                    **before.pop(message.key, {"ConditionExpression": _ABSENT}),
                }
            }
            for message in messages
        ]
        deletes = [{"Delete": {"Key": message_key(key), **untouched}} for key, untouched in before.items()]
        return self._transact([*puts, *deletes]) or self._own(messages[0].key, token) is not None

    def get(self, key: MessageKey) -> Message | None:
        item = self._item(key)
        return message_from(item) if item else None

    def messages(self, send_id: str) -> list[Message]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="send_id = :send_id",
            ExpressionAttributeValues=to_item({":send_id": send_id}),
            ConsistentRead=True,
        )
        return [message_from(item) for page in pages for item in page["Items"]]

    def claim(
        self,
        key: MessageKey,
        *,
        now: float,
        lease_seconds: int,
        grace_seconds: int | None,
        unsubscribe_id: str = "",
        content_batch: str = "",
    ) -> int | None:
        ended = " OR (#state = :sending AND lease_until <= :unsettled)" if grace_seconds is not None else ""
        facts = {"unsubscribe_id": unsubscribe_id, "content": content_batch}
        present = {name: value for name, value in facts.items() if value}
        added = "".join(f", {name} = :{name}" for name in present)
        token = _token(_CLAIMED_AS)
        claimed = self._written(
            key,
            f"SET #state = :sending, {_CLAIMED_AS} = :token, lease_until = :lease, started_at = if_not_exists(started_at, :now)"
            f"{added} ADD attempts :one REMOVE due_hour, {_CREATED_AS}",
            f"#state IN (:queued, :scheduled){ended}",
            {
                ":queued": str(State.QUEUED),
                ":scheduled": str(State.SCHEDULED),
                ":sending": str(lifecycle.target(Transition.CLAIM)),
                ":lease": int(now) + lease_seconds,
                **({":unsettled": int(now) - grace_seconds} if grace_seconds is not None else {}),
                ":now": timestamps.iso(now),
                ":one": 1,
                ":token": token[_CLAIMED_AS]["S"],
                **{f":{name}": value for name, value in present.items()},
            },
            {"#state": "state"},
            returned="UPDATED_NEW",
        )
        return int(claimed["Attributes"]["attempts"]["N"]) if claimed else self._own_claim(key, token)

    def settle(
        self,
        key: MessageKey,
        transition: Transition,
        *,
        now: float,
        result: SendResult | None = None,
        reason: str = "",
        ses_message_id: str = "",
        failed: Attempt | None = None,
        is_counted: bool = True,
    ) -> bool:
        after = lifecycle.target(transition)
        facts = {
            "state": str(after),
            "result": str(result) if result else None,
            "reason": reason or None,
            "ses_message_id": ses_message_id or None,
            "settled_at": timestamps.iso(now) if after in lifecycle.FINAL else None,
            "queued_at": timestamps.iso(now) if transition is Transition.ENQUEUE else None,
        }
        present = {name: value for name, value in facts.items() if value is not None}
        condition, values = _one_of(lifecycle.sources(transition))
        no_reason = "" if reason else ", reason"  # an earlier attempt's reason is not this outcome's
        one_more = ", tries = list_append(if_not_exists(tries, :none), :failed)" if failed else ""
        tried: dict[str, Any] = {":none": [], ":failed": [attempt_item(failed)]} if failed else {}
        uncounted, one = ("", {}) if is_counted else (" ADD uncounted :one", {":one": 1})
        written = self._written(
            key,
            "SET "
            + ", ".join(f"#{name} = :{name}" for name in present)
            + one_more
            + f" REMOVE due_hour, {_CLAIMED_AS}{no_reason}"
            + uncounted,
            condition,
            {**values, **{f":{name}": value for name, value in present.items()}, **tried, **one},
            {f"#{name}": name for name in present},
        )
        return written is not None

    def redrive(self, key: MessageKey, *, now: float, grace_seconds: int) -> bool:
        """The condition is lifecycle.redrivable."""
        possible, values = _one_of(lifecycle.sources(Transition.REDRIVE))
        unconfirmed = "attribute_not_exists(ses_message_id) AND size(timeline) = :none AND lease_until <= :settled AND address <> :erased"
        written = self._written(
            key,
            "SET #state = :queued, queued_at = :now, uncounted = if_not_exists(attempts, :none) REMOVE #result, reason, settled_at",
            f"{possible} AND {unconfirmed}",
            {
                **values,
                ":queued": str(lifecycle.target(Transition.REDRIVE)),
                ":none": 0,
                ":erased": ERASED,
                ":now": timestamps.iso(now),
                ":settled": int(now) - grace_seconds,
            },
            {"#state": "state", "#result": "result"},
        )
        return written is not None

    def confirm(self, key: MessageKey, *facts: TimelineEvent, now: float, ses_message_id: str) -> Message | None:
        if len(facts) > FACTS_TOGETHER:
            return None
        outcome = {
            "state": str(lifecycle.target(Transition.SES_CONFIRMED)),
            "settled_at": timestamps.iso(now),
            "ses_message_id": ses_message_id,
        }
        return self._add(key, facts, outcome)

    def record(self, key: MessageKey, *facts: TimelineEvent) -> Message | None:
        """If the events have no room together, or are too many for one write, each half is written by itself, and so on. If a single event
        has room and is refused, its message was just being created: it is retried.
        """
        if len(facts) <= FACTS_TOGETHER and (updated := self._add(key, facts)):
            return updated
        message = self.get(key)
        if message is None or message.erased or (len(facts) == 1 and len(message.timeline) >= facts[0].room):
            return message
        if len(facts) == 1:
            return self.record(key, *facts)
        half = len(facts) // 2
        self.record(key, *facts[:half])
        return self.record(key, *facts[half:])

    def replace(self, before: Message, after: Message) -> bool:
        """Puts the whole item, so that no attribute stays that `after` lacks."""
        read = {":address": before.address, ":state": str(before.state), ":timeline": dict(before.timeline)}
        written = self._write(
            "put_item",
            Item=message_item(after, self.retention_days),
            ConditionExpression="address = :address AND #state = :state AND timeline = :timeline",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=to_item(read),
        )
        return written is not None

    def _own_claim(self, key: MessageKey, token: Item) -> int | None:
        item = self._own(key, token)
        message = message_from(item) if item else None
        return message.attempts if message and message.state is State.SENDING else None

    def _own(self, key: MessageKey, token: Item) -> Item | None:
        """Returns the item if the refused write did happen. The client repeats a write whose answer was lost, and the condition refuses
        the repeat.
        """
        item = self._item(key)
        return item if item and all(item.get(name) == value for name, value in token.items()) else None

    def _item(self, key: MessageKey) -> Item | None:
        answer = self.client.get_item(TableName=self.table, Key=message_key(key), ConsistentRead=True)
        return answer.get("Item")

    def _add(
        self, key: MessageKey, facts: Sequence[TimelineEvent], outcome: Mapping[str, str] = MappingProxyType({})
    ) -> Message | None:
        """`outcome`: attributes of a message that is not settled yet."""
        distinct = {fact.key: fact for fact in facts}  # a write names no path twice
        names = {f"#f{number}": name for number, name in enumerate(distinct)}
        values: dict[str, Any] = {f":f{number}": fact.to_item() for number, fact in enumerate(distinct.values())}
        if outcome:
            _, states = _one_of(lifecycle.sources(Transition.SES_CONFIRMED))
            names |= {f"#{name}": name for name in outcome}
            values |= {**states, **{f":{name}": value for name, value in outcome.items()}}
        values |= {":erased": ERASED, ":room": min([fact.room for fact in facts]) - len(distinct)}
        return self._update(key, *_addition(len(distinct), tuple(outcome)), values, names)

    def _update(
        self, key: MessageKey, expression: str, condition: str, values: Mapping[str, Any], names: Mapping[str, str]
    ) -> Message | None:
        answer = self._written(key, expression, condition, values, names, returned="ALL_NEW")
        return message_from(answer["Attributes"]) if answer else None

    def _written(
        self,
        key: MessageKey,
        expression: str,
        condition: str,
        values: Mapping[str, Any],
        names: Mapping[str, str],
        *,
        returned: Literal["NONE", "ALL_NEW", "UPDATED_NEW"] = "NONE",
    ) -> dict[str, Any] | None:
        """Returns None if the condition fails."""
        return self._write(
            "update_item",
            Key=message_key(key),
            UpdateExpression=expression,
            ConditionExpression=condition,
            ExpressionAttributeValues=to_item(values),
            ExpressionAttributeNames=dict(names),
            ReturnValues=returned,
        )

    def _write(self, operation: str, **request: Any) -> dict[str, Any] | None:
        """Returns None if the condition fails."""
        return conditional_write(getattr(self.client, operation), TableName=self.table, **request)

    def _transact(self, writes: Iterable[dict[str, dict[str, Any]]]) -> bool:
        items: list[Any] = [
            {kind: {"TableName": self.table, **request} for kind, request in write.items()} for write in writes
        ]
        return transaction(self.client.transact_write_items, TransactItems=items)


def _token(name: str) -> Item:
    return to_item({name: secrets.token_urlsafe(_TOKEN_BYTES)})


def _delete_untouched(message: Message) -> dict[str, Any]:
    return {"Key": message_key(message.key), **_untouched(message)}


def _untouched(message: Message) -> dict[str, Any]:
    return {
        "ConditionExpression": "#state = :untouched AND attempts = :none AND accepted_at = :then",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": to_item(
            {":untouched": str(message.state), ":none": 0, ":then": message.accepted_at}
        ),
    }


@functools.lru_cache(2 * FACTS_TOGETHER)
def _addition(number: int, outcome: tuple[str, ...]) -> tuple[str, str]:
    """Returns the expression that adds so many facts and the attributes of an outcome, and its condition."""
    names = [f"timeline.#f{fact}" for fact in range(number)]
    changes = [f"{name} = :f{fact}" for fact, name in enumerate(names)] + [f"#{name} = :{name}" for name in outcome]
    all_recorded = " AND ".join(f"attribute_exists({name})" for name in names)
    condition = f"attribute_exists(send_id) AND address <> :erased AND (({all_recorded}) OR size(timeline) <= :room)"
    if outcome:
        condition = f"{_one_of(lifecycle.sources(Transition.SES_CONFIRMED))[0]} AND {condition}"
    return f"SET {', '.join(changes)}{' REMOVE reason' if outcome else ''}", condition


@functools.cache
def _one_of(states: tuple[State, ...]) -> tuple[str, Mapping[str, str]]:
    names = [f":from{number}" for number in range(len(states))]
    return f"#state IN ({', '.join(names)})", MappingProxyType(dict(zip(names, map(str, states), strict=True)))
