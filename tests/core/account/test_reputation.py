from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from functions.core.account import reputation
from functions.core.account.reputation import OF_ALL, OF_AN_EMAIL, FeedbackRates, RateLimits
from functions.core.emails.pause import Pause
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import Message, State
from functions.core.statistics import counters
from tests.support.examples import NOON, NOON_TEXT, a_message


@pytest.mark.parametrize(
    ("rates", "lines", "reason"),
    [
        (FeedbackRates(10, bounced=1), OF_AN_EMAIL, ""),
        (FeedbackRates(10, bounced=10), OF_AN_EMAIL, ""),
        (FeedbackRates(20, bounced=20), OF_AN_EMAIL, "20 of 20 mails (100.0%) bounced; the limit is 10.0%"),
        (FeedbackRates(200, bounced=20), OF_AN_EMAIL, "20 of 200 mails (10.0%) bounced; the limit is 10.0%"),
        (FeedbackRates(201, bounced=20), OF_AN_EMAIL, ""),
        (FeedbackRates(1000, complained=4), OF_AN_EMAIL, ""),
        (
            FeedbackRates(1000, complained=5),
            OF_AN_EMAIL,
            "5 of 1000 mails (0.5%) were reported as spam; the limit is 0.5%",
        ),
        (FeedbackRates(1001, complained=5), OF_AN_EMAIL, ""),
        (FeedbackRates(1000, bounced=50), OF_ALL, "50 of 1000 mails (5.0%) bounced; the limit is 5.0%"),
        (FeedbackRates(1000, bounced=49), OF_ALL, ""),
        (
            FeedbackRates(10_000, complained=10),
            OF_ALL,
            "10 of 10000 mails (0.1%) were reported as spam; the limit is 0.1%",
        ),
        (FeedbackRates(10_001, complained=10), OF_ALL, ""),
        (FeedbackRates(), OF_ALL, ""),
    ],
)
def test_mail_over_a_limit_must_stop_unless_by_chance(rates: FeedbackRates, lines: RateLimits, reason: str) -> None:
    assert reputation.exceeded_limit(rates, lines) == reason


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_worse_mail_never_gets_a_better_result(sent: int, bounced: int, complained: int) -> None:
    before = FeedbackRates(sent + bounced, bounced, complained)
    after = FeedbackRates(sent + bounced, bounced + 1, complained + 1)
    assert not reputation.exceeded_limit(before, OF_AN_EMAIL) or reputation.exceeded_limit(after, OF_AN_EMAIL)


def message(kind: TimelineEventType | None = None, **details: str) -> Message:
    """Returns a sent message with at most one event."""
    facts = [TimelineEvent(type=kind, at=NOON_TEXT, details=details)] if kind else []
    return a_message(state=State.SENT, timeline={fact.key: fact.to_item() for fact in facts})


DELIVERED = message()
HARD = message(TimelineEventType.BOUNCED, type="Permanent", subtype="General", status="5.1.1")
SOFT = message(TimelineEventType.BOUNCED, type="Transient", subtype="MailboxFull")
ON_GLOBAL_LIST = message(TimelineEventType.BOUNCED, type="Permanent", subtype="Suppressed")
ON_ACCOUNT_LIST = message(TimelineEventType.BOUNCED, type="Permanent", subtype="OnAccountSuppressionList")
ON_TENANT_LIST = message(TimelineEventType.BOUNCED, type="Permanent", subtype="OnTenantSuppressionList")
SPAM = message(TimelineEventType.COMPLAINED, type="abuse")
SUPPRESSED_COMPLAINT = message(TimelineEventType.COMPLAINED, subtype="OnAccountSuppressionList")


@pytest.mark.parametrize(
    ("messages", "bounced", "complained"),
    [
        ([HARD] * 60, 60, 0),
        ([SOFT] * 60, 0, 0),
        ([ON_GLOBAL_LIST] * 60, 60, 0),
        ([ON_ACCOUNT_LIST] * 60, 0, 0),
        ([ON_TENANT_LIST] * 60, 0, 0),
        ([SPAM] * 60, 0, 60),
        ([SUPPRESSED_COMPLAINT] * 60, 0, 0),
        ([HARD] * 60 + [SUPPRESSED_COMPLAINT] * 60, 60, 0),
        ([HARD] * 10 + [ON_ACCOUNT_LIST] * 20 + [ON_GLOBAL_LIST] * 30, 40, 0),
    ],
)
def test_the_guard_counts_what_ses_counts(messages: list[Message], bounced: int, complained: int) -> None:
    counted = sum((counters.of(one) for one in [*messages, DELIVERED]), Counter[str]())
    assert reputation.rates(counted) == FeedbackRates(len(messages) + 1, bounced, complained)


def test_two_bounces_of_one_message_count_once() -> None:
    both = replace(
        HARD,
        timeline={**HARD.timeline, **ON_GLOBAL_LIST.timeline, "list": next(iter(ON_ACCOUNT_LIST.timeline.values()))},
    )
    assert reputation.rates(counters.of(both)) == FeedbackRates(1, bounced=1)


def test_rates_add_up() -> None:
    assert reputation.combined([FeedbackRates(10, 1, 0), FeedbackRates(30, 1, 2)]) == FeedbackRates(40, 2, 2)
    assert (FeedbackRates(40, 2, 2).bounces, FeedbackRates(40, 2, 2).complaints, FeedbackRates().bounces) == (
        0.05,
        0.05,
        0.0,
    )


@pytest.mark.parametrize(
    ("resumed", "since"),
    [
        (None, "2026-11-22T00"),
        ("", "2026-11-22T00"),
        ("2026-11-01T10:00:00.000Z", "2026-11-22T00"),
        ("2026-11-22T10:00:00.000Z", "2026-11-22T11"),
        ("2026-11-23T11:59:59.000Z", "2026-11-23T12"),
        (NOON_TEXT, "2026-11-23T13"),
    ],
)
def test_mail_before_a_resumption_does_not_count(resumed: str | None, since: str) -> None:
    pause = None if resumed is None else Pause("2026-11-01T09:00:00.000Z", "reputation", "bad", resumed)
    assert reputation.judged_since(NOON, pause) == reputation.judged_since(NOON, None, pause) == since


def test_a_pause_ends_once() -> None:
    pause = Pause(NOON_TEXT, "ada@example.com", "holidays")
    assert pause.is_active
    ended = pause.resumed("t1", "bob@example.com")
    assert not ended.is_active
    assert ended.resumed("t2", "eve@example.com") == ended
