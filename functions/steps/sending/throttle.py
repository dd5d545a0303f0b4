"""Throttle: keep all workers together within SES's sending quota, and refresh the quota from SES."""

from __future__ import annotations

import random
import threading
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from functions.core import timestamps
from functions.core.errors import Retry, Throttled
from functions.core.sending import throttle
from functions.core.sending.throttle import Priority, SendQuota

if TYPE_CHECKING:
    from functions.ports import Clock
    from functions.ports.account import QuotaStore, SendingAccount
    from functions.ports.sending import Mailer, OutgoingMail

WAIT_MAX_SECONDS = 0.5  # a longer wait is cheaper in the queue
SPREAD_SECONDS = 10  # throttled sends come back spread over this time, not all at once
TICK_SECONDS = 0.001  # added to a wait, since the clock and the bucket round
BLOCK_SECONDS = 1  # the life of leased tokens: older ones would be a burst
MISSING_SECONDS = 60  # until a worker reads the quota again if none was stored
REFRESH_SECONDS = 300  # between two refreshes of the quota
CONFLICT_SECONDS = 0.01  # doubled with each lease that another worker's made void
SAVES = 10  # attempts against other workers, before the mail goes back to the queue


class ThrottledMailer(Struct, kw_only=True):
    """A Mailer that stays within SES's quota. All threads of a worker share one, and its block of tokens."""

    mailer: Mailer
    quotas: QuotaStore
    clock: Clock
    sleep: Callable[[float], None]
    priority: Priority = Priority.SINGLE
    lock: AbstractContextManager[Any] = field(default_factory=threading.Lock)  # held while it leases
    _cached: SendQuota | None = None
    _read_after: float = 0.0  # if none was stored
    _block: int = 0
    _block_until: float = 0.0

    def send(self, mail: OutgoingMail) -> str:
        """Raises Throttled if SES's quota has no room for it now, and what the mailer raises."""
        self.take(zlib.crc32(str(mail.tags).encode()))
        return self.mailer.send(mail)

    def take(self, number: int) -> None:
        """Takes one mail's part of the quota. Raises Throttled: mails with different numbers come back at different times."""
        with self.lock:
            self._take(number % SPREAD_SECONDS)

    def _take(self, spread: int) -> None:
        if self._block <= 0 or self.clock() >= self._block_until:
            self._block = self._lease(spread)
            self._block_until = self.clock() + BLOCK_SECONDS
        self._block -= 1

    def _lease(self, spread: int) -> int:
        """Returns how many mails may be sent. Waits a little for room, or raises Throttled."""
        patience = WAIT_MAX_SECONDS
        for attempt in range(SAVES):
            quota = self._quota()
            if quota is None or not quota.is_fresh(self.clock()):
                self._cached = None
                return 1  # the quota is missing or stale, so SES itself has to throttle
            after, leased = self._leased(quota)
            if leased:
                self._cached = self.quotas.save(after)
                if self._cached:
                    return leased
                if attempt:  # one conflict is usual, and its retry mostly succeeds
                    pause = min(CONFLICT_SECONDS * 2**attempt, WAIT_MAX_SECONDS)
                    self.sleep(random.uniform(0, pause))  # noqa: S311 - spreads load, hides nothing
            else:
                patience -= self._wait(quota, patience, spread)
        raise Throttled("too many workers lease from the quota at once", after_seconds=1 + spread)

    def _leased(self, quota: SendQuota) -> tuple[SendQuota, int]:
        """Bulk mail leases whole blocks, or nothing."""
        now, priority = self.clock(), self.priority
        if priority is Priority.BULK and quota.wait_seconds(now, priority, quota.bulk_block):
            return quota, 0
        return quota.leased(self._block_of(quota), now, priority)

    def _block_of(self, quota: SendQuota) -> int:
        return quota.bulk_block if self.priority is Priority.BULK else quota.block

    def _wait(self, quota: SendQuota, patience: float, spread: int) -> float:
        """Waits until there is room, and returns for how many seconds. Raises Throttled if that is longer than `patience`."""
        now = self.clock()
        if quota.exhausted(self.priority):
            self._cached = None  # a refresh may have found room: the next mail reads it
            raise _day_is_used_up(quota, now, spread)
        block = self._block_of(quota) if self.priority is Priority.BULK else 1
        seconds = quota.wait_seconds(now, self.priority, block) + TICK_SECONDS
        if seconds > patience:
            raise Throttled("the account sends as fast as SES lets it", after_seconds=int(seconds) + 1 + spread)
        self.sleep(seconds)
        return seconds

    def _quota(self) -> SendQuota | None:
        """Returns the cached quota; a failed conditional save reveals that another worker changed it."""
        if self._cached is None and self.clock() >= self._read_after:
            self._cached = self.quotas.get()
            self._read_after = 0.0 if self._cached else self.clock() + MISSING_SECONDS
        return self._cached


def _day_is_used_up(quota: SendQuota, now: float, spread: int) -> Throttled:
    refreshed_at = max(quota.fetched_at + REFRESH_SECONDS, now)
    reason = f"SES's quota of 24 hours is used up: it is read again at {timestamps.iso(refreshed_at)}"
    return Throttled(reason, after_seconds=int(refreshed_at - now) + 1 + spread)


def refresh_quota(*, account: SendingAccount, quotas: QuotaStore, clock: Clock) -> SendQuota:
    """Reads the account's quota from SES and stores it. Raises Retry if workers saved first at each attempt."""
    quota = account.quota()
    for _ in range(SAVES):
        saved = quotas.save(throttle.with_quota(quotas.get(), quota, clock()))
        if saved:
            return saved
    raise Retry("workers saved the quota at each attempt to refresh it")
