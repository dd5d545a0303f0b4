"""Counting once. A stream repeats batches and cuts them anew when a worker dies, but within one shard its order never changes: so a
tally keeps, per shard, the last sequence number that it counted, in the same item and the same write as the counters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from functions.core import ids
from functions.core.send import Message

WATERMARK_SECONDS = 26 * 3600  # DynamoDB keeps stream records for 24 hours: nothing older can come again


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where something is counted: one email's sends that were accepted within one hour."""

    email_id: int
    hour: str  # '2026-11-23T15'


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one message, as the sends table's stream tells it."""

    sequence: int  # rises within a shard
    before: Message | None
    after: Message | None


@dataclass(frozen=True, slots=True)
class Watermark:
    sequence: int
    at: int  # seconds since the epoch


@dataclass(frozen=True, slots=True)
class Increment:
    sequence: int
    counters: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Tally:
    counters: Mapping[str, int] = field(default_factory=dict)
    watermarks: Mapping[str, Watermark] = field(default_factory=dict)  # by short shard name
    version: int = 0  # 0: not stored yet


def added(tally: Tally, shard: str, increments: Sequence[Increment], now: float) -> Tally:
    """The tally with whatever of the increments it has not counted yet; the very same tally where it has counted them all."""
    name = ids.digest(shard)
    seen = tally.watermarks.get(name)
    fresh = [increment for increment in increments if not seen or increment.sequence > seen.sequence]
    if not fresh:
        return tally
    counters = Counter(tally.counters)
    for increment in fresh:
        counters.update(increment.counters)  # adds; a negative increment takes away
    last = Watermark(max(increment.sequence for increment in fresh), int(now))
    young = {shard: mark for shard, mark in tally.watermarks.items() if mark.at > now - WATERMARK_SECONDS}
    return Tally(dict(counters), {**young, name: last}, tally.version + 1)
