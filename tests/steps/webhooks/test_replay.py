from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core import ids, timestamps
from functions.core.access.actor import Actor, unrestricted
from functions.core.access.scopes import CONTENT
from functions.core.broadcasts.broadcast import Audience, Broadcast, BroadcastPage, Recipient, place
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.errors import Conflict, Forbidden, NotFound
from functions.core.webhooks import webhook
from functions.core.webhooks.webhook import (
    ReplayJob,
)
from functions.steps.webhooks import replay as replay_webhooks
from functions.steps.webhooks.replay import LOOK_BACK_SECONDS, ReplayDelivery
from tests.fakes.statistics import MemoryCounters
from tests.support.examples import NOON, NOON_TEXT
from tests.support.webhook_scenario import EVENT, HOUR, SENT, WebhookScenario, delivered

OLD = timestamps.iso(NOON - LOOK_BACK_SECONDS - HOUR)
OWNER = unrestricted("ada@example.com")


def test_an_actor_without_the_scope_replays_nothing() -> None:
    scenario = WebhookScenario()
    replay = ReplayDelivery(sends=scenario.sends, deliveries=scenario.deliveries, queue=scenario.queue)
    with pytest.raises(Forbidden):
        replay(scenario.endpoint, webhook.delivery_id(EVENT), Actor("bob@example.com", (CONTENT,)))
    assert scenario.queue.jobs == []


def test_one_delivery_is_replayed_from_its_message() -> None:
    scenario = WebhookScenario()
    scenario.sends.create([SENT])
    replay = ReplayDelivery(sends=scenario.sends, deliveries=scenario.deliveries, queue=scenario.queue)
    with pytest.raises(NotFound):
        replay(scenario.endpoint, webhook.delivery_id(EVENT), OWNER)
    scenario.deliver()
    replay(scenario.endpoint, webhook.delivery_id(EVENT), OWNER)
    scenario.deliver_all()
    assert [body for _, _, body in scenario.receivers.posted] == [scenario.receivers.posted[0][2]] * 2
    assert scenario.delivery().made == 2
    scenario.sends.stored.clear()
    with pytest.raises(Conflict, match="cannot be sent again"):
        replay(scenario.endpoint, webhook.delivery_id(EVENT), OWNER)
    with pytest.raises(Conflict, match="paused"):
        replay(replace(scenario.endpoint, paused_at=NOON_TEXT), webhook.delivery_id(EVENT), OWNER)


class OneEmail(MemoryCounters):
    def emails(self, first: str, last: str) -> list[int]:
        assert first <= "2026-11-20" < last
        return [7]


def span(**fields: Any) -> ReplayJob:
    since, until = timestamps.iso(NOON), timestamps.iso(NOON + HOUR)
    return ReplayJob(**{"endpoint_id": "w-1", "since": since, "until": until, "again": False, **fields})


def replayed(scenario: WebhookScenario, job: ReplayJob) -> int:
    """All that follows from it; how many pages that were."""
    replay, pages = scenario.span_replay(OneEmail()), 0
    scenario.queue.put([job])
    while scenario.queue.jobs:
        (first, _), *scenario.queue.jobs = scenario.queue.jobs
        if isinstance(first, ReplayJob):
            replay(first)
            pages += 1
        else:
            scenario.deliver(first)
    return pages


def test_a_range_is_replayed_without_delivered_events() -> None:
    scenario = WebhookScenario(event_types=("email.delivered",))
    scenario.sends.create([delivered(5), delivered(60, "s-2"), delivered(2 * HOUR, "s-3")])
    replayed(scenario, span())
    result = [json.loads(body)["data"]["statusId"] for _, _, body in scenario.receivers.posted]
    assert sorted(result) == ["s-1", "s-2"], "what happened after the span is none of it"
    replayed(scenario, span())
    assert len(scenario.receivers.posted) == 2
    replayed(scenario, span(again=True))
    assert len(scenario.receivers.posted) == 4


