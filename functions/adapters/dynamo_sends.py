"""ports.Sends on the sends table. Each write carries its condition, so two workers can never both believe that they won."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.adapters.items import Item, message_from, message_item, message_key, to_item
from functions.core import instants, lifecycle
from functions.core.lifecycle import Act
from functions.core.send import Message, MessageKey, SendResult, State
from functions.core.timeline import FACTS_MAX, Fact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_REFUSED = "ConditionalCheckFailedException"
_ABSENT = "attribute_not_exists(send_id)"


@dataclass(frozen=True, slots=True)
class DynamoSends:
    client: DynamoDBClient
    table: str
    retention_days: int

    def create(self, messages: Sequence[Message]) -> bool:
        items = [message_item(message, self.retention_days) for message in messages]
        if len(items) == 1:  # half the price of a transaction
            return self._write("put_item", Item=items[0], ConditionExpression=_ABSENT) is not None
        return self._transact([{"Put": {"Item": item, "ConditionExpression": _ABSENT}} for item in items])

    def forget(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self._write(
                "delete_item",
                Key=message_key(message.key),
                ConditionExpression="#state = :untouched AND attempts = :none AND accepted_at = :then",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=to_item(
                    {":untouched": str(State.QUEUED), ":none": 0, ":then": message.accepted_at}
                ),
            )

    def get(self, key: MessageKey) -> Message | None:
        answer = self.client.get_item(TableName=self.table, Key=message_key(key), ConsistentRead=True)
        return message_from(answer["Item"]) if "Item" in answer else None

    def claim(self, key: MessageKey, *, now: float, lease_seconds: int, grace_seconds: int) -> Message | None:
        return self._update(
            key,
            "SET #state = :sending, lease_until = :lease, started_at = if_not_exists(started_at, :now) ADD attempts :one",
            "#state = :queued OR (#state = :sending AND lease_until <= :unsettled)",
            {
                ":queued": str(State.QUEUED),
                ":sending": str(lifecycle.target(Act.CLAIM)),
                ":lease": int(now) + lease_seconds,
                ":unsettled": int(now) - grace_seconds,
                ":now": instants.iso(now),
                ":one": 1,
            },
            {"#state": "state"},
        )

    def settle(
        self,
        key: MessageKey,
        act: Act,
        *,
        now: float,
        result: SendResult | None = None,
        reason: str = "",
        ses_message_id: str = "",
    ) -> bool:
        after = lifecycle.target(act)
        facts = {
            "state": str(after),
            "result": str(result) if result else None,
            "reason": reason,  # even when empty: why an earlier try failed is no reason of this outcome
            "ses_message_id": ses_message_id or None,
            "settled_at": instants.iso(now) if after in lifecycle.FINAL else None,
        }
        given = {name: value for name, value in facts.items() if value is not None}
        condition, values = _one_of(lifecycle.sources(act))
        return (
            self._update(
                key,
                "SET " + ", ".join(f"#{name} = :{name}" for name in given),
                condition,
                {**values, **{f":{name}": value for name, value in given.items()}},
                {f"#{name}": name for name in given},
            )
            is not None
        )

    def record(self, key: MessageKey, fact: Fact) -> Message | None:
        updated = self._update(
            key,
            "SET timeline.#fact = :fact",
            "attribute_exists(send_id) AND (attribute_exists(timeline.#fact) OR size(timeline) < :most)",
            {":fact": fact.to_item(), ":most": FACTS_MAX},
            {"#fact": fact.key},
        )
        return updated or self.get(key)

    def _update(
        self, key: MessageKey, expression: str, condition: str, values: Mapping[str, Any], names: Mapping[str, str]
    ) -> Message | None:
        answer = self._write(
            "update_item",
            Key=message_key(key),
            UpdateExpression=expression,
            ConditionExpression=condition,
            ExpressionAttributeValues=to_item(values),
            ExpressionAttributeNames=dict(names),
            ReturnValues="ALL_NEW",
        )
        return message_from(answer["Attributes"]) if answer else None

    def _write(self, operation: str, **request: Any) -> dict[str, Any] | None:
        """None where the condition said no."""
        try:
            answer: dict[str, Any] = getattr(self.client, operation)(TableName=self.table, **request)
        except ClientError as error:
            if error.response["Error"]["Code"] == _REFUSED:
                return None
            raise
        return answer

    def _transact(self, puts: Iterable[dict[str, dict[str, Any]]]) -> bool:
        items: list[Any] = [{"Put": {"TableName": self.table, **put["Put"]}} for put in puts]
        try:
            self.client.transact_write_items(TransactItems=items)
        except self.client.exceptions.TransactionCanceledException as error:
            reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if "ConditionalCheckFailed" in reasons:
                return False
            raise
        return True


def _one_of(states: Sequence[State]) -> tuple[str, Item]:
    names = [f":from{number}" for number in range(len(states))]
    return f"#state IN ({', '.join(names)})", dict(zip(names, map(str, states), strict=True))
