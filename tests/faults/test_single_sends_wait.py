"""A single send never waits behind a broadcast: how long single sends wait for the rate while 20,000 recipients are under way."""

from __future__ import annotations

import pytest

from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.sending.throttle import Priority, SesQuota, with_quota
from functions.steps.sending.throttle import ThrottledMailer
from tests.fakes import Clock
from tests.fakes.account import MemoryQuotaStore
from tests.fakes.sending import MemoryMailer
from tests.support.broadcasts import BroadcastScenario
from tests.support.examples import NOON

pytestmark = pytest.mark.timeout(600)
RECIPIENTS, RATE = 20_000, 100  # a broadcast fills the rate for 200 seconds
EVERY = 200  # recipients between two single sends
LONGEST = 0.001  # seconds: the bucket always has the part that bulk mail leaves


class _Bulk:
    """The broadcast's lane, in which a single send arrives now and then."""

    def __init__(self, clock: Clock, quotas: MemoryQuotaStore, priority: Priority) -> None:
        self.clock, self.waits = clock, list[float]()
        self.mailer = MemoryMailer()
        self.single = ThrottledMailer(mailer=self.mailer, quotas=quotas, clock=clock, sleep=self._pass)
        self.bulk = ThrottledMailer(mailer=self.mailer, quotas=quotas, clock=clock, sleep=self._pass, priority=priority)
        self.taken = 0

    def take(self, number: int) -> None:
        self.bulk.take(number)
        self.taken += 1
        if self.taken % EVERY == 0:
            begun = self.clock()
            self.single.take(number)
            self.waits.append(self.clock() - begun)

    def _pass(self, seconds: float) -> None:
        self.clock.now += seconds


def waits(priority: Priority, recipients: int = RECIPIENTS) -> tuple[BroadcastScenario, _Bulk]:
    clock = Clock()
    quotas = MemoryQuotaStore(with_quota(None, SesQuota(per_second=RATE, per_day=None, sent_last_day=0), NOON))
    rate = _Bulk(clock, quotas, priority)
    scenario = BroadcastScenario(clock=clock, rate=rate)
    scenario.send(lists=(scenario.a_list(*(f"p{number}@example.net" for number in range(recipients))),))
    scenario.run(5000)
    return scenario, rate


def test_single_sends_do_not_wait_for_a_broadcast() -> None:
    scenario, rate = waits(Priority.BULK)
    assert len(scenario.mailed()) == RECIPIENTS
    assert [one.state for one in scenario.broadcasts.all()] == [BroadcastState.DONE]
    assert len(rate.waits) >= RECIPIENTS // EVERY
    assert max(rate.waits) <= LONGEST, f"a single send waited {max(rate.waits):.3f} seconds"


def test_without_a_lane_of_its_own_single_sends_wait() -> None:
    """Shows that the measurement bites."""
    _, rate = waits(Priority.SINGLE, 2000)
    assert max(rate.waits) > LONGEST
