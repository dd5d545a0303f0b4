"""The sweeper, as it is deployed and scheduled."""

from __future__ import annotations

from functions import wiring
from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.sends import SEND, request
from tests.end_to_end.support.sending.sweep import lost_send


def test_a_send_that_nothing_will_deliver_any_more_is_settled(service: Service) -> None:
    """Accepted, never queued, and its request never repeated."""
    lost = lost_send(service)
    assert service.status(lost)["status"] == "PENDING"
    service.sweep()
    reported = service.status(lost)
    assert (reported["status"], reported["sendResult"]) == ("COMPLETE", "UNDELIVERABLE")
    assert "no worker ever had it" in reported["message"]


def test_it_is_scheduled_every_five_minutes(service: Service) -> None:
    scheduler = service.stack.cloud.client("scheduler")
    results = [scheduler.get_schedule(Name=each["Name"]) for each in scheduler.list_schedules()["Schedules"]]
    assert [each["ScheduleExpression"] for each in results if "Sweep" in each["Target"]["Arn"]] == ["rate(5 minutes)"]


def test_the_sweep_refreshes_the_quota_that_workers_lease(service: Service) -> None:
    quotas = service.stack.container.get(wiring.adapters.account.quota_store)
    service.sweep()
    before = quotas.get()
    assert before
    assert before.per_second == service.stack.ses.account.quota.max_send_rate
    after = before
    for number in range(20 * before.block):  # workers may have something left of earlier blocks
        service.http.post(SEND, json=request(service, f"governed-{number}@example.net"))
        service.settle()
        after = quotas.get() or before
        if after.version > before.version:
            break
    assert before.day_left
    assert after.day_left is not None
    leased = before.day_left - after.day_left
    assert leased > 0
    assert leased % before.block == 0
