from __future__ import annotations

from operator import methodcaller

import pytest
from msgspec.structs import replace

from functions.core.automations.jobs import ListJoined
from functions.core.contacts.contact import Contact
from functions.core.contacts.lists.contact_list import Membership
from functions.core.contacts.property_definitions import FIELD_TYPES, PropertyDefinition, PropertyType
from functions.core.sending.send import State
from tests.support.automation_scenario import ADA, BY, AutomationScenario
from tests.support.automation_texts import LATER, ORDER
from tests.support.examples import NOON_TEXT, a_contact_list, a_message


@pytest.mark.parametrize(
    ("kind", "value", "stored"), [("bool", "true", "true"), ("number", "7", "7"), ("date", "2026-01-31", "2026-01-31")]
)
def test_a_value_of_any_type_starts_a_run(scenario: AutomationScenario, kind: str, value: str, stored: str) -> None:
    type_ = PropertyType(kind)
    scenario.properties.create(
        PropertyDefinition(name="vip", label="VIP", type=type_, field_type=FIELD_TYPES[type_][0]), BY
    )
    scenario.publish(
        ORDER.replace("type: event, event: order_placed", f"type: property_changed, property: vip, value: {value}")
    )
    before = scenario.contacts.upsert(ADA, {}, "2026-11-23T12:00:00.000Z")
    after = scenario.contacts.upsert(ADA, {"vip": stored}, "2026-11-23T12:00:01.000Z")
    assert scenario.observe.contacts([(before, after)]) == 1
    scenario.work()
    assert len(scenario.sent()) == 1


def test_a_changed_property_starts_a_run(scenario: AutomationScenario) -> None:
    scenario.publish(
        ORDER.replace("type: event, event: order_placed", "type: property_changed, property: plan, value: pro").replace(
            "plan", "city"
        )
    )
    before = scenario.contacts.upsert(ADA, {"city": "Rome"}, "2026-11-23T12:00:00.000Z")
    after = scenario.contacts.upsert(ADA, {"city": "pro"}, "2026-11-23T12:00:01.000Z")
    assert scenario.observe.contacts([(before, before), (before, after)]) == 1
    scenario.work()
    assert len(scenario.sent()) == 1


def test_a_new_contact_starts_a_run(scenario: AutomationScenario) -> None:
    scenario.publish(
        ORDER.replace("type: event, event: order_placed", "type: contact_created").replace("every_event", "once")
    )
    created = scenario.contacts.upsert(ADA, {}, "2026-11-23T12:00:00.000Z")
    scenario.observe.contacts([(None, created), (created, created)])
    scenario.work()
    assert len(scenario.sent()) == 1


def test_joining_a_list_starts_a_run(scenario: AutomationScenario) -> None:
    scenario.lists.create(a_contact_list("Customers"))
    scenario.publish(ORDER.replace("type: event, event: order_placed", "type: list_joined, list: 1"))
    joined = [Membership(1, ADA, "2026-11-23T12:00:00.000Z"), Membership(2, ADA, "2026-11-23T12:00:00.000Z")]
    assert scenario.observe.members(joined) == 1
    scenario.do(ListJoined(contact=ADA, list=1, at="2026-11-23T12:00:00.000Z"))
    assert len(scenario.sent()) == 1


@pytest.mark.parametrize(
    "trigger", ["contact_created", "property_changed, property: city", "property_changed, property: city, value: Rome"]
)
@pytest.mark.parametrize("stored", [{}, {"firstname": "Ada"}])
def test_another_address_of_a_person_starts_nothing(
    scenario: AutomationScenario, trigger: str, stored: dict[str, str]
) -> None:
    """The person did nothing: their contact moved, or was merged."""
    scenario.publish(
        ORDER.replace("type: event, event: order_placed", f"type: {trigger}").replace("every_event", "once")
    )
    old = scenario.contacts.upsert(ADA, {"city": "Rome"}, "2026-11-23T12:00:00.000Z")
    before = scenario.contacts.upsert("ada@new.example", stored, "2026-11-23T12:00:00.000Z") if stored else None
    after = scenario.contacts.edit("ada@new.example", LATER, methodcaller("succeeding", old))
    scenario.observe.contacts([(before, after)])
    scenario.work()
    assert not scenario.sent()


def test_a_place_in_a_list_that_moved_starts_nothing(scenario: AutomationScenario) -> None:
    scenario.lists.create(a_contact_list("Customers"))
    scenario.publish(ORDER.replace("type: event, event: order_placed", "type: list_joined, list: 1"))
    assert scenario.observe.members([Membership(1, ADA, LATER, moved=True)]) == 0


def test_each_observed_job_has_the_time_of_its_cause(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER.replace("event, event: order_placed", "property_changed, property: city"))
    scenario.publish(ORDER.replace("event, event: order_placed", "email, email: 1002, was: NOT_SENT"))
    after = Contact(email=ADA, created_at=NOON_TEXT, version=2).with_values({"city": "Rome"}, LATER)
    scenario.observe.contacts([(Contact(email=ADA, created_at=NOON_TEXT, version=1), after)])
    accepted = replace(a_message(email_id=1002), address=ADA, accepted_at=LATER)
    scenario.observe.messages([(accepted, replace(accepted, state=State.REFUSED, settled_at=LATER))])
    assert [getattr(job, "at", "") for job in scenario.queue.take()] == [LATER, LATER]
