"""Watch reputation: pause what bounces or annoys too much, before SES pauses the whole account."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

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
    """An email that sent something lately, and how it did."""

    email: Email
    rates: FeedbackRates

    @property
    def can_pause(self) -> bool:
        """Neither transactional nor paused already."""
        return self.email.subscription != TRANSACTIONAL and not (self.email.pause and self.email.pause.is_active)


class Reputation(Struct, frozen=True):
    emails: list[EmailReputation]
    account: Pause | None

    @property
    def combined(self) -> FeedbackRates:
        """Of all mail that is not transactional. What is paused by itself does no more harm: the others need not stop for it."""
        return reputation.combined(one.rates for one in self.emails if one.can_pause)


class ReputationMonitor(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    metrics: Counters
    emails: Emails
    account: AccountPause
    pausing: PauseSending
    clock: Clock

    def __call__(self) -> list[str]:
        """Why, for each pause that it made. Where nothing was sent, next to nothing is read."""
        seen = self.report(transactional=False)
        wrong = {
            one.email.id: reputation.exceeded_limit(one.rates, OF_AN_EMAIL) for one in seen.emails if one.can_pause
        }
        reasons = [self._paused(email_id, reason) for email_id, reason in wrong.items() if reason]
        rest = Reputation([one for one in seen.emails if not wrong.get(one.email.id)], seen.account)
        reason = reputation.exceeded_limit(rest.combined, OF_ALL)
        if reason and not (seen.account and seen.account.is_active):
            reasons.append(self._paused(None, reason))
        return reasons

    def report(self, *, transactional: bool) -> Reputation:
        """How the emails do that sent anything lately; the transactional ones too, if asked for."""
        account = self.account.get()
        watched = [
            EmailReputation(email, self._rates(email, account))
            for email in self._active()
            if transactional or email.subscription != TRANSACTIONAL
        ]
        return Reputation(watched, account)

    def _active(self) -> Iterator[Email]:
        since = periods.day(reputation.judged_since(self.clock()))
        for email_id in self.metrics.emails(since, periods.LAST):
            if email := self.emails.get(email_id):
                yield email

    def _rates(self, email: Email, account: Pause | None) -> FeedbackRates:
        since = reputation.judged_since(self.clock(), email.pause, account)
        counted = self.metrics.by_email(since, periods.LAST, [email.id])
        return reputation.combined(reputation.rates(one.counters) for one in counted)

    def _paused(self, email_id: int | None, reason: str) -> str:
        self.pausing.pause(email_id, reason, REPUTATION)
        return f"email {email_id}: {reason}" if email_id else f"all mail that is not transactional: {reason}"
