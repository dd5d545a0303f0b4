"""The governor keeps all workers together within what SES lets the account send, because SES drops what is above it.

It is one shared value: a bucket that fills at our share of SES's rate, and what is left of the rolling 24 hours' quota. Both count
recipients, as SES does. Workers lease blocks from it; the quota is told anew every few minutes, apart from the send path.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from functions.core.access.token_bucket import TokenBucket, TokenRate, full

BELIEVED_SECONDS = 3600
LEAST_SHARE = 0.1  # of SES's rate that stays ours, however much others send over SMTP
BULK_RESERVE = 0.5  # of the bucket, and of what is left of the day, that bulk mail must leave to single sends


class Priority(StrEnum):
    SINGLE = "single"  # waits behind nothing
    BULK = "bulk"


class SesQuota(Struct, frozen=True):
    """What SES tells of the account, in recipients."""

    per_second: float
    per_day: int | None  # None: unlimited
    sent_last_day: int  # by whomever: SMTP too
    enabled: bool = True  # whether the account may send at all
    enforcement_status: str = (
        "HEALTHY"  # SES's word; PROBATION while it reviews the account, SHUTDOWN once it stopped it
    )


class SendQuota(Struct, frozen=True, kw_only=True):
    bucket: TokenBucket
    per_second: float  # our share of SES's rate
    day_left: int | None  # until the quota is told again; None: unlimited
    fetched_at: float  # when SES told the quota
    sent_elsewhere: int = 0  # mails since then that were not ours
    quota: SesQuota | None = None  # as SES told it
    version: int = 0  # of the stored item; 0: not stored yet

    @property
    def rate(self) -> TokenRate:
        """A second's worth may go at once."""
        return TokenRate(self.per_second, max(1.0, self.per_second))

    @property
    def block(self) -> int:
        """How many recipients a worker leases at a time: at high rates a twentieth of a second's, or leasing would cost more than sending."""
        return max(1, int(self.per_second / 20))

    def leased(self, wanted: int, now: float, lane: Priority = Priority.SINGLE) -> tuple[SendQuota, int]:
        """Up to `wanted` recipients: the governor as it then is, and how many it grants."""
        day = wanted if self.day_left is None else min(wanted, self._day_left(lane))
        bucket, got = self.bucket.leased(day, self.rate, now, reserve=self._reserve(lane))
        left = None if self.day_left is None else self.day_left - got
        return replace(self, bucket=bucket, day_left=left), got

    def is_fresh(self, now: float) -> bool:
        """Not where nobody has told it the quota for long: better let SES itself throttle than stop for ever."""
        return now < self.fetched_at + BELIEVED_SECONDS

    def exhausted(self, lane: Priority = Priority.SINGLE) -> bool:
        """Whether the day's quota is used up, which no waiting for the bucket will mend."""
        return self.day_left is not None and self._day_left(lane) <= 0

    def wait_seconds(self, now: float, lane: Priority = Priority.SINGLE) -> float:
        """How long until the bucket has one more."""
        return self.bucket.wait_seconds(1, self.rate, now, reserve=self._reserve(lane))

    def _reserve(self, lane: Priority) -> float:
        return BULK_RESERVE * self.rate.burst if lane is Priority.BULK else 0.0

    def _day_left(self, lane: Priority) -> int:
        left = self.day_left or 0
        return max(0, int(left * (1 - BULK_RESERVE)) if lane is Priority.BULK else left)


def told(before: SendQuota | None, quota: SesQuota, now: float) -> SendQuota:
    """The governor after SES told the quota: our share of the rate is what others left of it since it was told before."""
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
