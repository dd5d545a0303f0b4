"""Measure: changes of messages → counters, each change once, a whole batch in a handful of writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from functions.core import counters, instants
from functions.core.send import State
from functions.core.tally import Bucket, Change, Increment, added
from functions.ports import Clock, Metrics


def measure(shard: str, changes: Sequence[Change], *, metrics: Metrics, clock: Clock) -> None:
    """Count a batch of one shard's changes, in their order. Raises Retry where another worker saved in between: the batch may then
    come again, whole or cut anew; what was counted stays counted once.
    """
    for bucket, increments in _by_bucket(changes).items():
        before = metrics.tally(bucket)
        after = added(before, shard, increments, clock())
        if after is not before:
            metrics.save(bucket, after)


def _by_bucket(changes: Sequence[Change]) -> dict[Bucket, list[Increment]]:
    buckets: dict[Bucket, list[Increment]] = defaultdict(list)
    for change in changes:
        message = change.after or change.before
        difference = {} if _expired(change) else counters.change(change.before, change.after)
        if message and difference:
            bucket = Bucket(message.email_id, instants.hour(message.accepted_at))
            buckets[bucket].append(Increment(change.sequence, difference))
    return buckets


def _expired(change: Change) -> bool:
    """A message that expired has counted, and goes on counting. One that no worker ever touched was undone by accept: it never was."""
    before = change.before
    return (
        change.after is None
        and before is not None
        and (before.state not in {State.SCHEDULED, State.QUEUED} or before.attempts > 0)
    )
