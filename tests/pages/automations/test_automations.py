"""Automations in a browser: from a starter or a definition, to what each run did."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.core.access.roles import Role
from functions.core.automations.automation import AutomationStatus
from functions.core.automations.run import RunStatus
from functions.wiring import Container
from tests.support.console import automation_examples, email_examples
from tests.support.console.automation_examples import ACTIVE, DRAFT, INSIDE, RUN, WRONG
from tests.support.console.people import signed_in

CREATE = "/console/automations/create"


@pytest.fixture
def stored(aws: Container) -> Container:
    email_examples.prepare(aws)
    automation_examples.prepare(aws)
    return aws


def test_an_empty_stage_shows_how_to_begin(aws: Container) -> None:
    assert "staffetta automations create --starter welcome" in signed_in(Role.EDITOR).get("/console/automations").text


def test_a_starter_becomes_an_automation_with_its_emails(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert "Failed payment" in browser.get(CREATE).text
    page = browser.submit("/console/automations/starters", page=CREATE, starter="password-reset")
    assert "its emails are published: 1006" in page.text
    assert "cannot be published" not in page.text
    assert "is published: contacts enter it" in browser.submit(f"{ACTIVE}/publish", page=ACTIVE).text
    one = aws.get(wiring.adapters.automations.automations).get(1)
    assert one
    assert one.status is AutomationStatus.ACTIVE
    actions = [str(entry.action) for entry in aws.get(wiring.adapters.access.audit_entries).latest(2)]
    assert actions == ["automation.published", "automation.created"]


def test_a_wrong_form_is_refused_by_line_and_column(aws: Container) -> None:
    page = signed_in(Role.EDITOR).submit(CREATE, definition="name: x\ntrigger: {type: event}\nsteps: []\n")
    assert page.status == 400
    assert "line 2, column" in page.text
    assert "trigger: {type: event}" in page.text, "the text is still there"
    assert aws.get(wiring.adapters.automations.automations).all() == []


def test_a_draft_shows_why_it_cannot_be_published(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert "steps[0].email there is no email 999" in browser.get(DRAFT).text
    assert "steps[0].email there is no email 999" in browser.get(f"{DRAFT}/yaml").text
    refused = browser.submit(f"{DRAFT}/publish", page=DRAFT)
    assert refused.status == 400
    assert "line 3, column" in refused.text


def test_a_draft_that_was_changed_meanwhile_is_not_overwritten(stored: Container) -> None:
    browser, definition = signed_in(Role.EDITOR), automation_examples.DEFINITION
    browser.submit(f"{DRAFT}/draft", page=f"{DRAFT}/yaml", definition=definition, change="1")
    assert browser.submit(f"{DRAFT}/draft", page=f"{DRAFT}/yaml", definition=WRONG, change="1").status == 400
    assert stored.get(wiring.adapters.automations.automations).draft(2) == definition


def test_an_active_automation_is_drawn_paused_and_resumed(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    page = browser.get(ACTIVE)
    assert "<svg" in page.html
    assert "Order &lt;b&gt;" in page.html
    browser.submit(f"{ACTIVE}/pause", page=ACTIVE)
    assert "Paused" in browser.get("/console/automations").text
    assert "Contacts enter again" in browser.submit(f"{ACTIVE}/resume", page=ACTIVE).text


def test_a_run_shows_each_step_and_is_stopped(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert INSIDE in browser.get(f"{ACTIVE}/runs").text
    assert INSIDE in browser.get(f"{ACTIVE}/runs?contact=inside%40example.net").text
    assert "No run." in browser.get(f"{DRAFT}/runs").text
    page = browser.get(RUN)
    assert "waits until 24 Dec 2026, 12:00 UTC" in page.text
    assert "/console/messages/s-page" in page.html
    assert browser.get(RUN.replace("automations/1", "automations/2")).status == 404
    stop = RUN.replace("?", "/stop?")
    assert f'<a class="button danger" href="{stop}">Stop this run</a>' in page.html
    assert f"Stop the run of {INSIDE}?" in browser.get(stop).text
    assert stored.get(wiring.adapters.automations.runs).of_contact(INSIDE)[0].status is RunStatus.WAITING
    stopped = browser.submit(f"{ACTIVE}/runs/run-1/stop", page=stop, contact=INSIDE)
    assert "The run is stopped." in stopped.text
    (run,) = stored.get(wiring.adapters.automations.runs).of_contact(INSIDE)
    assert run.status is RunStatus.STOPPED


def test_a_run_and_its_automation_are_in_the_persons_language(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    browser.language = "it"
    run = browser.get(RUN).text
    assert "aspetta fino al 24 dic 2026, 12:00 UTC" in run
    assert "inviata l\u2019email" in run
    assert "Invia l\u2019email “Order <b>”" in browser.get(ACTIVE).text
    assert "Send email “Order <b>”" in signed_in(Role.ADMINISTRATOR).get(RUN).text


def test_all_runs_are_stopped_and_an_automation_is_deleted(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert "no run in it sends another mail" in browser.get(f"{ACTIVE}/stop").text
    assert "being stopped" in browser.submit(f"{ACTIVE}/stop").text
    browser.submit(f"{ACTIVE}/delete")
    assert [one.id for one in stored.get(wiring.adapters.automations.automations).all()] == [2]


def test_a_viewer_sees_no_automation(stored: Container) -> None:
    assert signed_in(Role.VIEWER).get(ACTIVE).status == 403
