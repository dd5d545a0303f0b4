"""Monitor reputation: pause marketing mail with too many bounces or complaints, before SES pauses the whole account."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from functions.core.access.actor import unrestricted
from functions.core.account import reputation
from functions.core.account.reputation import OF_ALL, OF_AN_EMAIL, FeedbackRates
from functions.core.emails.email import TRANSACTIONAL, Email
from functions.core.emails.pause import REPUTATION, Pause
from functions.core.statistics import periods
from functions.ports import Clock
from functions.ports.account import AccountPause
from functions.ports.emails import Emails
from functions.ports.statistics import Counters
from functions.steps.account.pause import PauseSending


class EmailReputation(Struct, frozen=True):
    """An email with recent sends, and its rates of bounces and complaints."""

    email: Email
    rates: FeedbackRates

    @property
    def can_pause(self) -> bool:
        """Neither transactional nor paused already."""
        return self.email.subscription != TRANSACTIONAL and not (self.email.pause and self.email.pause.is_active)


class ReputationReport(Struct, frozen=True):
    emails: list[EmailReputation]
    account: Pause | None

    @property
    def combined(self) -> FeedbackRates:
        """Returns the rates of all marketing mail. An email that is paused by itself is left out: it does no further harm."""
        return reputation.combined(one.rates for one in self.emails if one.can_pause)


class ReputationMonitor(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    metrics: Counters
    emails: Emails
    account: AccountPause
    pausing: PauseSending
    clock: Clock

    def __call__(self) -> list[str]:
        """Returns the reason of each pause that it made. If nothing was sent, it reads next to nothing."""
        report = self.report(transactional=False)
        exceeded = {
            one.email.id: reputation.exceeded_limit(one.rates, OF_AN_EMAIL) for one in report.emails if one.can_pause
        }
        reasons = [self._pause(email_id, reason) for email_id, reason in exceeded.items() if reason]
        rest = ReputationReport([one for one in report.emails if not exceeded.get(one.email.id)], report.account)
        reason = reputation.exceeded_limit(rest.combined, OF_ALL)
        if reason and not (report.account and report.account.is_active):
            reasons.append(self._pause(None, reason))
        return reasons

    def report(self, *, transactional: bool) -> ReputationReport:
        """Returns the reputation of the emails with recent sends; `transactional` includes transactional ones."""
        account = self.account.get()
        emails = [
            EmailReputation(email, self._rates(email, account))
            for email in self._active()
            if transactional or email.subscription != TRANSACTIONAL
        ]
        return ReputationReport(emails, account)

    def _active(self) -> Iterator[Email]:
        since = periods.day(reputation.judged_since(self.clock()))
        for email_id in self.metrics.emails(since, periods.LAST):
            if email := self.emails.get(email_id):
                yield email

    def _rates(self, email: Email, account: Pause | None) -> FeedbackRates:
        since = reputation.judged_since(self.clock(), email.pause, account)
        counted = self.metrics.by_email(since, periods.LAST, [email.id])
        return reputation.combined(reputation.rates(one.counters) for one in counted)

    def _pause(self, email_id: int | None, reason: str) -> str:
        self.pausing.pause(email_id, reason, unrestricted(REPUTATION))
        return f"email {email_id}: {reason}" if email_id else f"all mail that is not transactional: {reason}"