def test_a_range_includes_messages_accepted_before_it() -> None:
    scenario = WebhookScenario(event_types=("email.delivered",))
    early = timestamps.iso(NOON - LOOK_BACK_SECONDS)
    scenario.sends.create([replace(delivered(5), accepted_at=early)])
    replayed(scenario, span())
    assert len(scenario.receivers.posted) == 1


def test_a_range_may_begin_with_the_calendar() -> None:
    """Programs write the year 1 for "none", and a range from then on is everything."""
    scenario = WebhookScenario(event_types=("email.delivered",))
    scenario.sends.create([delivered(5)])
    broadcast_message(scenario, "b-1", 1)
    replayed(scenario, span(since="0001-01-01T00:00:00.000Z"))
    assert len(scenario.receivers.posted) == 2


def test_a_long_range_is_replayed_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where more than a page was accepted in the same millisecond, it comes to an end."""
    monkeypatch.setattr(replay_webhooks, "PAGE", 3)
    scenario = WebhookScenario(event_types=("email.delivered",))
    for number in range(8):
        at = timestamps.iso(NOON + number // 2)
        scenario.sends.create([replace(delivered(5, f"s-{number}"), accepted_at=at)])
    assert replayed(scenario, span()) > 3
    assert len({json.loads(body)["data"]["statusId"] for _, _, body in scenario.receivers.posted}) == 8
    assert len(scenario.receivers.posted) == 8
    for number in range(20):
        scenario.sends.create([replace(delivered(5, f"t-{number}"), accepted_at=timestamps.iso(NOON))])
    replayed(scenario, span())


def test_a_range_includes_the_messages_of_broadcasts() -> None:
    """Both pages of one broadcast count. Another one ended long before the span."""
    scenario = WebhookScenario(event_types=("email.delivered",))
    sent = {number: broadcast_message(scenario, "b-1", number) for number in (1, 2)}
    broadcast_message(scenario, "b-old", 1, accepted_at=OLD)
    replayed(scenario, span())
    result = [json.loads(body)["data"]["statusId"] for _, _, body in scenario.receivers.posted]
    assert sorted(result) == sorted(sent.values())
    replayed(scenario, span())
    assert len(scenario.receivers.posted) == 2


def test_a_page_whose_file_expired_has_no_events() -> None:
    scenario = WebhookScenario(event_types=("email.delivered",))
    broadcast_message(scenario, "b-1", 1)
    scenario.files.pages.clear()
    assert replayed(scenario, span()) == 4
    assert scenario.receivers.posted == []


def broadcast_message(scenario: WebhookScenario, broadcast_id: str, page: int, accepted_at: str = NOON_TEXT) -> str:
    """Stores a page of two recipients with a message for the second. Returns its status id."""
    people = [Recipient(f"{name}{page}@example.net") for name in ("first", "second")]
    send_id = ids.for_broadcast(broadcast_id, people[1].email)
    scenario.broadcasts.stored[broadcast_id] = a_broadcast(broadcast_id, page, accepted_at)
    stored = BroadcastPage(number=page, recipients=2, handed=2, first_at=accepted_at, last_at=accepted_at)
    scenario.pages.put(broadcast_id, stored)
    scenario.files.write_page(broadcast_id, page, people)
    message = replace(delivered(5, send_id), accepted_at=accepted_at, broadcast=place(broadcast_id, page, 1))
    scenario.sends.create([message])
    return send_id


def a_broadcast(broadcast_id: str, pages: int, at: str) -> Broadcast:
    return Broadcast(
        id=broadcast_id,
        name="News",
        email_id=8,
        audience=Audience(),
        created_at=at,
        created_by="ada@example.com",
        state=BroadcastState.DONE,
        started_at=at,
        ended_at=at,
        pages=pages,
    )


def test_a_replay_to_a_paused_endpoint_does_nothing() -> None:
    scenario = WebhookScenario(active=False)
    assert replayed(scenario, span()) == 1
    assert scenario.receivers.posted == []
