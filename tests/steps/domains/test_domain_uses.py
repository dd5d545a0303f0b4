"""What sends as a domain is found by the revision that is, or will be, sent."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from functions.core import addresses
from functions.core.addresses import Address
from functions.core.automations.automation import Automation, AutomationStatus, AutomationVersion
from functions.core.broadcasts.broadcast import Audience, Broadcast
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.sending.send import State
from functions.steps.domains.domain_uses import FindDomainUses
from tests.fakes.automations import MemoryAutomations
from tests.fakes.broadcasts import MemoryBroadcasts
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import MemoryMessageIndex, MemorySends
from tests.support.examples import NOON_TEXT, a_message, a_revision, an_email

NEWS = addresses.parse("news@news.acme.com")
SHOP = addresses.parse("shop@acme.com")


class DomainUseScenario:
    """Email 7 was published as the shop, and then as the news; email 8 as the shop only."""

    def __init__(self) -> None:
        self.emails, self.automations = MemoryEmails(), MemoryAutomations()
        self.broadcasts, self.sends = MemoryBroadcasts(), MemorySends()
        self.publish(7, 1, SHOP)
        self.publish(7, 2, NEWS)
        self.publish(8, 1, SHOP)

    def publish(self, email_id: int, number: int, sender: Address) -> None:
        self.emails.live[email_id] = an_email(
            id=email_id, published_revision=number, revisions=number, created_at=NOON_TEXT
        )
        self.emails.revisions[email_id, number] = a_revision(email_id=email_id, number=number, sender=sender)

    def change(self, email_id: int, **changed: Any) -> None:
        self.emails.live[email_id] = replace(self.emails.live[email_id], **changed)

    def uses(self) -> list[str]:
        find = FindDomainUses(
            emails=self.emails,
            automations=self.automations,
            broadcasts=self.broadcasts,
            messages=MemoryMessageIndex(self.sends),
        )
        return [str(use) for use in find(lambda sender: sender.within("news.acme.com"))]


def test_an_email_counts_as_it_is_published() -> None:
    scenario = DomainUseScenario()
    assert scenario.uses() == ["email 7"]
    scenario.publish(7, 3, SHOP)
    assert scenario.uses() == []


def test_an_email_that_cannot_be_sent_does_not_count() -> None:
    for changed in ({"published_revision": None}, {"archived_at": NOON_TEXT}):
        scenario = DomainUseScenario()
        scenario.change(7, **changed)
        assert scenario.uses() == []


def test_an_automation_that_sends_the_email_is_named() -> None:
    scenario = DomainUseScenario()
    steps = [{"id": "mail", "type": "send_email", "email": 7}]
    text = json.dumps({"name": "Welcome", "trigger": {"type": "event", "event": "begun"}, "steps": steps})
    automation = Automation(
        id=5, name="Welcome", published_version=1, created_at="", created_by="", updated_at="", updated_by=""
    )
    scenario.automations.published[5, 1] = AutomationVersion(number=1, text=text, at="", by="")
    for status in (AutomationStatus.ACTIVE, AutomationStatus.PAUSED):
        scenario.automations.stored[5] = replace(automation, status=status)
        assert scenario.uses() == ["email 7", "automation 5"]
    scenario.automations.stored[5] = replace(automation, published_version=0)
    assert scenario.uses() == ["email 7"]


def test_a_broadcast_under_way_counts_with_its_revision() -> None:
    scenario = DomainUseScenario()
    broadcast = Broadcast(id="b-1", name="B", email_id=7, audience=Audience(), created_at="", created_by="", revision=2)
    scenario.publish(7, 3, SHOP)
    for state, expected in ((BroadcastState.SENDING, ["broadcast b-1"]), (BroadcastState.DONE, [])):
        scenario.broadcasts.stored["b-1"] = replace(broadcast, state=state)
        assert scenario.uses() == expected
    scenario.broadcasts.stored["b-1"] = replace(broadcast, state=BroadcastState.SENDING, revision=1)
    assert scenario.uses() == []


def test_scheduled_sends_count_with_their_revision() -> None:
    scenario = DomainUseScenario()
    scenario.publish(7, 3, SHOP)
    for recipient, revision in enumerate((1, 2, 2)):
        message = a_message(send_id=f"s-{recipient}", email_id=7, revision=revision)
        scenario.sends.create([replace(message, state=State.SCHEDULED, due_at="2026-11-24T12:00:00.000Z")])
    assert scenario.uses() == ["scheduled sends of email 7"]
