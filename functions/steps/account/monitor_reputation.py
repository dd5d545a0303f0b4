"""Monitor reputation: pause marketing mail with too many bounces or complaints, before SES pauses the whole account."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from functions.core.access.actor import unrestricted
from functions.core.account import reputation
from functions.core.account.reputation import OF_ALL, OF_AN_EMAIL, FeedbackRates
from functions.core.emails.email import Email
from functions.core.emails.pause import REPUTATION, Pause
from functions.core.statistics import periods
from functions.ports import Clock
from functions.ports.account import AccountPause, SweepPosition
from functions.ports.emails import Emails
from functions.ports.statistics import Counters
from functions.steps.account.pause import PauseSending

BATCH = 100  # emails that are read at once


class ReputationSums(Struct, frozen=True):
    """The marketing mail of the emails up to one id: what a pass over all emails has read, if one call has no time for all of them."""

    after: int = 0
    rates: FeedbackRates = FeedbackRates()


class EmailReputation(Struct, frozen=True):
    """An email with recent sends, and its rates of bounces and complaints."""

    email: Email
    rates: FeedbackRates

    @property
    def can_pause(self) -> bool:
        """Neither transactional nor paused already."""
        return not self.email.transactional and not self.email.is_paused


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
    position: SweepPosition
    clock: Clock

    def __call__(self, until: float = math.inf) -> list[str]:
        """Returns the reason of each pause that it made. If nothing was sent, it reads next to nothing. Works until a time, and the next call
        continues. All marketing mail is judged at the end of a pass over all emails.
        """
        account = self.account.get()
        before = self.position.get()
        sums = msgspec.json.decode(before, type=ReputationSums) if before else ReputationSums()
        reasons: list[str] = []
        for one in self._reputations(account, transactional=False, after=sums.after):
            if self.clock() >= until:
                self.position.set(msgspec.json.encode(sums).decode())
                return reasons
            exceeded = reputation.exceeded_limit(one.rates, OF_AN_EMAIL) if one.can_pause else ""
            if exceeded:
                reasons.append(self._pause(one.email.id, exceeded))
            counted = [one.rates] if one.can_pause and not exceeded else []
            sums = ReputationSums(one.email.id, reputation.combined([sums.rates, *counted]))
        if before:
            self.position.set("")
        reason = reputation.exceeded_limit(sums.rates, OF_ALL)
        if reason and not (account and account.is_active):
            reasons.append(self._pause(None, reason))
        return reasons

    def report(self, *, transactional: bool) -> ReputationReport:
        """Returns the reputation of the emails with recent sends; `transactional` includes transactional ones."""
        account = self.account.get()
        return ReputationReport(list(self._reputations(account, transactional=transactional)), account)

    def _reputations(self, account: Pause | None, *, transactional: bool, after: int = 0) -> Iterator[EmailReputation]:
        """Yields the reputations of the emails above an id, in the order of their ids."""
        since = periods.day(reputation.judged_since(self.clock()))
        email_ids = [email_id for email_id in self.metrics.emails(since, periods.LAST) if email_id > after]
        for start in range(0, len(email_ids), BATCH):
            emails = self.emails.heads(email_ids[start : start + BATCH])
            for email in sorted(emails, key=lambda one: one.id):
                if transactional or not email.transactional:
                    yield EmailReputation(email, self._rates(email, account))

    def _rates(self, email: Email, account: Pause | None) -> FeedbackRates:
        since = reputation.judged_since(self.clock(), email.pause, account)
        counted = self.metrics.by_email(since, periods.LAST, [email.id])
        return reputation.combined(reputation.rates(one.counters) for one in counted)

    def _pause(self, email_id: int | None, reason: str) -> str:
        self.pausing.pause(email_id, reason, unrestricted(REPUTATION))
        return f"email {email_id}: {reason}" if email_id else f"all mail that is not transactional: {reason}"
