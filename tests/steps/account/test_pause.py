"""Pausing, by hand and for a bad reputation, and what a pause does to sends."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import unrestricted
from functions.core.access.audit import AuditAction
from functions.core.emails.email import TRANSACTIONAL
from functions.core.emails.pause import REPUTATION, Pause
from functions.core.errors import Conflict, NotFound
from functions.core.outcomes import SendResult
from functions.core.sending.send import State
from functions.core.statistics.counter_updates import Change
from functions.steps.access.audit import AuditLog
from functions.steps.account.monitor_reputation import ReputationMonitor
from functions.steps.account.pause import PauseSending
from functions.steps.sending.check_pause import CACHE_SECONDS, CheckPause
from functions.steps.statistics.measure import measure
from tests.fakes import Clock
from tests.fakes.access import MemoryAudit
from tests.fakes.account import MemoryAccountPause
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import MemoryListings, MemorySweepPosition
from tests.fakes.statistics import MemoryCounters
from tests.support.examples import NOON, NOON_TEXT, a_message, an_email

ADA = "ada@example.com"
NEWS, RECEIPT, PLAIN = 8, 7, 9
BOUNCE = {"kind": "BOUNCED", "at": NOON_TEXT, "type": "Permanent"}
COMPLAINT = {"kind": "COMPLAINED", "at": NOON_TEXT}


def emails() -> MemoryEmails:
    """A newsletter, a receipt, and a newsletter of another kind."""
    return MemoryEmails(
        live={
            NEWS: an_email(id=NEWS, subscription="news"),
            RECEIPT: an_email(id=RECEIPT),
            PLAIN: an_email(id=PLAIN, subscription="offers"),
        }
    )


@dataclass
class PauseScenario:
    clock: Clock = field(default_factory=Clock)
    emails: MemoryEmails = field(default_factory=emails)
    account: MemoryAccountPause = field(default_factory=MemoryAccountPause)
    metrics: MemoryCounters = field(default_factory=MemoryCounters)
    audit: MemoryAudit = field(default_factory=MemoryAudit)
    position: MemorySweepPosition = field(default_factory=MemorySweepPosition)
    counted: int = 0

    @property
    def pausing(self) -> PauseSending:
        log = AuditLog(self.audit, self.clock, lambda: str(len(self.audit.entries)))
        return PauseSending(
            emails=self.emails, account=self.account, audit=log, clock=self.clock, sleep=self.clock.sleep
        )

    @property
    def check(self) -> CheckPause:
        return CheckPause(emails=self.emails, account=self.account.get, clock=self.clock)

    def monitor(self, until: float = math.inf) -> list[str]:
        watch = ReputationMonitor(
            metrics=self.metrics,
            emails=self.emails,
            account=self.account,
            pausing=self.pausing,
            position=self.position,
            clock=self.clock,
        )
        return watch(until)

    def sent(self, email_id: int, mails: int, **facts: dict[str, Any]) -> None:
        """So many mails, each with these facts, are counted."""
        for _ in range(mails):
            self.counted += 1
            message = a_message(
                f"s-{self.counted}",
                email_id=email_id,
                state=State.SENT,
                accepted_at=timestamps.iso(self.clock()),
                timeline=facts,
            )
            measure(
                "shard",
                [Change(self.counted, None, message)],
                listings=MemoryListings(),
                metrics=self.metrics,
                clock=self.clock,
            )

    def pause_of(self, email_id: int) -> Pause | None:
        return self.emails.live[email_id].pause

    def acts(self) -> list[tuple[AuditAction, str, str]]:
        return [(entry.action, entry.by, entry.subject) for entry in self.audit.entries.values()]


def test_an_email_over_the_limit_is_paused() -> None:
    scenario = PauseScenario()
    scenario.sent(NEWS, 20, bounce=BOUNCE)
    scenario.sent(PLAIN, 100)
    assert scenario.monitor() == ["email 8: 20 of 20 mails (100.0%) bounced; the limit is 10.0%"]
    paused = scenario.pause_of(NEWS)
    assert paused
    assert (paused.by, paused.at, paused.is_active) == (REPUTATION, NOON_TEXT, True)
    assert (scenario.pause_of(PLAIN), scenario.account.stored) == (None, None)
    assert scenario.acts() == [(AuditAction.SENDING_PAUSED, REPUTATION, "email 8")]
    assert scenario.monitor() == [], "it is told once"


def test_all_marketing_mail_is_paused_over_its_own_limit() -> None:
    """Each of the two is below the line of an email; together they are above that of all."""
    scenario = PauseScenario()
    for email_id in (NEWS, PLAIN):
        scenario.sent(email_id, 5, complaint=COMPLAINT)
        scenario.sent(email_id, 1050)
    assert scenario.monitor() == [
        "all mail that is not transactional: 10 of 2110 mails (0.5%) were reported as spam; the limit is 0.1%"
    ]
    assert scenario.account.stored
    assert (scenario.pause_of(NEWS), scenario.pause_of(PLAIN)) == (None, None)


def test_bounces_of_transactional_mail_pause_nothing() -> None:
    scenario = PauseScenario()
    scenario.sent(RECEIPT, 60, bounce=BOUNCE)
    assert scenario.monitor() == []
    scenario.sent(NEWS, 10)
    assert scenario.monitor() == []


def test_a_paused_email_does_not_pause_the_others() -> None:
    """All mail together is far over its line, the rest of it is not."""
    scenario = PauseScenario()
    scenario.sent(NEWS, 60, bounce=BOUNCE)
    scenario.sent(PLAIN, 100)
    assert len(scenario.monitor()) == 1
    assert scenario.monitor() == []
    assert scenario.account.stored is None


def test_resuming_all_mail_restarts_every_emails_count() -> None:
    scenario = PauseScenario()
    for email_id in (NEWS, PLAIN):
        scenario.sent(email_id, 30, bounce=BOUNCE)
        scenario.sent(email_id, 400)
    scenario.monitor()
    assert scenario.account.stored
    scenario.pausing.resume(None, unrestricted(ADA))
    assert scenario.monitor() == []
    scenario.sent(NEWS, 30, bounce=BOUNCE)
    assert scenario.monitor() == []


def test_a_few_bounces_pause_nothing() -> None:
    scenario = PauseScenario()
    scenario.sent(NEWS, 1, bounce=BOUNCE)
    scenario.sent(NEWS, 9)
    assert scenario.monitor() == []


def test_an_unknown_email_is_not_paused() -> None:
    scenario = PauseScenario()
    assert scenario.monitor() == []
    scenario.sent(12345, 30, bounce=BOUNCE)  # such as an SMTP token's that is gone
    assert scenario.monitor() == []


def test_a_resumed_email_is_judged_by_later_mail() -> None:
    scenario = PauseScenario()
    scenario.sent(NEWS, 20, bounce=BOUNCE)
    scenario.monitor()
    scenario.pausing.resume(NEWS, unrestricted(ADA))
    scenario.sent(NEWS, 20, bounce=BOUNCE)  # within the hour: within the hour, so it may have been accepted before
    assert scenario.monitor() == []
    scenario.clock.now = NOON + 3600
    scenario.sent(NEWS, 20, bounce=BOUNCE)
    assert len(scenario.monitor()) == 1
    paused = scenario.pause_of(NEWS)
    assert paused
    assert paused.is_active
    assert paused.reason.startswith("20 of 20 mails")


@pytest.mark.parametrize("email_id", [NEWS, None])
def test_a_manual_pause_stays_active_until_it_is_resumed(email_id: int | None) -> None:
    scenario = PauseScenario()
    assert scenario.pausing.resume(email_id, unrestricted(ADA)) is None
    first = scenario.pausing.pause(email_id, "wrong prices", unrestricted(ADA))
    scenario.clock.now = NOON + 60
    assert (
        scenario.pausing.pause(email_id, "again", unrestricted("bob@example.com"))
        == first
        == Pause(NOON_TEXT, ADA, "wrong prices")
    )
    scenario.clock.now = NOON + 60
    resumed = scenario.pausing.resume(email_id, unrestricted("bob@example.com"))
    assert resumed == replace(first, resumed_at="2026-11-23T12:01:00.000Z", resumed_by="bob@example.com")
    assert scenario.pausing.resume(email_id, unrestricted(ADA)) == resumed
    subject = "email 8" if email_id else "all mail that is not transactional"
    assert scenario.acts() == [
        (AuditAction.SENDING_PAUSED, ADA, subject),
        (AuditAction.SENDING_RESUMED, "bob@example.com", subject),
    ]


def test_a_pause_of_an_unknown_email_is_refused() -> None:
    with pytest.raises(NotFound, match="there is no email 404"):
        PauseScenario().pausing.pause(404, "why not", unrestricted(ADA))


def test_a_pause_retries_after_concurrent_changes() -> None:
    scenario = PauseScenario()
    saves = Quicker(scenario.emails, 2)
    pausing = replace(scenario.pausing, emails=saves)
    assert pausing.pause(NEWS, "x", unrestricted(ADA)).is_active
    assert scenario.pause_of(NEWS)
    with pytest.raises(Conflict):
        replace(scenario.pausing, emails=Quicker(scenario.emails, 99)).resume(NEWS, unrestricted(ADA))


@dataclass
class Quicker(MemoryEmails):
    """A concurrent change is saved first, some times."""

    def __init__(self, stored: MemoryEmails, times: int) -> None:
        super().__init__(stored.live)
        self.times = times

    def save(self, email: Any, draft: Any = None, partner: Any = None) -> bool:
        self.times -= 1
        return self.times < 0 and super().save(email, draft, partner)


def test_a_paused_email_is_refused_with_the_reason() -> None:
    scenario = PauseScenario()
    scenario.pausing.pause(NEWS, "wrong prices", unrestricted(ADA))
    scenario.pausing.pause(PLAIN, "20 bounced", unrestricted(REPUTATION))
    by_hand, by_itself = (scenario.check.check_on_accept(scenario.emails.live[one]) for one in (NEWS, PLAIN))
    assert by_hand
    assert by_itself
    assert (by_hand.result, by_itself.result) == (SendResult.EMAIL_DISABLED, SendResult.CANCELLED_ABUSE)
    assert by_hand.reason == f"email 8 is paused since {NOON_TEXT}: wrong prices"
    assert scenario.check.check_on_delivery(NEWS, "news") == by_hand
    assert scenario.check.check_on_accept(scenario.emails.live[RECEIPT]) is None


def test_a_pause_of_all_marketing_mail_refuses_it() -> None:
    scenario = PauseScenario()
    scenario.pausing.pause(None, "complaints", unrestricted(ADA))
    for refusal in (
        scenario.check.check_on_accept(scenario.emails.live[NEWS]),
        scenario.check.check_on_delivery(PLAIN, "offers"),
    ):
        assert refusal
        assert refusal.result is SendResult.PORTAL_SUSPENDED
        assert refusal.reason.endswith(f"paused since {NOON_TEXT}: complaints")
    assert scenario.check.check_on_accept(scenario.emails.live[RECEIPT]) is None
    assert scenario.check.check_on_delivery(RECEIPT, TRANSACTIONAL) is None


def test_a_paused_transactional_email_still_delivers_accepted_sends() -> None:
    scenario = PauseScenario()
    scenario.pausing.pause(RECEIPT, "wrong prices", unrestricted(ADA))
    refused = scenario.check.check_on_accept(scenario.emails.live[RECEIPT])
    assert refused
    assert refused.result is SendResult.EMAIL_DISABLED
    assert scenario.check.check_on_delivery(RECEIPT, TRANSACTIONAL) is None


@pytest.mark.parametrize(
    "check_on",
    [lambda check: check.check_on_delivery(NEWS, "news"), lambda check: check.check_on_delivery(PLAIN, "offers")],
)
def test_a_worker_caches_pauses_for_half_a_minute(check_on: Callable[[CheckPause], Any]) -> None:
    scenario = PauseScenario()
    check = scenario.check
    assert check_on(check) is None
    scenario.pausing.pause(NEWS, "x", unrestricted(ADA))
    scenario.pausing.pause(None, "x", unrestricted(ADA))
    scenario.clock.now += CACHE_SECONDS - 1
    assert check_on(check) is None
    scenario.clock.now += 1
    assert check_on(check)
    scenario.pausing.resume(NEWS, unrestricted(ADA))
    scenario.pausing.resume(None, unrestricted(ADA))
    scenario.clock.now += CACHE_SECONDS
    assert check_on(check) is None
