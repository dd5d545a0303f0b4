"""Lambda: the stream of the sends table → counters, and listings of messages. Lambda names the shard only because the mapping has a tumbling window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from functions import wiring
from functions.adapters.aws.marshalling import Item
from functions.adapters.sending.message_items import message_from
from functions.core.account import cloudwatch_metrics
from functions.core.sending.send import Message
from functions.core.statistics.counter_updates import Change
from functions.steps.statistics.measure import measure
from functions.telemetry import count, entrypoint, observe_milliseconds


@entrypoint
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Raises any error: Lambda then retries the shard's batch from its beginning."""
    read = _Images()
    changes = [_change(record["dynamodb"], read) for record in event["Records"]]
    measure(
        event["shardId"],
        changes,
        listings=wiring.get(wiring.adapters.sending.listings),
        metrics=wiring.get(wiring.adapters.statistics.counters),
        clock=wiring.container().clock,
    )
    _publish(changes)
    return {"state": {}}


def _publish(changes: Sequence[Change]) -> None:
    for name, number in cloudwatch_metrics.of(changes).items():
        count(name, number)
    observe_milliseconds(cloudwatch_metrics.SENDING_TIME, cloudwatch_metrics.sending_times(changes))


def _change(record: dict[str, Any], read: _Images) -> Change:
    before, after = record.get("OldImage"), record.get("NewImage")
    return Change(
        sequence=int(record["SequenceNumber"]),
        before=read(before) if before else None,
        after=read(after) if after else None,
    )


class _Images(Struct):
    """Reads the images of a batch. Two changes of a message are often in one, and the first's new image is the second's old one."""

    _latest: dict[str, tuple[Item, Message]] = field(default_factory=dict)

    def __call__(self, image: Item) -> Message:
        key = f"{image['send_id']['S']}#{image['recipient']['N']}"
        latest = self._latest.get(key)
        if latest is None or latest[0] != image:
            latest = self._latest[key] = image, message_from(image)
        return latest[1]
