"""The rate limiter that all workers share. It limits them to the account's quota, because SES drops mail above it.

It is one stored value: a bucket that fills at our share of SES's rate, and the rest of the rolling 24 hours' quota. Both count
recipients, as SES does. Workers lease blocks from it. The quota is refreshed every few minutes, apart from the send path.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from functions.core.access.token_bucket import TokenBucket, TokenRate, full

FRESH_SECONDS = 3600  # an older quota is ignored: SES's own throttling then applies
BLOCK_MAX = 80  # mails that a worker sends in a second: tests/bench/capacity.py
LEAST_SHARE = 0.1  # of SES's rate that is always ours, even if SMTP users send more
BULK_RESERVE = 0.5  # the share of the bucket, and of the rest of the day's quota, that bulk mail leaves to single sends


class Priority(StrEnum):
    SINGLE = "single"  # waits behind nothing
    BULK = "bulk"


class SesQuota(Struct, frozen=True):
    """The account's quota as SES reports it, in recipients."""

    per_second: float
    per_day: int | None  # None: unlimited
    sent_last_day: int  # by all senders, SMTP included
    enabled: bool = True  # whether the account may send at all
    enforcement_status: str = (
        "HEALTHY"  # SES's word; PROBATION while it reviews the account, SHUTDOWN after it stopped it
    )
    production_access: bool = True  # False: in the sandbox, SES sends to verified recipients only
    plan: str = ""  # the account's pricing plan, such as ESSENTIALS; empty: not reported


class SendQuota(Struct, frozen=True, kw_only=True):
    bucket: TokenBucket
    per_second: float  # our share of SES's rate
    day_left: int | None  # until the quota is refreshed; None: unlimited
    fetched_at: float  # when SES reported the quota
    sent_elsewhere: int = 0  # mails of other senders since then
    quota: SesQuota | None = None  # as SES reported it
    version: int = 0  # of the stored item; 0: not stored yet

    @property
    def rate(self) -> TokenRate:
        """The rate. One second's recipients may be sent at once."""
        return TokenRate(self.per_second, max(1.0, self.per_second))

    @property
    def block(self) -> int:
        """The number of recipients in a lease. It is a twentieth of a second's at high rates, or leases would cost more than sends. It is
        at most what one worker sends while a lease lasts: the rest would be lost to the other workers.
        """
        return max(1, min(int(self.per_second / 20), BLOCK_MAX))

    @property
    def bulk_block(self) -> int:
        """A lease of bulk mail is larger: it costs a write, and bulk mail may wait for it."""
        return max(1, int(self.per_second / 4))

    def leased(self, count: int, now: float, priority: Priority = Priority.SINGLE) -> tuple[SendQuota, int]:
        """Leases up to `count` recipients. Returns the updated quota, and the number that it grants."""
        day = count if self.day_left is None else min(count, self._day_left(priority))
        bucket, granted = self.bucket.leased(day, self.rate, now, reserve=self._reserve(priority))
        left = None if self.day_left is None else self.day_left - granted
        return replace(self, bucket=bucket, day_left=left), granted

    @property
    def sandboxed(self) -> bool:
        """Returns whether the account is in SES's sandbox. An account whose quota was never read counts as in production."""
        return self.quota is not None and not self.quota.production_access

    def is_fresh(self, now: float) -> bool:
        """Returns False if the quota was not refreshed for long: SES itself then throttles, and sending never stops for ever."""
        return now < self.fetched_at + FRESH_SECONDS

    def exhausted(self, priority: Priority = Priority.SINGLE) -> bool:
        """Returns whether the day's quota is used up. The bucket does not refill it."""
        return self.day_left is not None and self._day_left(priority) <= 0

    def wait_seconds(self, now: float, priority: Priority = Priority.SINGLE, count: int = 1) -> float:
        """Returns how long it takes until the bucket has so many more recipients."""
        return self.bucket.wait_seconds(count, self.rate, now, reserve=self._reserve(priority))

    def _reserve(self, priority: Priority) -> float:
        """At SES's lowest rate, one recipient a second, no part of the bucket is left to reserve."""
        return min(BULK_RESERVE * self.rate.burst, self.rate.burst - 1) if priority is Priority.BULK else 0.0

    def _day_left(self, priority: Priority) -> int:
        left = self.day_left or 0
        return max(0, int(left * (1 - BULK_RESERVE)) if priority is Priority.BULK else left)


def with_quota(before: SendQuota | None, quota: SesQuota, now: float) -> SendQuota:
    """Returns the rate limiter's value after SES reported its quota. Our share of the rate is the rest that other senders left."""
    others = before.sent_elsewhere / (now - before.fetched_at) if before and now > before.fetched_at else 0.0
    per_second = max(quota.per_second * LEAST_SHARE, quota.per_second - others)
    rate = TokenRate(per_second, max(1.0, per_second))
    return SendQuota(
        bucket=before.bucket if before else full(rate, now),
        per_second=per_second,
        day_left=None if quota.per_day is None else max(0, quota.per_day - quota.sent_last_day),
        fetched_at=now,
        version=before.version if before else 0,
        quota=quota,
    )
