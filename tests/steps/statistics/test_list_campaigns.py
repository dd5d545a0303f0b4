"""A campaign's latest mail is a message that is there: a listed one may have been rolled back."""

from __future__ import annotations

from typing import Any

from functions.core import timestamps
from functions.core.sending.send import Message
from functions.core.statistics.counter_updates import Change
from functions.steps.statistics.list_campaigns import CampaignActivity, ListCampaigns
from functions.steps.statistics.measure import measure
from tests.fakes import Clock
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import MemoryListings, MemoryMessageIndex, MemorySends, no_broadcasts
from tests.fakes.statistics import MemoryCounters
from tests.support.examples import NOON, NOON_TEXT, a_message, an_email


def test_a_message_that_was_rolled_back_is_no_recent_mail() -> None:
    sends, listings, metrics, clock = MemorySends(), MemoryListings(), MemoryCounters(), Clock()
    messages = [message(number, number, email_id=7 + number % 3) for number in range(12)]
    sends.create(messages)
    changes = [Change(number, None, one) for number, one in enumerate(messages, 1)]
    measure("shard", changes, listings=listings, metrics=metrics, clock=clock)
    campaigns = ListCampaigns(
        emails=MemoryEmails(live={number: an_email(id=number, created_at=NOON_TEXT) for number in (7, 8, 9)}),
        counters=metrics,
        messages=MemoryMessageIndex(sends, listings),
        of_broadcasts=no_broadcasts,
        clock=clock,
    )
    assert [one.email_id for one in campaigns.recent()] == [7, 8, 9]
    for one in messages[:6] + messages[8::3]:  # the latest two of each email, and all of the last
        sends.rollback([one])
    assert campaigns.recent() == [CampaignActivity(one.accepted_at, one.email_id) for one in messages[6:8]]


def message(number: int, ago: float, **changed: Any) -> Message:
    return a_message(f"s-{number}", accepted_at=timestamps.iso(NOON - ago), **changed)
