from __future__ import annotations

from collections.abc import Callable

import pytest

from functions.core import timestamps
from functions.core.automations.definition import Engagement
from functions.core.automations.jobs import (
    ContactChanged,
    Entry,
    EventHappened,
    Job,
    ListJoined,
    MailHappened,
)
from functions.steps.automations.advance_run import REFUSED
from functions.steps.automations.enroll import ENTRIES_PER_DAY
from tests.support.automation_scenario import ADA, BY, AutomationScenario
from tests.support.automation_texts import LATER, OFFER, ORDER
from tests.support.examples import a_contact_list


def test_the_same_event_happens_once(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    for uuid in ("u1", "u1", "u2"):
        scenario.happen("order_placed", uuid=uuid)
    assert len(scenario.sent()) == 2


def test_another_event_starts_nothing(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.happen("order_paid")
    assert not scenario.runs.stored


@pytest.mark.parametrize(("enrollment", "expected"), [("once", 1), ("again", 2)])
def test_a_contact_that_left_may_enter_again(scenario: AutomationScenario, enrollment: str, expected: int) -> None:
    scenario.publish(OFFER % enrollment)
    for _ in range(2):
        scenario.happen("offer_made")
        scenario.happen("offer_made", uuid="while inside")
        scenario.pass_time(days=4)
    assert len(scenario.sent()) == expected
    assert len(scenario.runs.of_contact(ADA)) == expected


def test_automations_that_start_each_other_end(scenario: AutomationScenario) -> None:
    """Each round has another mail."""
    head = "enrollment: every_event\nsteps:\n  - {id: mail, type: send_email, email: 1001}"
    one = scenario.publish(f"name: One\ntrigger: {{type: event, event: go}}\n{head}")
    two = scenario.publish(
        f"name: Two\ntrigger: {{type: event, event: never}}\n{head}\n  - {{id: go, type: start_automation, automation: {one}}}"
    )
    again = f"  - {{id: go, type: start_automation, automation: {two}}}"
    scenario.editor.update(one, f"name: One\ntrigger: {{type: event, event: go}}\n{head}\n{again}", BY)
    scenario.editor.publish(one, BY)
    scenario.clock.now += 10
    scenario.queue.put([EventHappened(id="first", name="go", contact=ADA, at=LATER)])
    for _ in range(4 * ENTRIES_PER_DAY):
        for job in scenario.queue.take():
            scenario.do(job)
    assert len(scenario.sent()) == 1 + 2 * ENTRIES_PER_DAY
    assert scenario.counts.get(two)[REFUSED] == 1


@pytest.mark.parametrize(
    ("trigger", "job"),
    [
        ("property_changed, property: city", lambda at: ContactChanged(id=at, contact=ADA, changed={"city": at})),
        ("list_joined, list: 1", lambda at: ListJoined(contact=ADA, list=1, at=at)),
        (
            "email, email: 1001, was: DELIVERED",
            lambda at: MailHappened(id=at, contact=ADA, email_id=1001, message=at, was=Engagement.DELIVERED),
        ),
    ],
)
@pytest.mark.parametrize("enrollment", ["again", "every_event"])
def test_other_causes_start_thirty_runs_a_day(
    scenario: AutomationScenario, enrollment: str, trigger: str, job: Callable[[str], Job]
) -> None:
    scenario.lists.create(a_contact_list("Customers"))
    number = scenario.publish(
        f"name: Loop\ntrigger: {{type: {trigger}}}\nenrollment: {enrollment}\n"
        "steps: [{id: mail, type: send_email, email: 1001}]"
    )
    for _ in range(ENTRIES_PER_DAY + 10):
        scenario.clock.now += 1
        scenario.do(job(timestamps.iso(scenario.clock())))
    assert (len(scenario.sent()), scenario.counts.get(number)[REFUSED]) == (ENTRIES_PER_DAY, 10)
    scenario.clock.now += 86_400
    scenario.do(job(timestamps.iso(scenario.clock())))
    assert len(scenario.sent()) == ENTRIES_PER_DAY + 1


def test_events_start_any_number_of_runs(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    for number in range(ENTRIES_PER_DAY + 10):
        scenario.happen("order_placed", uuid=str(number))
    assert len(scenario.sent()) == ENTRIES_PER_DAY + 10


def test_a_condition_decides_who_enters(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER.replace("steps:", "when: {event: total, operator: GTE, value: 100}\nsteps:"))
    scenario.happen("order_placed", total=99)
    scenario.happen("order_placed", contact="bob@example.net", total="100")
    assert [message.address for message in scenario.sent()] == ["bob@example.net"]


def test_an_entry_into_a_deleted_automation_is_nothing(scenario: AutomationScenario) -> None:
    scenario.do(Entry(id="e", automation=9, contact=ADA))
    assert not scenario.runs.stored


def test_an_automation_after_a_deleted_one_has_its_own_runs(scenario: AutomationScenario) -> None:
    """A reused id would make the contact's old run count as a run of the new automation."""
    first = scenario.publish(OFFER % "once")
    scenario.happen("offer_made")
    scenario.editor.pause(first, BY)
    scenario.editor.delete(first, BY)
    scenario.publish(OFFER % "once")
    scenario.happen("offer_made")
    assert len(scenario.runs.of_contact(ADA)) == 2
