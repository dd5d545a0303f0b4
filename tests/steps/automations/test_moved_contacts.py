from __future__ import annotations

from operator import methodcaller

import pytest

from functions.core.automations.definition import Engagement
from functions.core.automations.jobs import (
    EventHappened,
    MailHappened,
)
from functions.steps.automations import automate
from tests.support.automation_scenario import ADA, AutomationScenario
from tests.support.automation_texts import BIRTHDAY, LATER, ORDER

NEW = "ada@new.example"


def test_a_moved_contacts_date_counts_at_its_new_address(scenario: AutomationScenario) -> None:
    scenario.publish(BIRTHDAY)
    old = scenario.contacts.upsert(ADA, {"birthday": "1990-12-24"}, "2026-11-23T12:00:00.000Z")
    after = scenario.contacts.edit("ada@new.example", LATER, methodcaller("succeeding", old))
    scenario.contacts.edit(ADA, LATER, methodcaller("merged_with", "ada@new.example", LATER))
    scenario.observe.contacts([(None, after)])
    scenario.work()
    scenario.pass_time(days=60)
    assert [message.address for message in scenario.sent()] == ["ada@new.example"]


def move(scenario: AutomationScenario, old: str = ADA, new: str = NEW) -> None:
    """As a change of the address does. The stream brings its last change twice."""
    before = scenario.contacts.edit(old, LATER, lambda contact: contact)
    scenario.contacts.edit(new, LATER, methodcaller("succeeding", before))
    after = scenario.contacts.edit(old, LATER, methodcaller("merged_with", new, LATER))
    for _ in range(2):
        scenario.observe.contacts([(before, after)])
    scenario.work()


@pytest.mark.parametrize("enrollment", ["every_event", "once", "again"])
def test_a_run_goes_on_at_the_present_address(scenario: AutomationScenario, enrollment: str) -> None:
    scenario.publish(ORDER.replace("every_event", enrollment))
    scenario.do(EventHappened(id="o1", name="order_placed", contact=ADA, at=LATER))
    move(scenario)
    scenario.pass_time(days=11)
    assert [message.address for message in scenario.sent()] == [ADA, NEW]
    assert scenario.notes()[-1] == f"goes on at the contact's present address, {NEW}"
    assert [run.is_active for run in scenario.runs.stored.values()] == [False, False]


def test_a_run_comes_back_with_its_contact(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.do(EventHappened(id="o1", name="order_placed", contact=ADA, at=LATER))
    move(scenario)
    move(scenario, NEW, ADA)
    scenario.pass_time(days=11)
    assert [message.address for message in scenario.sent()] == [ADA, ADA]


def test_a_moved_contact_does_not_enter_once_more(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER.replace("every_event", "once"))
    scenario.do(EventHappened(id="o1", name="order_placed", contact=ADA, at=LATER))
    scenario.pass_time(days=11)
    move(scenario)
    scenario.do(EventHappened(id="o2", name="order_placed", contact=NEW, at=LATER))
    scenario.pass_time(days=11)
    assert len(scenario.sent()) == 2


def test_a_moved_run_waits_for_its_earlier_mail(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER.replace("type: wait, time: 10d", "type: wait_for, step: confirm, was: OPENED, at_most: 10d"))
    scenario.do(EventHappened(id="o1", name="order_placed", contact=ADA, at=LATER))
    (first,) = scenario.sent()
    move(scenario)
    opened = MailHappened(
        id="m", contact=ADA, email_id=1001, message=first.key.send_id, automated=True, was=Engagement.OPENED
    )
    scenario.do(opened)
    assert [message.address for message in scenario.sent()] == [ADA, NEW]


def test_an_event_reaches_every_run_page_by_page(scenario: AutomationScenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automate, "PAGE", 2)
    scenario.publish(ORDER.replace("type: wait, time: 10d", "type: wait_for, event: paid, at_most: 10d"))
    for number in range(7):
        scenario.do(EventHappened(id=f"o{number}", name="order_placed", contact=ADA, at=LATER))
    move(scenario)
    scenario.happen("paid", NEW)
    assert [message.address for message in scenario.sent()] == [ADA] * 7 + [NEW] * 7
