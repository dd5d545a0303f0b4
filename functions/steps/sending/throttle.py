"""Govern: take leave of the governor before each mail, and tell the governor what SES allows."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable

from msgspec import Struct, field

from functions.core import timestamps
from functions.core.errors import Retry, Throttled
from functions.core.sending import throttle
from functions.core.sending.throttle import SendQuota
from functions.ports import Clock
from functions.ports.account import QuotaStore, SendingAccount
from functions.ports.sending import Mailer, OutgoingMail

PATIENCE_SECONDS = 0.5  # of a worker: a longer wait is cheaper in the queue
SPREAD_SECONDS = 10  # over which those who wait in the queue come back, lest they all come at once
TICK_SECONDS = 0.001  # more than needed, for a clock and a bucket that round
BLOCK_SECONDS = 1  # for which leased tokens are good: older ones would be a burst
UNTOLD_SECONDS = 60  # after which a governor that was not there is looked for again
NEXT_LOOK_SECONDS = 300  # the quota is told this often
SAVES = 10  # against other workers, before the mail goes back to the queue


class ThrottledMailer(Struct, kw_only=True):
    """A Mailer that stays within SES's quota. One for all threads of a worker, which share its block of tokens."""

    mailer: Mailer
    governors: QuotaStore
    clock: Clock
    sleep: Callable[[float], None]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _known: SendQuota | None = None  # as last seen: mostly it still is so, which spares a read
    _look_after: float = 0.0  # where there is none
    _block: int = 0
    _block_until: float = 0.0

    def send(self, mail: OutgoingMail) -> str:
        """Raises Throttled where SES's quota has no room for it now, beside what the mailer raises."""
        with self._lock:
            self._take(zlib.crc32(str(mail.tags).encode()) % SPREAD_SECONDS)
        return self.mailer.send(mail)

    def _take(self, spread: int) -> None:
        if self._block <= 0 or self.clock() >= self._block_until:
            self._block = self._leased(spread)
            self._block_until = self.clock() + BLOCK_SECONDS
        self._block -= 1

    def _leased(self, spread: int) -> int:
        patience = PATIENCE_SECONDS
        for _ in range(SAVES):
            known = self._governor()
            if known is None or not known.is_fresh(self.clock()):
                self._known = None
                return 1  # nobody tells the quota, so SES itself has to throttle
            after, got = known.leased(known.block, self.clock())
            if got:
                self._known = self.governors.save(after)
                if self._known:
                    return got
            else:
                patience -= self._wait(known, patience, spread)
        raise Throttled("too many workers ask the governor at once", after_seconds=1 + spread)

    def _wait(self, known: SendQuota, patience: float, spread: int) -> float:
        """Until there is room, for so many seconds. Raises Throttled where that is too long for a worker."""
        now = self.clock()
        if known.exhausted():
            self._known = None  # it may be told anew: another look next time
            raise _day_is_used_up(known, now, spread)
        seconds = known.wait_seconds(now) + TICK_SECONDS
        if seconds > patience:
            raise Throttled("the account sends as fast as SES lets it", after_seconds=int(seconds) + 1 + spread)
        self.sleep(seconds)
        return seconds

    def _governor(self) -> SendQuota | None:
        """As last seen; what others changed since, a refused save tells. None while there is none."""
        if self._known is None and self.clock() >= self._look_after:
            self._known = self.governors.get()
            self._look_after = 0.0 if self._known else self.clock() + UNTOLD_SECONDS
        return self._known


def _day_is_used_up(known: SendQuota, now: float, spread: int) -> Throttled:
    look = max(known.fetched_at + NEXT_LOOK_SECONDS, now)
    reason = f"SES's quota of 24 hours is used up: the next look whether it has room again is at {timestamps.iso(look)}"
    return Throttled(reason, after_seconds=int(look - now) + 1 + spread)


def refresh_quota(*, account: SendingAccount, governors: QuotaStore, clock: Clock) -> SendQuota:
    """Ask SES what the account may send, and tell the governor. Raises Retry where workers were quicker each time."""
    quota = account.quota()
    for _ in range(SAVES):
        saved = governors.save(throttle.told(governors.get(), quota, clock()))
        if saved:
            return saved
    raise Retry("workers saved the governor each time that it was to be told the quota")
