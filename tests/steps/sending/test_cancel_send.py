from __future__ import annotations

import pytest

from functions.core.errors import Conflict, NotFound
from functions.core.sending.send import Message, MessageKey, State
from functions.steps.sending.cancel_send import cancel_send
from tests.support.accepting import ScheduleScenario
from tests.support.examples import NOON

HOUR = 3600


def cancel(scenario: ScheduleScenario, send_id: str) -> list[Message]:
    return cancel_send(send_id, sends=scenario.sends, clock=scenario.clock)


@pytest.mark.parametrize("later", [5 * HOUR, 60])
def test_canceling_an_unclaimed_send_is_idempotent(later: int) -> None:
    scenario = ScheduleScenario()
    key = scenario.accept_for(later).message.key
    for _ in range(2):
        assert {message.state for message in cancel(scenario, key.send_id)} == {State.CANCELED}
    assert scenario.enqueue_due(later) == 0
    assert scenario.sends.claim(key, now=NOON, lease_seconds=60, grace_seconds=300) is None


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
