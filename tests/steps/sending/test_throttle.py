from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from functions.core.errors import Retry, Throttled
from functions.core.sending.throttle import FRESH_SECONDS, SendQuota, SesQuota
from functions.ports.sending import OutgoingMail
from functions.steps.sending.throttle import SPREAD_SECONDS, ThrottledMailer, refresh_quota
from tests.fakes import Clock
from tests.fakes.account import MemoryQuotaStore
from tests.fakes.sending import MemoryMailer
from tests.support.examples import NOON

MAIL = OutgoingMail(
    sender="shop@example.com",
    recipient="ada@example.net",
    raw=b"",
    transactional=True,
    track_opens=False,
    track_clicks=False,
    tags={},
)


@dataclass
class ThrottleScenario:
    """An account with a quota, and workers that sleep by moving the clock."""

    quota: SesQuota = field(default_factory=lambda: SesQuota(10, None, 0))
    quotas: MemoryQuotaStore = field(default_factory=MemoryQuotaStore)
    mailer: MemoryMailer = field(default_factory=MemoryMailer)
    clock: Clock = field(default_factory=Clock)

    def refreshed(self, quota: SesQuota | None = None) -> ThrottleScenario:
        self.quota = quota or self.quota
        account = type("Account", (), {"quota": lambda _: self.quota})()
        refresh_quota(account=account, quotas=self.quotas, clock=self.clock)
        return self

    def worker(self) -> ThrottledMailer:
        return ThrottledMailer(mailer=self.mailer, quotas=self.quotas, clock=self.clock, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.clock.now += seconds

    @property
    def sent(self) -> int:
        return len(self.mailer.taken)


def test_without_a_quota_ses_itself_throttles() -> None:
    scenario = ThrottleScenario()
    worker = scenario.worker()
    for _ in range(100):
        worker.send(MAIL)
    assert (scenario.sent, scenario.clock.now) == (100, NOON)


def test_a_worker_reads_a_new_quota_within_a_minute() -> None:
    scenario = ThrottleScenario()
    worker = scenario.worker()
    worker.send(MAIL)
    scenario.refreshed(SesQuota(10, 0, 0))
    scenario.clock.now += 61
    with pytest.raises(Throttled):
        worker.send(MAIL)


def test_workers_together_stay_within_the_rate() -> None:
    """They wait a little for room, rather than have SES drop the mail."""
    scenario = ThrottleScenario().refreshed()
    workers = [scenario.worker() for _ in range(3)]
    for number in range(110):
        workers[number % 3].send(MAIL)
    assert scenario.sent == 110
    assert scenario.clock.now - NOON == pytest.approx(10, abs=0.2)


def test_a_longer_wait_goes_back_to_the_queue() -> None:
    scenario = ThrottleScenario().refreshed(SesQuota(0.5, None, 0))
    worker = scenario.worker()
    worker.send(MAIL)
    with pytest.raises(Throttled, match="as fast as SES lets it") as caught:
        worker.send(MAIL)
    assert 2 <= caught.value.after_seconds <= 3 + SPREAD_SECONDS
    assert scenario.sent == 1


def test_throttled_sends_come_back_spread_over_time() -> None:
    scenario = ThrottleScenario().refreshed(SesQuota(0.5, 0, 0))
    waits = set()
    for number in range(50):
        with pytest.raises(Throttled) as caught:
            scenario.worker().send(replace(MAIL, tags={"staffetta_send": str(number)}))
        waits.add(caught.value.after_seconds)
    assert len(waits) == SPREAD_SECONDS


def test_at_high_rates_a_worker_leases_a_block() -> None:
    scenario = ThrottleScenario().refreshed(SesQuota(1000, None, 0))
    worker = scenario.worker()
    for _ in range(50):
        worker.send(MAIL)
    assert scenario.quotas.stored
    assert scenario.quotas.stored.version == 2, "one save for fifty mails, beside the telling of the quota"


def test_an_old_block_expires() -> None:
    scenario = ThrottleScenario().refreshed(SesQuota(1000, None, 0))
    worker = scenario.worker()
    worker.send(MAIL)
    scenario.clock.now += 2
    worker.send(MAIL)
    assert scenario.quotas.stored
    assert scenario.quotas.stored.version == 3


def test_a_used_up_day_throttles_until_the_next_refresh() -> None:
    scenario = ThrottleScenario().refreshed(SesQuota(10, 100, 98))
    worker = scenario.worker()
    worker.send(MAIL)
    worker.send(MAIL)
    with pytest.raises(
        Throttled, match=r"quota of 24 hours is used up: it is read again at 2026-11-23T12:05:00.000Z"
    ) as caught:
        worker.send(MAIL)
    assert 300 <= caught.value.after_seconds <= 301 + SPREAD_SECONDS
    scenario.clock.now += 300
    scenario.refreshed(SesQuota(10, 100, 40))
    worker.send(MAIL)
    assert scenario.sent == 3


def test_a_stale_quota_is_ignored() -> None:
    scenario = ThrottleScenario().refreshed(SesQuota(10, 0, 0))
    scenario.clock.now += FRESH_SECONDS
    scenario.worker().send(MAIL)
    assert scenario.sent == 1


def test_refreshing_the_quota_retries_after_conflicts() -> None:
    scenario = ThrottleScenario().refreshed()

    @dataclass
    class Contended(MemoryQuotaStore):
        refusals: int = 3

        def save(self, quota: SendQuota) -> SendQuota | None:
            self.refusals -= 1
            return None if self.refusals >= 0 else super().save(quota)

    scenario.quotas = Contended(scenario.quotas.stored)
    scenario.refreshed(SesQuota(99, None, 0))
    assert scenario.quotas.stored
    assert scenario.quotas.stored.per_second == 99
    scenario.quotas = Contended(scenario.quotas.stored, refusals=100)
    with pytest.raises(Retry, match="workers saved the quota"):
        scenario.refreshed()
    with pytest.raises(Throttled, match="too many workers"):
        scenario.worker().send(MAIL)
