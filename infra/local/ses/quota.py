"""The account's sending limits. SES rejects sends over them; it never queues.

No library serves: `limits` refuses every message over a limit, but SES accepts one of these in an empty second.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from infra.local.ses.errors import SesError

UNLIMITED = -1.0
SECOND, DAY = timedelta(seconds=1), timedelta(hours=24)


class Quota:
    """Limits of recipients per second and in 24 hours. Both may be set at any time.

    A message with more recipients than the rate allows in a second is accepted if the second is still empty. Otherwise it
    could never be sent.
    """

    def __init__(
        self, clock: Callable[[], datetime], *, max_24_hour_send: float = 50_000.0, max_send_rate: float = 200.0
    ) -> None:
        self.max_24_hour_send = max_24_hour_send
        self.max_send_rate = max_send_rate
        self.throttled_next = 0  # how many of the next messages are over the rate, however slowly they come
        self._clock = clock
        self._second = _Window(SECOND)
        self._day = _Window(DAY)

    def spend(self, recipients: int, *, counted: int) -> None:
        """Counts `recipients` against the rate and `counted` of them against the day (the mailbox simulator's are free)."""
        now = self._clock()
        used = self._second.total(now)
        if self.throttled_next or (used and used + recipients > self.max_send_rate):
            self.throttled_next = max(self.throttled_next - 1, 0)
            raise SesError("TooManyRequestsException", "Maximum sending rate exceeded.")
        if self.max_24_hour_send != UNLIMITED and self._day.total(now) + counted > self.max_24_hour_send:
            raise SesError("TooManyRequestsException", "Daily message quota exceeded.")
        self._second.add(now, recipients)
        self._day.add(now, counted)

    @property
    def sent_last_24_hours(self) -> float:
        return float(self._day.total(self._clock()))


class _Window:
    """A sum over the last `length` of time, in at most a thousand entries for any number of additions."""

    def __init__(self, length: timedelta) -> None:
        self._length = length
        self._grain = length / 1000
        self._spent: deque[tuple[datetime, int]] = deque()
        self._sum = 0

    def add(self, now: datetime, count: int) -> None:
        self._sum += count
        if self._spent and now - self._spent[-1][0] < self._grain:
            start, before = self._spent.pop()
            self._spent.append((start, before + count))
        else:
            self._spent.append((now, count))

    def total(self, now: datetime) -> int:
        while self._spent and now - self._spent[0][0] >= self._length:
            self._sum -= self._spent.popleft()[1]
        return self._sum
