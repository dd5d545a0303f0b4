"""What the deployed service carries, on paper, and the same by a simulation that runs the real rules.

The model is arithmetic on what was measured or assumed. The simulation has a queue, workers that take batches, and the real rate limiter
(steps.sending.throttle) on one item with the latency of DynamoDB, so that workers overwrite each other's leases as they do in AWS.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from functions.core.errors import Throttled
from functions.core.sending.throttle import SendQuota, SesQuota, with_quota
from functions.steps.sending.throttle import ThrottledMailer
from tests.bench.virtual_time import VirtualTime
from tests.fakes.account import MemoryQuotaStore

BATCH = 10  # of the send queue
MEASURED = 1000  # changes in a batch of measure, under load
LANES = 10  # of a worker: mails that wait for AWS together
CALL_SECONDS, SES_SECONDS = 0.005, 0.060  # assumed: how long AWS takes to answer
CALLS = 6  # of a batch one after the other, SES's not counted: two reads, contact, claim, outcome, contents
CPU_SECONDS = 0.0007  # of a whole processor for a mail: rounded up from `make bench`
PROCESSOR = 1024 / 1769  # of a whole one, with deliver's memory
PARTITION_WRITES = 1000  # a second, AWS's limit
HOT_SHARE = 0.1  # of that limit, for any key of ours
POLL_SECONDS = 0.02  # from an empty receive to the next
SPARE = 1.25  # workers for each one that the arithmetic needs


def batch_seconds() -> float:
    """How long a worker takes for a full batch: its mails wait side by side, and share one processor."""
    return CALLS * CALL_SECONDS + SES_SECONDS + BATCH * CPU_SECONDS / PROCESSOR


def workers_for(rate: float) -> int:
    """The value of `staffetta:deliverConcurrency` for so many mails a second."""
    return max(2, math.ceil(SPARE * rate * batch_seconds() / BATCH))


def accept_concurrency(rate: float) -> int:
    """How many instances of `single_send` run at once: two calls, and half a millisecond of a processor at 512 MB."""
    return math.ceil(rate * (2 * CALL_SECONDS + 0.0005 * 1769 / 512))


@dataclass
class Outcome:
    sent_per_second: float  # over the second half
    waiting: int  # sends in the queue at the end
    peak: int  # mails in the busiest second
    quota_writes: float  # a second, on the one item of the rate limiter
    conflicts: float  # the share of its writes that another worker's made void


@dataclass
class Simulation:
    """Sends arrive evenly at `rate`; SES allows `ses_rate`."""

    rate: float
    workers: int
    ses_rate: float
    seconds: float = 12.0
    time: VirtualTime = field(default_factory=VirtualTime)
    sent: Counter[int] = field(default_factory=Counter)  # by the second
    taken: int = 0
    later: list[float] = field(default_factory=list)  # when throttled sends are visible again

    def run(self) -> Outcome:
        quota = with_quota(None, SesQuota(self.ses_rate, None, 0), 0.0)
        store = _SlowStore(MemoryQuotaStore(quota), self.time)
        self.time.run([self._worker(store) for _ in range(self.workers)])
        half = int(self.seconds / 2)
        steady = sum(count for second, count in self.sent.items() if half <= second < int(self.seconds))
        waiting = int(self.rate * self.seconds) - sum(self.sent.values())
        return Outcome(
            sent_per_second=steady / (int(self.seconds) - half),
            waiting=waiting,
            peak=max(self.sent.values()),
            quota_writes=store.writes / self.seconds,
            conflicts=store.conflicts / max(1, store.writes),
        )

    def _worker(self, store: _SlowStore) -> Callable[[], None]:
        throttle = ThrottledMailer(mailer=_NO_MAILER, quotas=store, clock=self.time.now, sleep=self.time.sleep)

        def work() -> None:
            while self.time.now() < self.seconds:
                batch = self._receive()
                for number in range(batch):
                    try:
                        throttle.take(number)
                    except Throttled as throttled:
                        heapq.heappush(self.later, self.time.now() + throttled.after_seconds)
                    else:
                        self.sent[int(self.time.now())] += 1
                self.time.sleep(batch_seconds() if batch else POLL_SECONDS)

        return work

    def _receive(self) -> int:
        batch = 0
        while batch < BATCH and self.later and self.later[0] <= self.time.now():
            heapq.heappop(self.later)
            batch += 1
        new = min(BATCH - batch, int(self.rate * self.time.now()) - self.taken)
        self.taken += new
        return batch + new


@dataclass
class _SlowStore:
    """The item of the rate limiter, with DynamoDB's latency before each answer."""

    store: MemoryQuotaStore
    time: VirtualTime
    writes: int = 0
    conflicts: int = 0

    def get(self) -> SendQuota | None:
        self.time.sleep(CALL_SECONDS / 2)
        read = self.store.get()
        self.time.sleep(CALL_SECONDS / 2)
        return read

    def save(self, quota: SendQuota) -> SendQuota | None:
        self.time.sleep(CALL_SECONDS / 2)
        saved = self.store.save(quota)
        self.writes += 1
        self.conflicts += saved is None
        self.time.sleep(CALL_SECONDS / 2)
        return saved

    def add_external(self, mails: int) -> None:
        self.store.add_external(mails)


class _NoMailer:
    def send(self, mail: object) -> str:
        raise NotImplementedError("the simulation takes tokens only")


_NO_MAILER = _NoMailer()
