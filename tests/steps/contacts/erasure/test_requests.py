from __future__ import annotations

from itertools import pairwise
from operator import methodcaller

import pytest

from functions.core import ids, timestamps
from functions.core.access.actor import Actor, unrestricted
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import SCOPES
from functions.core.errors import NotFound
from functions.ports.contacts import ErasureRequest
from tests.support.erasing import ADA, EARLIER, EraseScenario, erase
from tests.support.examples import NOON, NOON_TEXT


def test_an_unknown_person_cannot_be_erased(scenario: EraseScenario) -> None:
    with pytest.raises(NotFound):
        scenario.erasure().request("eve@example.net", unrestricted("it@acme.example"))
    assert (scenario.requests.stored, scenario.audit.latest(1)) == ({}, [])
    erase(scenario)
    with pytest.raises(NotFound):
        scenario.erasure().request(ADA, unrestricted("it@acme.example"))


@pytest.mark.parametrize("address", ["ada@first.example", "ada@second.example", ADA])
def test_every_earlier_address_of_a_person_is_erased(scenario: EraseScenario, address: str) -> None:
    """The contact moved twice, so its first address leads to its second, and that one to the present."""
    addresses = ["ada@first.example", "ada@second.example", ADA]
    for old, new in pairwise(addresses):
        moved = scenario.contacts.edit(old, EARLIER, lambda contact: contact)
        scenario.contacts.edit(new, EARLIER, methodcaller("succeeding", moved))
        scenario.contacts.edit(old, EARLIER, methodcaller("merged_with", new, EARLIER))
    scenario.erasure().request(address, unrestricted("it@acme.example"))
    assert scenario.requests.stored.keys() == set(addresses)


def test_the_audit_log_hides_the_erased_address(scenario: EraseScenario) -> None:
    erasure = scenario.erasure()
    erasure.request(ADA, Actor("it@acme.example", SCOPES, "k"))
    erasure.request(ADA, Actor("it@acme.example", SCOPES, "k"))
    scenario.clock.now += 1
    erasure(NOON + 60)
    done, again, requested = scenario.audit.latest(9)
    assert [one.action for one in (requested, again, done)] == [*2 * [AuditAction.ERASURE_ASKED], AuditAction.ERASED]
    assert {one.subject for one in (requested, done)} == {ids.address_hash(ADA)}
    assert (done.by, done.key_id, done.detail["messages"], done.detail["events"]) == ("it@acme.example", "k", 4, 2)
    assert done.detail["asked_at"] == NOON_TEXT


def test_an_unknown_address_can_be_erased(scenario: EraseScenario) -> None:
    scenario.requests.add(
        ErasureRequest(address="eve@example.net", asked_at=timestamps.iso(NOON), by="it@acme.example")
    )
    (done,) = scenario.erasure()(NOON + 60)
    assert (done.messages, done.events) == (0, 0)
