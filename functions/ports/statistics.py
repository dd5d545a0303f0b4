"""Counters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from functions.core.statistics.counter_updates import CounterKey, CounterUpdate, ShardCounters, Subject
    from functions.core.statistics.periods import DateRange


class PeriodCounters(Struct, frozen=True):
    """The counters of one subject in one period."""

    period: str
    counters: Mapping[str, int]
    rules: frozenset[int] = frozenset()  # versions of core.events.bots that separated people from bots


class EmailCounters(Struct, frozen=True):
    """The counters of one email over a span."""

    email_id: int
    counters: Mapping[str, int]
    rules: frozenset[int] = frozenset()


class Counters(Protocol):
    """Counters by key (core.statistics.counter_updates). Days are '2026-11-23'. Both ends of a range are included."""

    def get(self, cell: CounterKey, shard: str) -> ShardCounters:
        """Returns the counters of all shards that share this shard's slot."""

    def add(self, cell: CounterKey, shard: str, addition: CounterUpdate) -> None:
        """Raises Retry, and adds nothing, if the shard's watermark has changed since it was read. Other shards do not conflict."""

    def reserve_tags(self, day: str, tags: frozenset[str], most: int) -> frozenset[str]:
        """Reserves counters for tags on a day, at most `most` in all. Returns every tag that has counters on the day."""

    def tags(self, first: str, last: str) -> list[str]:
        """Returns the tags that had counters between two days."""

    def emails(self, first: str, last: str) -> list[int]:
        """Returns the emails that may have counters between two days."""

    def by_email(self, since: str, until: str, email_ids: Sequence[int] = ()) -> list[EmailCounters]:
        """Returns totals between two hours, both included, for these emails or for every email with counters then."""

    def read(self, subject: Subject, span: DateRange) -> list[PeriodCounters]:
        """Returns a subject's counters by hour or day, in order, without empty periods."""


class CountingLag(Protocol):
    def __call__(self) -> float:
        """Returns how many seconds after a change it was counted, at most in the last minutes: 0 if nothing changed."""
