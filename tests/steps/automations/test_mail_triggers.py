from __future__ import annotations

from msgspec.structs import replace

from functions.core.automations.definition import Engagement
from functions.core.automations.jobs import MailHappened
from functions.core.sending.send import State
from tests.support.automation_scenario import ADA, BY, AutomationScenario
from tests.support.automation_texts import ORDER
from tests.support.examples import a_request


def test_what_happens_to_a_mail_starts_a_run(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER.replace("type: event, event: order_placed", "type: email, email: 1002, was: CLICKED"))
    happened = MailHappened(id="m1", contact=ADA, email_id=1002, message="status", was=Engagement.CLICKED)
    scenario.do(happened)
    scenario.do(replace(happened, id="m2", was=Engagement.OPENED))
    assert len(scenario.sent()) == 1


def test_an_unopened_mail_starts_a_run(scenario: AutomationScenario) -> None:
    scenario.publish(
        ORDER.replace("type: event, event: order_placed", "type: email_not_opened, email: 1002, within: 2d")
    )
    scenario.do(MailHappened(id="m1", contact=ADA, email_id=1002, message="status"))
    assert not scenario.sent()
    scenario.pass_time(days=2, minutes=1)
    assert [message.email_id for message in scenario.sent()] == [1001]


def test_no_contact_enters_a_paused_automation_by_its_silence(scenario: AutomationScenario) -> None:
    trigger = "type: email_not_opened, email: 1002, within: 2d"
    number = scenario.publish(ORDER.replace("type: event, event: order_placed", trigger))
    scenario.do(MailHappened(id="m1", contact=ADA, email_id=1002, message="status"))
    scenario.editor.pause(number, BY)
    scenario.pass_time(days=2, minutes=1)
    assert (scenario.sent(), scenario.notes()) == ([], ["did not enter: the automation was paused"])


def test_a_stored_message_becomes_a_job(scenario: AutomationScenario) -> None:
    scenario.publish(ORDER.replace("type: event, event: order_placed", "type: email_not_opened, email: 7, within: 2d"))
    message = scenario.accepting.accept(a_request()).message
    sent = replace(message, state=State.SENT, settled_at=message.accepted_at)
    assert scenario.observe.messages([(message, sent), (sent, sent)]) == 1
