"""Counting once, without waiting for one another.

A stream repeats batches and cuts them anew when a worker dies, but within one shard its order never changes: so a cell keeps, per
shard, the last sequence number that it counted, in the same item and the same write as the counters. Shards add to a cell side by
side: each looks at its own watermark alone, and a sum does not care about the order of what is added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core import ids
from functions.core.events import bots
from functions.core.sending.send import Message

WATERMARK_SECONDS = 26 * 3600  # DynamoDB keeps stream records for 24 hours: nothing older can come again
# Items that the shards of the stream spread a cell over: one takes 1000 write units a second at most, however busy its email. Another
# number would send shards to items that do not know what they have counted.
SLOTS = 4
NAMES_MAX = 100  # counters in one write, whose expression DynamoDB bounds

# Visitors and authors choose what these counters are named by: what comes after so many in one item is counted together, as `other`.
OTHER = "other"
FAMILIES = {"client:": 30, "click ": 50, "clicks ": 50, "machineclicks ": 50}


class SubjectType(StrEnum):
    ACCOUNT = "account"
    EMAIL = "email"  # or an SMTP token, by its campaign id
    LINKS = "links"  # of an email
    TAG = "tag"


class Subject(Struct, frozen=True):
    """What is counted: the account, an email, its links, or the messages with one tag."""

    type: SubjectType
    name: str = ""  # the email's id, or the tag as name=value


class CounterKey(Struct, frozen=True):
    """One subject's messages that were accepted within one hour or day."""

    subject: Subject
    period: str  # '2026-11-23T15', or '2026-11-23'


class EmailHour(Struct, frozen=True):
    """One email's messages that were accepted within one hour."""

    email_id: int
    hour: str  # '2026-11-23T15'


class Change(Struct, frozen=True):
    """One change of one message, as the sends table's stream tells it."""

    sequence: int  # rises within a shard
    before: Message | None
    after: Message | None


class Watermark(Struct, frozen=True):
    sequence: int
    at: int  # seconds since the epoch


class Increment(Struct, frozen=True):
    sequence: int
    counters: Mapping[str, int]
    email_id: int = 0  # to be listed in the cell as one that counted; 0: none


class ShardCounters(Struct, frozen=True):
    """One item of a cell: what the shards of one slot counted."""

    counters: Mapping[str, int] = field(default_factory=dict)
    watermarks: Mapping[str, Watermark] = field(default_factory=dict)  # by short shard name
    emails: frozenset[int] = frozenset()
    rules: frozenset[int] = frozenset()  # the versions of core.events.machines that counted here


class CounterUpdate(Struct, frozen=True):
    """One write: what is added to a tally, if it still has the shard's watermark that was read."""

    shard: str  # its short name
    seen: Watermark | None
    watermark: Watermark
    counters: Mapping[str, int]
    emails: frozenset[int] = frozenset()
    rules: int = bots.RULES_VERSION
    outdated: tuple[str, ...] = ()  # watermarks of shards that nothing can come from again


def slot(shard: str) -> int:
    """Which of a cell's items a shard counts in."""
    return int(ids.digest(shard), 16) % SLOTS


def additions(tally: ShardCounters, shard: str, increments: Sequence[Increment], now: float) -> Iterator[CounterUpdate]:
    """What a tally has not counted yet of a shard's increments, in their order; nothing where it has counted them all."""
    short = ids.digest(shard)
    seen = tally.watermarks.get(short)
    fresh = [one for one in increments if not seen or one.sequence > seen.sequence]
    outdated = tuple(
        other for other, mark in tally.watermarks.items() if other != short and mark.at <= now - WATERMARK_SECONDS
    )
    known = _known(tally.counters)
    for part in _parts(fresh):
        counters: Counter[str] = Counter()
        for name, number in _summed(part).items():
            counters[_bounded(name, known)] += number
        watermark = Watermark(part[-1].sequence, int(now))
        emails = frozenset(one.email_id for one in part if one.email_id)
        yield CounterUpdate(short, seen, watermark, _nonzero(counters), emails - tally.emails, outdated=outdated)
        seen, outdated = watermark, ()


def _parts(increments: Sequence[Increment]) -> Iterator[Sequence[Increment]]:
    """As long as their counters have room in one write."""
    names: set[str] = set()
    begun = 0
    for number, one in enumerate(increments):
        names |= one.counters.keys()
        if len(names) > NAMES_MAX and number > begun:
            yield increments[begun:number]
            begun, names = number, set(one.counters)
    if increments:
        yield increments[begun:]


def _summed(increments: Sequence[Increment]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in increments:
        for name, number in one.counters.items():
            total[name] += number
    return total


def _nonzero(counters: Mapping[str, int]) -> dict[str, int]:
    return {name: number for name, number in counters.items() if number}


def _known(counters: Mapping[str, int]) -> dict[str, set[str]]:
    return {family: {name for name in counters if name.startswith(family)} for family in FAMILIES}


def _bounded(name: str, known: dict[str, set[str]]) -> str:
    """The name itself while its family has room; what is in stays in, and what came too late stays out."""
    family = next((family for family in FAMILIES if name.startswith(family)), None)
    if family is None or name in known[family]:
        return name
    if len(known[family] - {family + OTHER}) >= FAMILIES[family]:
        return family + OTHER
    known[family].add(name)
    return name


def added(tally: ShardCounters, addition: CounterUpdate) -> ShardCounters:
    """The tally as it is after the write."""
    counters = Counter(tally.counters)
    counters.update(addition.counters)  # adds; a negative number takes away
    marks = {name: mark for name, mark in tally.watermarks.items() if name not in addition.outdated}
    return replace(
        tally,
        counters=dict(counters),
        watermarks={**marks, addition.shard: addition.watermark},
        emails=tally.emails | addition.emails,
        rules=tally.rules | {addition.rules},
    )
