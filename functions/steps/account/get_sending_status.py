"""Gets the account's sending status: reputation, quota and emails, for people and their monitoring."""

from __future__ import annotations

from msgspec import Struct

from functions.core.emails.email import Email
from functions.core.sending.throttle import SendQuota
from functions.ports.account import QuotaStore
from functions.ports.emails import Emails
from functions.steps.account.monitor_reputation import ReputationMonitor, ReputationReport


class SendingStatus(Struct, frozen=True):
    reputation: ReputationReport
    quota: SendQuota | None  # None: SES has not reported yet
    emails: list[Email]


class GetSendingStatus(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    monitor: ReputationMonitor
    quota_store: QuotaStore
    emails: Emails

    def __call__(self) -> SendingStatus:
        return SendingStatus(self.monitor.report(transactional=True), self.quota_store.get(), self.emails.all())
