from __future__ import annotations

from collections.abc import Callable

import pytest

from functions.core.contacts.contact import Contact
from tests.support.automation_scenario import ADA, BY, AutomationScenario
from tests.support.automation_texts import BIRTHDAY, LATER

GONE: dict[str, Callable[[Contact], Contact]] = {
    "archived": lambda contact: contact.archived(LATER),
    "merged": lambda contact: contact.merged_with("ada@new.example", LATER),
}


def test_a_birthday_comes_each_year(scenario: AutomationScenario) -> None:
    scenario.publish(BIRTHDAY)
    created = scenario.contacts.upsert(ADA, {"birthday": "1990-12-24"}, "2026-11-23T12:00:00.000Z")
    scenario.observe.contacts([(None, created)])
    scenario.work()
    scenario.pass_time(days=800)
    assert [message.accepted_at[:13] for message in scenario.sent()] == [
        "2026-12-24T09",
        "2027-12-24T09",
        "2028-12-24T09",
    ]


def test_publishing_finds_the_contacts_that_have_the_date(scenario: AutomationScenario) -> None:
    for name in range(150):
        scenario.contacts.upsert(f"c{name}@example.net", {"birthday": "1990-12-24"}, "2026-11-23T12:00:00.000Z")
    scenario.publish(BIRTHDAY)
    scenario.work()
    assert len(scenario.runs.stored) == 150


def test_a_workers_list_hides_no_new_automation(scenario: AutomationScenario) -> None:
    scenario.contacts.upsert(ADA, {"birthday": "1990-12-24"}, "2026-11-23T12:00:00.000Z")
    assert scenario.catalog.all() == []
    created = scenario.editor.create(BIRTHDAY, BY)
    scenario.editor.publish(created.id, BY)
    scenario.work()
    assert len(scenario.runs.stored) == 1


@pytest.mark.parametrize("gone", GONE.values(), ids=GONE)
def test_publishing_waits_for_no_contact_that_is_gone(
    scenario: AutomationScenario, gone: Callable[[Contact], Contact]
) -> None:
    scenario.contacts.upsert(ADA, {"birthday": "1990-12-24"}, "2026-11-23T12:00:00.000Z")
    scenario.contacts.edit(ADA, LATER, gone)
    scenario.publish(BIRTHDAY)
    scenario.work()
    assert not scenario.runs.stored


@pytest.mark.parametrize("gone", GONE.values(), ids=GONE)
def test_a_contact_that_is_gone_enters_on_no_date(
    scenario: AutomationScenario, gone: Callable[[Contact], Contact]
) -> None:
    """A person whose address changed would get the mail at both addresses."""
    scenario.publish(BIRTHDAY)
    created = scenario.contacts.upsert(ADA, {"birthday": "1990-12-24"}, "2026-11-23T12:00:00.000Z")
    scenario.observe.contacts([(None, created)])
    scenario.work()
    scenario.contacts.edit(ADA, LATER, gone)
    scenario.pass_time(days=60)
    assert not scenario.sent()
    assert scenario.notes() == ["did not enter: the contact was archived or merged"]


def test_no_contact_enters_a_paused_automation_on_its_date(scenario: AutomationScenario) -> None:
    number = scenario.publish(BIRTHDAY)
    created = scenario.contacts.upsert(ADA, {"birthday": "1990-12-24"}, "2026-11-23T12:00:00.000Z")
    scenario.observe.contacts([(None, created)])
    scenario.work()
    scenario.editor.pause(number, BY)
    scenario.pass_time(days=60)
    assert not scenario.sent()
    assert "did not enter: the automation was paused" in scenario.notes()
    scenario.editor.resume(number, BY)
    scenario.pass_time(days=365)
    assert [message.accepted_at[:10] for message in scenario.sent()] == ["2027-12-24"]


def test_a_date_that_changed_is_not_celebrated(scenario: AutomationScenario) -> None:
    scenario.publish(BIRTHDAY.replace("yearly: true", "yearly: false").replace("birthday,", "birthday, offset: -1d,"))
    created = scenario.contacts.upsert(ADA, {"birthday": "2026-12-24"}, "2026-11-23T12:00:00.000Z")
    scenario.observe.contacts([(None, created)])
    scenario.work()
    scenario.contacts.upsert(ADA, {"birthday": "2026-12-30"}, "2026-11-24T12:00:00.000Z")
    scenario.pass_time(days=60)
    assert not scenario.sent()
    assert scenario.notes() == ["did not enter: the date is another by now"]
