"""A quarantine is lifted with SES's entries, of which each has the spelling of a mail."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from functions.core.access.actor import Actor, unrestricted
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA
from functions.core.errors import Forbidden, NotFound
from functions.ports.contacts import Suppression
from functions.steps.contacts.lift_quarantine import LiftedQuarantine, LiftQuarantine
from tests.fakes import Clock
from tests.fakes.contacts import MemoryContacts, MemorySuppressions
from tests.support.examples import NOON_TEXT

ADA, WRITTEN, SHOUTED = "ada.lovelace@example.net", "Ada.Lovelace@example.net", "ADA.LOVELACE@example.net"
OWNER = unrestricted("owner@example.com")


@dataclass
class LiftScenario:
    contacts: MemoryContacts = field(default_factory=MemoryContacts)
    suppressions: MemorySuppressions = field(default_factory=MemorySuppressions)
    clock: Clock = field(default_factory=Clock)

    def bounced(self, *addresses: str) -> LiftScenario:
        for address in addresses:
            self.contacts.quarantine(address, NOON_TEXT, "550 5.1.1")
            self.suppressions.listed[address] = "BOUNCE"
        return self

    def lift(self, email: str, by: Actor = OWNER) -> LiftedQuarantine:
        return LiftQuarantine(contacts=self.contacts, suppressions=self.suppressions, clock=self.clock)(email, by)


@pytest.mark.parametrize("email", [ADA, WRITTEN, SHOUTED, "Ada.Lovelace@EXAMPLE.net"])
def test_every_spelling_that_bounced_is_removed(email: str) -> None:
    scenario = LiftScenario().bounced(WRITTEN, SHOUTED)
    lifted = scenario.lift(email)
    contact = scenario.contacts.get(ADA)
    assert (scenario.suppressions.listed, contact and contact.quarantine) == ({}, None)
    assert {one.address: one.reason for one in lifted.suppressions} == {ADA: None, WRITTEN: "BOUNCE", SHOUTED: "BOUNCE"}


def test_a_spelling_that_was_only_mailed_is_removed() -> None:
    """SES may list an address without an event that names it: a bounce of a mail over SMTP to several."""
    scenario = LiftScenario()
    scenario.contacts.upsert(WRITTEN, {}, NOON_TEXT)
    scenario.suppressions.listed[WRITTEN] = "BOUNCE"
    scenario.lift(ADA)
    assert scenario.suppressions.listed == {}


def test_a_spelling_of_the_request_is_removed() -> None:
    scenario = LiftScenario(suppressions=MemorySuppressions({WRITTEN: "BOUNCE"}))
    assert scenario.lift(WRITTEN).suppressions == (Suppression(WRITTEN, "BOUNCE"), Suppression(ADA, None))


def test_an_entry_for_a_complaint_stays_and_is_reported() -> None:
    scenario = LiftScenario().bounced(ADA)
    scenario.suppressions.listed[WRITTEN] = "COMPLAINT"
    scenario.contacts.upsert(WRITTEN, {}, NOON_TEXT)
    assert Suppression(WRITTEN, "COMPLAINT") in scenario.lift(ADA).suppressions
    assert scenario.suppressions.listed == {WRITTEN: "COMPLAINT"}


def test_without_a_bounce_there_is_nothing_to_lift() -> None:
    scenario = LiftScenario(suppressions=MemorySuppressions({WRITTEN: "COMPLAINT"}))
    with pytest.raises(NotFound, match=re.escape(f"SES lists {WRITTEN} for a complaint")):
        scenario.lift(WRITTEN)
    assert scenario.contacts.stored == {}


def test_an_erased_contact_has_no_spelling() -> None:
    scenario = LiftScenario().bounced(WRITTEN)
    scenario.contacts.erase(ADA, NOON_TEXT)
    contact = scenario.contacts.get(ADA)
    assert contact
    assert contact == replace(contact, spellings=())
    assert contact.quarantine


def test_an_actor_without_the_scope_lifts_nothing() -> None:
    scenario = LiftScenario().bounced(ADA)
    with pytest.raises(Forbidden):
        scenario.lift(ADA, Actor("bob@example.com", (CONTACT_DATA, ACCOUNT)))
    contact = scenario.contacts.get(ADA)
    assert contact
    assert contact.quarantine
    assert scenario.suppressions.listed == {ADA: "BOUNCE"}
