"""Counters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from functions.core.statistics.counter_updates import CounterKey, CounterUpdate, ShardCounters, Subject
    from functions.core.statistics.periods import DateRange


class PeriodCounters(Struct, frozen=True):
    """What one subject counted in one period."""

    period: str
    counters: Mapping[str, int]
    rules: frozenset[int] = frozenset()  # the versions of core.events.machines that told people from machines


class EmailCounters(Struct, frozen=True):
    """What one email has counted over a span."""

    email_id: int
    counters: Mapping[str, int]
    rules: frozenset[int] = frozenset()


class Counters(Protocol):
    """Counters by cell (core.statistics.tally). Days are '2026-11-23', both ends of a range are included."""

    def get(self, cell: CounterKey, shard: str) -> ShardCounters:
        """What the shards that share this one's slot have counted."""

    def add(self, cell: CounterKey, shard: str, addition: CounterUpdate) -> None:
        """Raises Retry where the shard's watermark is not the one that was read: nothing is added then. Other shards are no hindrance."""

    def reserve_tags(self, day: str, tags: frozenset[str], most: int) -> frozenset[str]:
        """Every tag that is counted apart on a day, these too as far as no more than `most` are."""

    def tags(self, first: str, last: str) -> list[str]:
        """The tags that were counted apart between two days."""

    def emails(self, first: str, last: str) -> list[int]:
        """The emails that counted anything between two days, or were about to."""

    def by_email(self, since: str, until: str, email_ids: Sequence[int] = ()) -> list[EmailCounters]:
        """Totals between two hours, both included: of the given emails, or of every email that counted anything then."""

    def read(self, subject: Subject, span: DateRange) -> list[PeriodCounters]:
        """What a subject counted, by hour or day, in their order; periods in which it counted nothing are left out."""
