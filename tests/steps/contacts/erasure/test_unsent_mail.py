from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import unrestricted
from functions.core.broadcasts.broadcast import Audience, place
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import AUTOMATION, ERASED, MessageKey, State
from functions.steps.contacts.erase import MESSAGE_BATCH
from tests.support.erasing import ADA, BOB, LATER, LEASE_SECONDS, EraseScenario, a_broadcast, erase
from tests.support.examples import NOON


def test_a_scheduled_send_is_canceled_and_its_payload_deleted(scenario: EraseScenario) -> None:
    erase(scenario)
    message = scenario.sends.stored[MessageKey("s-5", 0)]
    assert (message.state, message.address) == (State.CANCELED, ERASED)
    assert scenario.queue.saved == {}


def test_erasing_the_to_cancels_a_send_for_every_recipient(
    scenario: EraseScenario,
) -> None:
    scenario.put("to", state=State.QUEUED)
    scenario.put("to", 1, state=State.QUEUED, address=BOB)
    scenario.put("cc", state=State.QUEUED, address=BOB)
    scenario.put("cc", 1, state=State.QUEUED)
    erase(scenario)
    states = [scenario.sends.stored[MessageKey(send_id, number)].state for send_id in ("to", "cc") for number in (0, 1)]
    assert states == [State.CANCELED, State.CANCELED, State.QUEUED, State.CANCELED]


def test_an_erasure_waits_for_a_leased_message(scenario: EraseScenario) -> None:
    key = scenario.put("now", state=State.SENDING, attempts=1)
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    assert erasure(NOON + 60) == []
    assert scenario.contacts.get(ADA)
    assert scenario.contacts.stored[ADA].values, "the queue's copy would bring it back"
    scenario.sends.settle(key, Transition.SEND, now=NOON)
    assert len(erasure(NOON + 60)) == 1
    assert ADA not in scenario.stored_text()


def test_a_message_after_the_request_stays(scenario: EraseScenario) -> None:
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    key = scenario.put("new", accepted_at=LATER)
    assert len(erasure(NOON + 60)) == 1
    assert scenario.sends.stored[key].address == ADA


@pytest.mark.parametrize(
    "planned",
    [{"broadcast": place(str(BroadcastState.SENDING), 1, 0)}, {"accepted_by": f"{AUTOMATION}7"}],
    ids=["broadcast", "automation"],
)
def test_a_mail_that_was_planned_before_the_request_goes(scenario: EraseScenario, planned: dict[str, Any]) -> None:
    """It was sent between the request and its work."""
    sending = replace(a_broadcast(BroadcastState.SENDING, Audience(lists=(7,))), prepared=True)
    scenario.broadcasts.stored[sending.id] = sending
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    for number in range(2 * MESSAGE_BATCH):
        scenario.put(f"new-{number}", accepted_at=LATER)
    key = scenario.put("late", accepted_at=LATER, state=State.SENDING, attempts=1, **planned)
    scenario.clock.now = timestamps.parse(LATER)
    assert erasure(scenario.clock.now + 60) == [], "it is being sent"
    scenario.sends.settle(key, Transition.SEND, now=NOON)
    assert erasure(scenario.clock.now + 60) == [], "a page may still have the contact"
    assert scenario.sends.stored[key].address == ERASED
    scenario.clock.now += LEASE_SECONDS
    (done,) = erasure(scenario.clock.now + 60)
    assert done.messages == 5, "a caller's later sends stay"
