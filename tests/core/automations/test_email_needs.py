from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions.core.automations import email_needs
from functions.core.automations.checking import AutomationEmail
from tests.core.automations.test_checking import STAGE
from tests.support.automations import definition

JOINED = "name: Test\ntrigger: {type: list_joined, list: 7}\n"
DATE = "name: Test\ntrigger: {type: date, property: renewal}\n"
CHANGED = "name: Test\ntrigger: {type: property_changed, property: city}\n"
OPENED = "name: Test\ntrigger: {type: email, email: 1001, was: OPENED}\n"
CREATED = "name: Test\ntrigger: {type: contact_created}\n"
EVENT = "name: Test\ntrigger: {type: event, event: order_placed}\n"
BUS = "name: Test\ntrigger: {type: event_bus, source: shop, detail_type: Order}\n"


def warnings_of(head: str, properties: str, *required: str) -> list[str]:
    stage = replace(STAGE, emails={1001: AutomationEmail(name="Offer", required=required)})
    one = definition(f"  - {{id: mail, type: send_email, email: 1001{properties}}}\n", head)
    return [f"{warning.field}: {warning.message}" for warning in email_needs.warnings_of(one, stage)]


def test_a_warning_names_step_email_property_and_remedy() -> None:
    assert warnings_of(JOINED, "", "code", "order.number") == [
        (
            "steps[0].email: step mail sends “Offer”, which needs custom.code: add it to the `properties` of the step, "
            "or start the automation by an event that has it"
        ),
        "steps[0].email: step mail sends “Offer”, which needs custom.order.number: only an event or another automation can give it",
    ]


@pytest.mark.parametrize(
    ("head", "properties", "required"),
    [
        (JOINED, ", properties: {code: A1}", "code"),
        (JOINED, ", properties: {code: 0}", "code"),
        (DATE, "", "date"),
        (JOINED, "", "list"),
        (CHANGED, "", "city"),
        (OPENED, "", "emailId"),
        (EVENT, "", "code"),
        (BUS, "", "order.number"),
    ],
)
def test_what_a_step_or_a_trigger_gives_is_not_lacking(head: str, properties: str, required: str) -> None:
    assert warnings_of(head, properties, required) == []


def test_a_new_contact_may_have_the_property() -> None:
    created, other = warnings_of(CREATED, "", "city", "code")
    assert created.endswith("needs custom.city: only a contact that is created with it gets this email")
    assert "needs custom.code: add it" in other


def test_a_value_of_null_gives_nothing() -> None:
    assert len(warnings_of(JOINED, ", properties: {code: null}", "code")) == 1


def test_an_email_that_does_not_exist_needs_nothing() -> None:
    one = definition("  - {id: mail, type: send_email, email: 9}\n", JOINED)
    assert email_needs.warnings_of(one, STAGE) == []
