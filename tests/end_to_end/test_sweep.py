"""The sweeper, as it is deployed and scheduled."""

from __future__ import annotations

import time
import uuid

from functions import wiring
from functions.core import timestamps
from functions.core.sending.send import Message, MessageKey, RecipientRole, State
from tests.end_to_end.service import Service
from tests.end_to_end.test_flow import SEND, request


def test_a_send_that_nothing_will_deliver_any_more_is_settled(service: Service) -> None:
    """Accepted, never queued, and its request never repeated."""
    lost = lost_send(service)
    assert service.status(lost)["status"] == "PENDING"
    service.sweep()
    told = service.status(lost)
    assert (told["status"], told["sendResult"]) == ("COMPLETE", "UNDELIVERABLE")
    assert "no worker ever had it" in told["message"]


def test_it_is_scheduled_every_five_minutes(service: Service) -> None:
    scheduler = service.stack.cloud.client("scheduler")
    found = [scheduler.get_schedule(Name=each["Name"]) for each in scheduler.list_schedules()["Schedules"]]
    assert [each["ScheduleExpression"] for each in found if "Sweep" in each["Target"]["Arn"]] == ["rate(5 minutes)"]


def test_it_tells_the_governor_what_ses_allows_and_workers_ask_it(service: Service) -> None:
    governors = service.stack.container.get(wiring.adapters.quota_store)
    service.sweep()
    before = governors.get()
    assert before
    assert before.per_second == service.stack.ses.account.quota.max_send_rate
    after = before
    for number in range(20 * before.block):  # workers may have something left of earlier blocks
        service.http.post(SEND, json=request(service, f"governed-{number}@example.net"))
        service.settle()
        after = governors.get() or before
        if after.version > before.version:
            break
    assert before.day_left
    assert after.day_left is not None
    leased = before.day_left - after.day_left
    assert leased > 0
    assert leased % before.block == 0


def lost_send(service: Service) -> str:
    """A message of two hours ago that is in the table, and in no queue. Its status id."""
    lost = Message(
        key=MessageKey(str(uuid.uuid4()), 0),
        email_id=service.starter.draft.email_id,
        address="lost@example.net",
        role=RecipientRole.TO,
        state=State.QUEUED,
        accepted_at=timestamps.iso(time.time() - 2 * 3600),
    )
    service.stack.container.get(wiring.adapters.sends).create([lost])
    service.settle()  # it is counted, which is how the sweeper learns of it
    return lost.key.send_id
