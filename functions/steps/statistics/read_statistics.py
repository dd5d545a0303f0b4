"""Read statistics: the counters of tags and links over a span of whole hours or days. Hours are '2026-11-23T15' (see
core.statistics.periods for open ends), and both ends are included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from functions.core.statistics import periods
from functions.core.statistics.counter_updates import OTHER, Subject, SubjectType
from functions.core.statistics.periods import DateRange
from functions.ports.statistics import Counters


class ReadStatistics(Struct, frozen=True):
    """The steps with their dependencies."""

    metrics: Counters

    def totals(self, email_ids: Sequence[int]) -> dict[int, Mapping[str, int]]:
        """Returns what each email has counted since it exists. Emails without any counter are left out."""
        counted = self.metrics.by_email(periods.FIRST, periods.LAST, email_ids) if email_ids else []
        return {email.email_id: email.counters for email in counted}

    def by_tag(self, since: str, until: str) -> dict[str, Counter[str]]:
        """Returns the counters by name=value. `other` counts the tags beyond a day's limit."""
        tags = self.metrics.tags(periods.day(since), periods.day(until))
        totals = {
            tag: self._total(Subject(SubjectType.TAG, tag), periods.covering(since, until)) for tag in [*tags, OTHER]
        }
        return {tag: total for tag, total in totals.items() if total}

    def links(self, since: str, until: str, email_ids: Sequence[int] = ()) -> dict[int, Counter[str]]:
        """Returns the counters of core.statistics.links by email, for whole days."""
        days = DateRange(periods.day(since), periods.day(until), days=True)
        email_ids = email_ids or self.metrics.emails(days.first, days.last)
        totals = {email_id: self._total(Subject(SubjectType.LINKS, str(email_id)), [days]) for email_id in email_ids}
        return {email_id: total for email_id, total in totals.items() if total}

    def _total(self, subject: Subject, spans: Iterable[DateRange]) -> Counter[str]:
        return total(one.counters for span in spans for one in self.metrics.read(subject, span))


def total(counted: Iterable[Mapping[str, int]]) -> Counter[str]:
    summed: Counter[str] = Counter()
    for counters in counted:
        summed.update(counters)  # adds, negative numbers too
    return summed
