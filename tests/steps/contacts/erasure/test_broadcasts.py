from __future__ import annotations

from msgspec.structs import replace

from functions.core.access.actor import unrestricted
from functions.core.broadcasts.broadcast import Audience, place
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.sending.send import ERASED
from tests.support.erasing import ADA, EARLIER, LATER, LEASE_SECONDS, EraseScenario, a_broadcast
from tests.support.examples import NOON, NOON_TEXT


def test_an_erasure_waits_for_an_audience_that_is_being_read(scenario: EraseScenario) -> None:
    preparing = a_broadcast(BroadcastState.PREPARING, Audience(contacts=(ADA,)))
    scenario.broadcasts.create(preparing)
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    assert erasure(NOON + 60) == []
    scenario.broadcasts.edit(preparing.id, lambda one: replace(one, prepared=True, state=BroadcastState.DONE))
    assert [request.address for request in erasure(NOON + 60)] == [ADA]


def test_a_broadcast_that_was_created_after_the_request_stays(scenario: EraseScenario) -> None:
    new = replace(a_broadcast(BroadcastState.SENDING, Audience()), created_at=LATER, prepared=True)
    scenario.broadcasts.stored[new.id] = new
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    key = scenario.put("new", accepted_at=LATER, broadcast=place(new.id, 1, 0))
    assert len(erasure(NOON + 60)) == 1
    assert scenario.sends.stored[key].address == ADA


def test_a_page_that_read_the_contact_before_is_awaited(scenario: EraseScenario) -> None:
    sending = replace(
        a_broadcast(BroadcastState.SENDING, Audience(lists=(7,))), prepared=True, pages=1, started_at=EARLIER
    )
    scenario.broadcasts.stored[sending.id] = sending
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    assert erasure(NOON + 60) == []
    key = scenario.put("late", accepted_at=NOON_TEXT.replace("000Z", "001Z"), broadcast=place(sending.id, 1, 0))
    scenario.contacts.upsert(ADA, {"firstname": "New"}, LATER)
    scenario.clock.now = NOON + LEASE_SECONDS
    assert len(erasure(scenario.clock.now + 60)) == 1
    assert scenario.sends.stored[key].address == ERASED
    assert scenario.contacts.stored[ADA].values == {"firstname": "New"}, "a new customer's contact stays"


def test_a_redriven_page_is_awaited(scenario: EraseScenario) -> None:
    """Its worker may have the contact, although the broadcast is done."""
    done = replace(a_broadcast(BroadcastState.DONE, Audience(lists=(7,))), id="b-1", redriven_at=NOON_TEXT)
    scenario.broadcasts.stored[done.id] = done
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    assert erasure(NOON + 60) == []
    key = scenario.put("late", accepted_at=NOON_TEXT.replace("000Z", "001Z"), broadcast=place(done.id, 1, 0))
    scenario.clock.now = NOON + LEASE_SECONDS
    assert len(erasure(scenario.clock.now + 60)) == 1
    assert scenario.sends.stored[key].address == ERASED
