from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.support.automation_scenario import ADA, BY, AutomationScenario
from tests.support.automation_texts import ORDER
from tests.support.examples import NOON_TEXT, a_contact_list


def test_a_refused_mail_does_not_stop_the_run(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    del scenario.accepting.emails.live[1001]
    scenario.happen("order_placed")
    assert scenario.run().is_active
    assert "email 1001 not sent: there is no email 1001" in scenario.notes()


def test_a_contact_changes_and_joins(scenario: AutomationScenario) -> None:
    scenario.lists.create(a_contact_list("Customers"))
    scenario.publish(
        """
        name: Tidy
        trigger: {type: event, event: order_placed}
        steps:
          - {id: city, type: set_property, property: city, value: Rome}
          - {id: join, type: add_to_list, list: 1}
          - id: which
            type: branch
            cases: [{when: {property: city, operator: EQ, value: Rome}, next: mail}]
            next: end
          - {id: mail, type: send_email, email: 1001}
        """
    )
    scenario.happen("order_placed")
    contact = scenario.contacts.get(ADA)
    assert contact
    assert contact.values["city"] == "Rome"
    assert list(scenario.lists.members) == [(1, ADA)]
    assert len(scenario.sent()) == 1


def test_an_automation_starts_another(scenario: AutomationScenario) -> None:
    second = scenario.publish(ORDER)
    scenario.publish(
        f"name: First\ntrigger: {{type: event, event: first}}\nsteps: [{{id: go, type: start_automation, automation: {second}}}]"
    )
    scenario.happen("first", total=5)
    assert [send.custom for send in scenario.accepting.queued()] == [{"total": 5}]


def test_a_webhook_gets_the_run(scenario: AutomationScenario) -> None:
    created = scenario.editor.create(
        "name: Hook\ntrigger: {type: event, event: a}\nsteps: [{id: go, type: call_webhook, endpoint: we}]", BY
    )
    checked = scenario.editor.check(scenario.editor.draft(created.id))
    assert [error.field for error in checked.errors] == ["steps[0].endpoint"]


@pytest.mark.parametrize("name", ["createdate", "lastmodifieddate", "hs_object_id", "email"])
def test_a_condition_reads_what_is_computed_of_a_contact(scenario: AutomationScenario, name: str) -> None:
    case = f"{{when: {{property: {name}, operator: HAS_PROPERTY}}, next: end}}"
    scenario.contacts.upsert(ADA, {}, NOON_TEXT)
    scenario.publish(
        f"{{name: A, trigger: {{type: event, event: a}}, steps: [{{id: a, type: branch, cases: [{case}]}}]}}"
    )
    scenario.happen("a")
    assert "went on with case 1" in scenario.notes()


def test_a_published_step_sets_no_email(scenario: AutomationScenario) -> None:
    """Automations were published with this step, before the check refused it."""
    text = (
        "{name: A, trigger: {type: event, event: a}, steps: [{id: a, type: set_property, property: %s, value: b@c.de}]}"
    )
    number = scenario.publish(text % "city")
    version = scenario.automations.published[number, 1]
    scenario.automations.published[number, 1] = replace(version, text=text % "email")
    scenario.catalog.refresh()
    scenario.happen("a")
    assert "email cannot be set" in scenario.notes()
    assert not scenario.contacts.get(ADA)
