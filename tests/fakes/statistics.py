"""Counters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from functions.core.errors import Retry
from functions.core.statistics import periods
from functions.core.statistics.counter_updates import (
    CounterKey,
    CounterUpdate,
    ShardCounters,
    Subject,
    SubjectType,
    added,
    slot,
)
from functions.core.statistics.periods import DateRange
from functions.ports.statistics import EmailCounters, PeriodCounters


@dataclass
class MemoryCounters:
    shards: dict[tuple[CounterKey, int], ShardCounters] = field(default_factory=dict)
    admitted: dict[str, frozenset[str]] = field(default_factory=dict)
    writes: int = 0

    def get(self, cell: CounterKey, shard: str) -> ShardCounters:
        return self.shards.get((cell, slot(shard)), ShardCounters())

    def add(self, cell: CounterKey, shard: str, addition: CounterUpdate) -> None:
        counters = self.get(cell, shard)
        if counters.watermarks.get(addition.shard) != addition.previous:
            raise Retry(f"another worker counted the same changes of {cell}")
        self.shards[cell, slot(shard)] = added(counters, addition)
        self.writes += 1

    def reserve_tags(self, day: str, tags: frozenset[str], most: int) -> frozenset[str]:
        reserved = self.admitted.get(day, frozenset())
        new = sorted(tags - reserved)[: max(0, most - len(reserved))]
        if new:
            self.admitted[day] = reserved.union(new)
            self.writes += 1
        return reserved.union(new)

    def tags(self, first: str, last: str) -> list[str]:
        return sorted({tag for day, tags in self.admitted.items() if first <= day <= last for tag in tags})

    def emails(self, first: str, last: str) -> list[int]:
        days = self._cells(Subject(SubjectType.ACCOUNT), DateRange(first, last, days=True))
        return sorted({email_id for _, counters in days for email_id in counters.emails})

    def by_email(self, since: str, until: str, email_ids: Sequence[int] = ()) -> list[EmailCounters]:
        selected = email_ids or self.emails(periods.day(since), periods.day(until))
        totals = [self._email(email_id, periods.covering(since, until)) for email_id in selected]
        return [total for total in totals if total.counters]

    def _email(self, email_id: int, spans: Sequence[DateRange]) -> EmailCounters:
        total: Counter[str] = Counter()
        rules: frozenset[int] = frozenset()
        for counted in (one for span in spans for one in self.read(Subject(SubjectType.EMAIL, str(email_id)), span)):
            total.update(counted.counters)
            rules |= counted.rules
        return EmailCounters(email_id, dict(total), rules)

    def read(self, subject: Subject, span: DateRange) -> list[PeriodCounters]:
        totals: dict[str, Counter[str]] = {}
        rules: dict[str, frozenset[int]] = {}
        for period, counters in self._cells(subject, span):
            totals.setdefault(period, Counter()).update(counters.counters)
            rules[period] = rules.get(period, frozenset()) | counters.rules
        return [PeriodCounters(period, dict(totals[period]), rules[period]) for period in sorted(totals)]

    def _cells(self, subject: Subject, span: DateRange) -> list[tuple[str, ShardCounters]]:
        return [
            (cell.period, counters)
            for (cell, _), counters in self.shards.items()
            if cell.subject == subject and span.days != ("T" in cell.period) and span.first <= cell.period <= span.last
        ]
