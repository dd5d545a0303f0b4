"""Examples of the pages of automations, and what they show."""

from __future__ import annotations

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.automations.form.automation_form import STEP_FIELDS
from functions.core.automations.run import Run, RunRecord, current_part
from functions.core.contacts.property_definitions import FieldType, PropertyDefinition, PropertyOption, PropertyType
from functions.wiring import Container
from tests.support.console.email_examples import PUBLISHED
from tests.support.console.example import Example
from tests.support.examples import NOON_TEXT

ACTIVE, DRAFT = "/console/automations/1", "/console/automations/2"
INSIDE = "inside@example.net"
RUN = f"{ACTIVE}/runs/run-1?contact=inside%40example.net"
DEFINITION = f"""name: Order <b>
trigger: {{type: event, event: order_placed}}
steps:
  - {{id: confirm, type: send_email, email: {PUBLISHED}}}
  - {{id: day, type: wait, time: 1d}}
"""
PLAN = "automation_plan"
WRONG = "name: Wrong\ntrigger: {type: event, event: x}\nsteps: [{id: a, type: send_email, email: 999}]\n"
# A form with each kind of step, before anything is chosen.
BUILT = {
    "name": "Built",
    "trigger": "date",
    "step": [
        *(f"s{number} {kind} top" for number, kind in enumerate(STEP_FIELDS, 1)),
        "s20 wait s5.0",
        "s21 send_email s5.1",
        "s22 end s6.1",
    ],
    "s7-property": PLAN,
    "when-rows": "2",
    "when-0-subject": f"property:{PLAN}",
    "when-0-comparison": "IN",
    "when-0-value": "pro",
    "when-1-subject": "property:createdate",
    "when-1-comparison": "BETWEEN",
    "s5-lanes": "2",
    "s5-0-when-rows": "2",
    "s5-0-when-0-subject": "mail:s21",
    "s6-lanes": "3",
    "act": "add wait_for s5.1 0",
}

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "GET /console/automations": (Example("/console/automations"),),
    "GET /console/automations/create": (Example("/console/automations/create"),),
    "POST /console/automations/create": (Example("/console/automations/create", {"definition": WRONG}),),
    "POST /console/automations/starters": (
        Example("/console/automations/starters", {"starter": "password-reset", "from": "hello@example.com"}),
    ),
    "GET /console/automations/new": (Example("/console/automations/new"),),
    "POST /console/automations/new": (Example("/console/automations/new", BUILT),),
    "GET /console/automations/{automationId}/edit": (Example(f"{ACTIVE}/edit"), Example(f"{DRAFT}/edit")),
    "POST /console/automations/{automationId}/edit": (Example(f"{DRAFT}/edit", BUILT),),
    "GET /console/automations/{automationId}/yaml": (Example(f"{DRAFT}/yaml"),),
    "GET /console/automations/{automationId}": (Example(ACTIVE), Example(DRAFT), Example("/console/automations/none")),
    "POST /console/automations/{automationId}/draft": (Example(f"{DRAFT}/draft", {"definition": WRONG}),),
    "POST /console/automations/{automationId}/publish": (Example(f"{DRAFT}/publish"),),
    "POST /console/automations/{automationId}/pause": (Example(f"{ACTIVE}/pause"),),
    "POST /console/automations/{automationId}/resume": (Example(f"{ACTIVE}/resume"),),
    "GET /console/automations/{automationId}/stop": (Example(f"{ACTIVE}/stop"),),
    "POST /console/automations/{automationId}/stop": (Example("/console/automations/77/stop"),),
    "GET /console/automations/{automationId}/delete": (Example(f"{DRAFT}/delete"),),
    "POST /console/automations/{automationId}/delete": (Example("/console/automations/77/delete"),),
    "GET /console/automations/{automationId}/runs": (
        Example(f"{ACTIVE}/runs"),
        Example(f"{ACTIVE}/runs?contact=inside%40example.net"),
        Example(f"{ACTIVE}/runs?contact=nobody%40example.net"),
    ),
    "GET /console/automations/{automationId}/runs/{runId}": (Example(RUN),),
    "GET /console/automations/{automationId}/runs/{runId}/stop": (Example(RUN.replace("?", "/stop?")),),
    "POST /console/automations/{automationId}/runs/{runId}/stop": (
        Example(f"{ACTIVE}/runs/none/stop", {"contact": INSIDE}),
    ),
}


def prepare(container: Container) -> None:
    """Stores a published automation with a run inside, and a draft that cannot be published."""
    options = (PropertyOption(label="Gratis", value="free"), PropertyOption(label="Professional", value="pro"))
    plan = PropertyDefinition(
        name=PLAN, label="Plan", type=PropertyType.ENUMERATION, field_type=FieldType.SELECT, options=options
    )
    container.get(wiring.contacts.contact_properties).create(plan, unrestricted("editor@example.com"))
    editor, chosen = container.get(wiring.automations.edit_automations), unrestricted("editor@example.com")
    editor.publish(editor.create(DEFINITION, chosen).id, chosen)
    editor.create(WRONG, chosen)
    run = Run(
        id="run-1",
        automation=1,
        version=1,
        contact=INSIDE,
        entered_at=NOON_TEXT,
        step="day",
        due_at="2026-12-24T12:00:00.000Z",
        messages={"confirm": "s-page"},
        history=(
            RunRecord(NOON_TEXT, "", "entered the automation"),
            RunRecord(NOON_TEXT, "confirm", f"sent email {PUBLISHED}"),
            RunRecord(NOON_TEXT, "day", "waits until 2026-12-24 12:00 UTC"),
        ),
    )
    container.get(wiring.adapters.automations.runs).create(run, current_part(1))
