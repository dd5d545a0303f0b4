"""Gets the overview of a stage: the last day and week next to the ones before, what is wrong, and what to do next."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from functions.core.access.actor import Actor
from functions.core.access.scopes import REPORTS
from functions.core.emails.email import Email
from functions.core.emails.pause import Pause
from functions.core.sending.throttle import SendQuota
from functions.core.statistics.counter_updates import Subject, SubjectType
from functions.core.statistics.periods import DateRange
from functions.ports import Clock
from functions.ports.access import ApiKeys
from functions.ports.account import AccountPause, ActiveAlarm, Alarms, QuotaStore
from functions.ports.emails import Emails
from functions.ports.statistics import Counters, PeriodCounters
from functions.steps.account.estimate_cost import EstimateCost
from functions.steps.statistics.read_statistics import total

_ACCOUNT = Subject(SubjectType.ACCOUNT)
_WEEK = 7


class Overview(Struct, frozen=True, kw_only=True):
    day: Counter[str]  # the last 24 whole hours, and the current one
    day_before: Counter[str]
    week: Counter[str]  # today and the six days before
    week_before: Counter[str]
    days: list[tuple[str, int]]  # sent mails of each day of both weeks
    month_sent: int
    month_cost: float  # in dollars, by list prices
    quota: SendQuota | None  # None: SES has not reported it yet
    pause: Pause | None  # of all marketing mail
    paused: list[Email]
    alarms: list[ActiveAlarm]
    has_email: bool
    has_key: bool  # or mail was sent: the keys are then not read

    @property
    def is_new(self) -> bool:
        """Returns whether there is still something to do before mail flows."""
        return not (self.has_email and self.has_key and self.week["sent"] + self.week_before["sent"])


class GetOverview(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    metrics: Counters
    quotas: QuotaStore
    pause: AccountPause
    emails: Emails
    keys: ApiKeys
    alarms: Alarms
    cost: EstimateCost
    clock: Clock

    def __call__(self, by: Actor) -> Overview:
        by.require(REPORTS)
        now = datetime.fromtimestamp(self.clock(), UTC)
        first = min(now.replace(day=1), now - timedelta(days=2 * _WEEK - 1))
        days = {one.period: one for one in self._read(first, now, days=True)}
        hours = self._read(now - timedelta(hours=47), now, days=False)
        edge = _hour(now - timedelta(hours=23))
        weeks = [_day(now - timedelta(days=ago)) for ago in range(2 * _WEEK - 1, -1, -1)]
        month_sent = sum(one.counters.get("sent", 0) for day, one in days.items() if day >= _day(now.replace(day=1)))
        emails, pause = self.emails.all(), self.pause.get()
        sent = any(days[day].counters.get("sent", 0) for day in weeks if day in days)
        return Overview(
            day=total(one.counters for one in hours if one.period >= edge),
            day_before=total(one.counters for one in hours if one.period < edge),
            week=total(days[day].counters for day in weeks[_WEEK:] if day in days),
            week_before=total(days[day].counters for day in weeks[:_WEEK] if day in days),
            days=[(day, days[day].counters.get("sent", 0) if day in days else 0) for day in weeks],
            month_sent=month_sent,
            month_cost=self.cost(month_sent).month.total,
            quota=self.quotas.get(),
            pause=pause if pause and pause.is_active else None,
            paused=[email for email in emails if email.is_paused],
            alarms=self.alarms.active(),
            has_email=any(email.published_revision for email in emails),
            has_key=sent or any(not key.revoked_at for key in self.keys.all()),
        )

    def _read(self, first: datetime, last: datetime, *, days: bool) -> list[PeriodCounters]:
        written = _day if days else _hour
        return self.metrics.read(_ACCOUNT, DateRange(written(first), written(last), days=days))


def _day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d")


def _hour(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H")
