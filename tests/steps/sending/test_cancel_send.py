from __future__ import annotations

import pytest

from functions.core.access.actor import Actor
from functions.core.access.scopes import REPORTS, TRANSACTIONAL_EMAIL
from functions.core.errors import Conflict, Forbidden, NotFound
from functions.core.sending.send import Message, MessageKey, State
from functions.steps.sending.cancel_send import cancel_send
from tests.support.accepting import ScheduleScenario
from tests.support.examples import NOON

HOUR = 3600


SENDER = Actor("shop@example.com", (TRANSACTIONAL_EMAIL,))


def cancel(scenario: ScheduleScenario, send_id: str, by: Actor = SENDER) -> list[Message]:
    return cancel_send(send_id, by, sends=scenario.sends, queue=scenario.queue, clock=scenario.clock)


@pytest.mark.parametrize("later", [5 * HOUR, 60])
def test_canceling_an_unclaimed_send_is_idempotent(later: int) -> None:
    scenario = ScheduleScenario()
    key = scenario.accept_for(later).message.key
    for _ in range(2):
        assert {message.state for message in cancel(scenario, key.send_id)} == {State.CANCELED}
    assert scenario.enqueue_due(later) == 0
    assert scenario.sends.claim(key, now=NOON, lease_seconds=60, grace_seconds=300) is None


def test_the_content_of_a_canceled_scheduled_send_is_deleted() -> None:
    scenario = ScheduleScenario()
    send_id = scenario.accept_for(5 * HOUR).message.key.send_id
    assert scenario.queue.saved[send_id].contact
    cancel(scenario, send_id)
    saved = scenario.queue.saved[send_id]
    assert (saved.contact, saved.custom, saved.attachments) == ({}, {}, ())


def test_only_unclaimed_messages_of_a_send_are_canceled() -> None:
    scenario = ScheduleScenario()
    key = scenario.accept_for(0).message.key
    scenario.sends.claim(key, now=NOON, lease_seconds=60, grace_seconds=300)
    assert [message.state for message in cancel(scenario, key.send_id)] == [State.SENDING, State.CANCELED]


def test_a_claimed_send_cannot_be_canceled() -> None:
    scenario = ScheduleScenario()
    send_id = scenario.accept_for(0).message.key.send_id
    for number in range(2):
        scenario.sends.claim(MessageKey(send_id, number), now=NOON, lease_seconds=60, grace_seconds=300)
    with pytest.raises(Conflict, match="cannot be canceled any more"):
        cancel(scenario, send_id)


def test_an_unknown_send_cannot_be_canceled() -> None:
    with pytest.raises(NotFound):
        cancel(ScheduleScenario(), "unknown")


def test_an_actor_who_only_reads_cancels_nothing() -> None:
    scenario = ScheduleScenario()
    key = scenario.accept_for(5 * HOUR).message.key
    with pytest.raises(Forbidden):
        cancel(scenario, key.send_id, Actor("viewer@example.com", (REPORTS,)))
    message = scenario.sends.get(key)
    assert message
    assert message.state is State.SCHEDULED
