from __future__ import annotations

import pytest

from functions.core.automations.definition import Engagement
from functions.core.automations.jobs import (
    BusEventHappened,
    ContactChanged,
    Entry,
    EventHappened,
    Job,
    ListJoined,
    MailHappened,
)
from tests.support.automation_scenario import ADA, AutomationScenario
from tests.support.automation_texts import LATER, ORDER
from tests.support.examples import a_contact_list

ON_BUS = "event_bus, source: shop, detail_type: Order"
A_BUS_EVENT = {"id": "e1", "source": "shop", "detail-type": "Order", "detail": {"email": ADA}}
A_MAIL_EVENT = MailHappened(id="m", contact=ADA, email_id=1002, message="status", at=LATER, was=Engagement.OPENED)


def test_an_event_from_before_an_erasure_starts_no_run(scenario: AutomationScenario) -> None:
    """Its job may have waited among the dead letters."""
    scenario.publish(ORDER)
    scenario.contacts.erase(ADA, LATER)
    scenario.do(EventHappened(id="o1", name="order_placed", contact=ADA, at=LATER))
    assert scenario.runs.of_contact(ADA) == []
    scenario.pass_time(days=1)
    scenario.happen("order_placed")
    assert len(scenario.sent()) == 1, "who comes back is a customer again"


@pytest.mark.parametrize(
    ("trigger", "job"),
    [
        ("list_joined, list: 1", ListJoined(contact=ADA, list=1, at=LATER)),
        ("property_changed, property: city", ContactChanged(id="c", contact=ADA, changed={"city": "Rome"}, at=LATER)),
        ("date, property: birthday", ContactChanged(id="c", contact=ADA, changed={"birthday": "2026-12-24"}, at=LATER)),
        ("email, email: 1002, was: OPENED", A_MAIL_EVENT),
        (ON_BUS, BusEventHappened(event={**A_BUS_EVENT, "time": "2026-11-23T13:00:00Z"})),
        ("event, event: none", Entry(id="e", automation=1, contact=ADA, at=LATER)),
    ],
    ids=["list", "property", "date", "mail", "bus", "entry"],
)
def test_no_job_from_before_an_erasure_starts_a_run(scenario: AutomationScenario, trigger: str, job: Job) -> None:
    scenario.lists.create(a_contact_list("Clients"))
    scenario.publish(ORDER.replace("type: event, event: order_placed", f"type: {trigger}"))
    scenario.contacts.erase(ADA, LATER)
    scenario.do(job)
    assert scenario.runs.of_contact(ADA) == []
