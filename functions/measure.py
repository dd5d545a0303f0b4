"""Lambda: the stream of the sends table → counters. Lambda names the shard only because the mapping has a tumbling window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from functions import wiring
from functions.adapters.sending.message_items import message_from
from functions.core.account import cloudwatch_metrics
from functions.core.statistics.counter_updates import Change
from functions.steps.statistics.measure import measure
from functions.telemetry import count, entrypoint, observe_milliseconds


@entrypoint
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Raises any error: Lambda then retries the shard's batch from its beginning."""
    changes = [_change(record["dynamodb"]) for record in event["Records"]]
    measure(event["shardId"], changes, metrics=wiring.get(wiring.adapters.counters), clock=wiring.container().clock)
    _publish(changes)
    return {"state": {}}


def _publish(changes: Sequence[Change]) -> None:
    for name, number in cloudwatch_metrics.of(changes).items():
        count(name, number)
    observe_milliseconds(cloudwatch_metrics.SENDING_TIME, cloudwatch_metrics.sending_times(changes))


def _change(record: dict[str, Any]) -> Change:
    before, after = record.get("OldImage"), record.get("NewImage")
    return Change(
        sequence=int(record["SequenceNumber"]),
        before=message_from(before) if before else None,
        after=message_from(after) if after else None,
    )
