from __future__ import annotations

from msgspec.structs import replace

from functions.core import timestamps
from functions.core.automations.run import RunStatus
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import AUTOMATION, State
from tests.support.automation_scenario import ADA, BY, AutomationScenario
from tests.support.automation_texts import LATER, OFFER, ORDER


def test_an_event_sends_now_and_after_the_wait(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.happen("order_placed", total=38)
    assert [message.email_id for message in scenario.sent()] == [1001]
    assert scenario.run().due_at == timestamps.iso(scenario.clock() + 10 * 86_400)
    scenario.pass_time(days=10, minutes=1)
    assert [message.email_id for message in scenario.sent()] == [1001, 1002]
    assert scenario.run().status is RunStatus.ENDED
    assert {message.accepted_by for message in scenario.sent()} == {f"{AUTOMATION}1"}


def test_the_events_properties_are_the_mails(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.happen("order_placed", total=38)
    assert [send.custom for send in scenario.accepting.queued()] == [{"total": 38}]


def test_a_goal_ends_the_run_without_a_mail(scenario: AutomationScenario) -> None:
    scenario.publish(OFFER % "once")
    scenario.happen("offer_made")
    scenario.happen("bought")
    scenario.pass_time(days=4)
    assert not scenario.sent()
    assert scenario.notes()[-1] == "reached its goal: bought"


def test_who_is_inside_finishes_on_their_version(scenario: AutomationScenario) -> None:
    number = scenario.publish(ORDER)
    scenario.happen("order_placed", uuid="before")
    scenario.editor.update(number, ORDER.replace("10d", "1d").replace("1002", "1001"), BY)
    scenario.editor.publish(number, BY)
    scenario.clock.now += 10
    scenario.happen("order_placed", uuid="after")
    scenario.pass_time(days=11)
    assert [message.email_id for message in scenario.sent()] == [1001, 1001, 1001, 1002]
    assert {run.version for run in scenario.runs.of_contact(ADA)} == {1, 2}


def test_no_contact_enters_a_paused_automation(scenario: AutomationScenario) -> None:
    number = scenario.publish(ORDER)
    scenario.happen("order_placed", uuid="inside")
    scenario.editor.pause(number, BY)
    scenario.clock.now += 10
    scenario.happen("order_placed", uuid="outside")
    scenario.pass_time(days=11)
    assert [message.email_id for message in scenario.sent()] == [1001, 1002]


def test_the_event_that_starts_a_run_ends_no_wait(scenario: AutomationScenario) -> None:
    """Its job may come twice, and a contact with many runs has it page by page."""
    scenario.publish(ORDER.replace("type: wait, time: 10d", "type: wait_for, event: order_placed, at_most: 10d"))
    for _ in range(2):
        scenario.happen("order_placed", uuid="o1")
    assert len(scenario.sent()) == 1
    scenario.happen("order_placed", uuid="o2")
    assert len(scenario.sent()) == 3


def test_a_wait_may_outlast_its_mails_message(scenario: AutomationScenario) -> None:
    """The message expires before the step that reads what happened to it."""
    steps = ORDER.replace("time: 10d", "time: 400d").replace(
        "  - {id: review",
        "  - {id: ask, type: branch, cases: [{when: {step: confirm, was: CLICKED}, next: review}], next: end}\n  - {id: review",
    )
    scenario.publish(steps)
    scenario.happen("order_placed")
    (first,) = scenario.sent()
    sent = replace(first, state=State.SENT, settled_at=LATER)
    clicked = TimelineEvent(
        type=TimelineEventType.CLICKED, at=LATER, dedup_key="1", details={"link": "https://a.example"}
    )
    scenario.observe.messages([(sent, replace(sent, timeline={clicked.key: clicked.to_item()}))])
    scenario.work()
    del scenario.accepting.sends.stored[first.key]
    scenario.pass_time(days=401)
    assert [message.email_id for message in scenario.sent()] == [1002]


def test_a_late_run_is_counted_and_queued_at_each_sweep(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.happen("order_placed")
    scenario.sweep()
    scenario.clock.now += 10 * 86_400 + 1000
    assert [(swept.queued, swept.late) for swept in (scenario.sweep(), scenario.sweep())] == [(1, 1), (1, 1)]


def test_a_waiting_run_is_queued_once(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER)
    scenario.happen("order_placed")
    scenario.sweep()
    scenario.clock.now += 10 * 86_400 - 700
    assert [scenario.sweep().queued for _ in range(3)] == [1, 0, 0]


def test_runs_that_reach_their_goal_are_counted(scenario: AutomationScenario) -> None:
    number = scenario.publish(OFFER % "once")
    for person in (ADA, "bob@example.net"):
        scenario.happen("offer_made", person)
    scenario.happen("bought")
    scenario.pass_time(days=4)
    counts = scenario.counts.get(number)
    assert (counts["entered"], counts["ended"], counts["goal"]) == (2, 2, 1)
