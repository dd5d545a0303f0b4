"""Counts each change once, without locks between workers.

A stream repeats batches, in other sizes, when a worker dies. But the order within one shard never changes. So a cell stores, per
shard, the last sequence number that it counted, in the same item and the same write as the counters. Shards add to a cell in
parallel: each reads only its own watermark, and the order of additions does not change a sum.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core import ids
from functions.core.events import bots
from functions.core.sending.send import Message
from functions.core.statistics import counters as message_counters

WATERMARK_SECONDS = 26 * 3600  # DynamoDB stores stream records for 24 hours: no older one can come again
# The items of a cell, over which the stream's shards spread: one item takes at most 1000 write units a second. Another number would
# send shards to items without their watermarks.
SLOTS = 4
NAMES_MAX = 100  # counters in one write, whose expression DynamoDB bounds

# Visitors and authors choose these counters' names. After so many in one item, further names count together, as `other`.
OTHER = "other"
FAMILIES = {"client:": 30, "click ": 50, "clicks ": 50, "machineclicks ": 50}


class SubjectType(StrEnum):
    ACCOUNT = "account"
    EMAIL = "email"  # or an SMTP token, by its campaign id
    LINKS = "links"  # an email's links
    TAG = "tag"


class Subject(Struct, frozen=True):
    """The subject of counters: the account, an email, its links, or the messages with one tag."""

    type: SubjectType
    name: str = ""  # the email's id, or the tag as name=value


class CounterKey(Struct, frozen=True):
    """One subject's messages that were accepted within one hour or day."""

    subject: Subject
    period: str  # '2026-11-23T15', or '2026-11-23'


class Change(Struct, frozen=True, dict=True):
    """One change of one message, as the sends table's stream reports it."""

    sequence: int  # rises within a shard
    before: Message | None
    after: Message | None

    @functools.cached_property
    def counted(self) -> Mapping[str, int]:
        """The difference that it makes to the counters. Cached: the counters and the metrics of CloudWatch read it."""
        return message_counters.change(self.before, self.after)


class Watermark(Struct, frozen=True):
    sequence: int
    at: int  # seconds since the epoch


class Increment(Struct, frozen=True):
    sequence: int
    counters: Mapping[str, int]
    email_id: int = 0  # the cell lists it as a source; 0: no email


class ShardCounters(Struct, frozen=True):
    """One item of a cell: the counters of one slot's shards."""

    counters: Mapping[str, int] = field(default_factory=dict)
    watermarks: Mapping[str, Watermark] = field(default_factory=dict)  # by short shard name
    emails: frozenset[int] = frozenset()
    rules: frozenset[int] = frozenset()  # the versions of core.events.bots that counted here


class CounterUpdate(Struct, frozen=True):
    """One write. It adds to an item on condition that the shard's watermark is unchanged."""

    shard: str  # its short name
    previous: Watermark | None  # the watermark that the write requires
    watermark: Watermark
    counters: Mapping[str, int]
    emails: frozenset[int] = frozenset()
    rules: int = bots.RULES_VERSION
    outdated: tuple[str, ...] = ()  # shards whose records all expired


def slot(shard: str) -> int:
    """Returns the number of the item in which a shard counts."""
    return int(ids.digest(shard), 16) % SLOTS


def next_sequence(stored: ShardCounters, shard: str, least: int) -> int:
    """Returns a sequence number that the shard has not counted: the clock of another machine may have been ahead."""
    previous = stored.watermarks.get(ids.digest(shard))
    return max(least, previous.sequence + 1) if previous else least


def additions(
    stored: ShardCounters, shard: str, increments: Sequence[Increment], now: float
) -> Iterator[CounterUpdate]:
    """Yields the writes of a shard's increments that its item has not counted yet, in their order."""
    short = ids.digest(shard)
    previous = stored.watermarks.get(short)
    fresh = [increment for increment in increments if not previous or increment.sequence > previous.sequence]
    outdated = tuple(
        other for other, mark in stored.watermarks.items() if other != short and mark.at <= now - WATERMARK_SECONDS
    )
    names = _stored_names(stored.counters)
    for part in _parts(fresh):
        counters: Counter[str] = Counter()
        for name, number in _summed(part).items():
            counters[_bounded(name, names)] += number
        watermark = Watermark(part[-1].sequence, int(now))
        emails = frozenset(one.email_id for one in part if one.email_id)
        yield CounterUpdate(
            short,
            previous,
            watermark,
            _nonzero(counters),
            emails - stored.emails,
            outdated=outdated,
        )
        previous, outdated = watermark, ()


def _parts(increments: Sequence[Increment]) -> Iterator[Sequence[Increment]]:
    """Splits increments so that the counters of each part fit into one write."""
    names: set[str] = set()
    start = 0
    for number, one in enumerate(increments):
        names |= one.counters.keys()
        if len(names) > NAMES_MAX and number > start:
            yield increments[start:number]
            start, names = number, set(one.counters)
    if increments:
        yield increments[start:]


def _summed(increments: Sequence[Increment]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in increments:
        for name, number in one.counters.items():
            total[name] += number
    return total


def _nonzero(counters: Mapping[str, int]) -> dict[str, int]:
    return {name: number for name, number in counters.items() if number}


def _stored_names(counters: Mapping[str, int]) -> dict[str, set[str]]:
    return {family: {name for name in counters if name.startswith(family)} for family in FAMILIES}


def _bounded(name: str, names: dict[str, set[str]]) -> str:
    """Returns the name if its family has it, or has room for it. Else returns the family's `other`."""
    family = next((family for family in FAMILIES if name.startswith(family)), None)
    if family is None or name in names[family]:
        return name
    if len(names[family] - {family + OTHER}) >= FAMILIES[family]:
        return family + OTHER
    names[family].add(name)
    return name


def added(stored: ShardCounters, addition: CounterUpdate) -> ShardCounters:
    """Returns the item after the write."""
    counters = Counter(stored.counters)
    counters.update(addition.counters)  # adds; a negative number subtracts
    marks = {name: mark for name, mark in stored.watermarks.items() if name not in addition.outdated}
    return replace(
        stored,
        counters=dict(counters),
        watermarks={**marks, addition.shard: addition.watermark},
        emails=stored.emails | addition.emails,
        rules=stored.rules | {addition.rules},
    )
