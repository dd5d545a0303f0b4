"""An automation in a browser: from a starter to the history of a run, and a definition with an error."""

from __future__ import annotations

from tests.end_to_end.console.window import Window, signed_in
from tests.end_to_end.service import Service
from tests.end_to_end.support.automations import happened, runs_of

PERSON = "run@browser.example.net"
PROPERTIES = {"reset_url": "https://shop.example.com/reset/1", "expires_in": "60 minutes"}
WAITS = """name: Browser wait
trigger: {type: event, event: browser_began}
steps:
  - {id: day, type: wait, time: 1d}
"""


def test_a_starter_is_published_and_its_run_shows_each_step(service: Service, window: Window) -> None:
    signed_in(window, service, "automations@example.com")
    window.follow("Automations")
    window.follow("New automation")
    window.page.get_by_role("radio", name="Password reset").check()
    window.press("Create from the starter")
    path = window.path
    window.press("Publish")
    assert "contacts enter it" in window.text
    happened(service, "password_reset_requested", PERSON, **PROPERTIES)
    service.wait_until(lambda: bool(service.mails(f"to:{PERSON}")))
    service.wait_until(lambda: runs_of(service, PERSON)[0]["status"] == "ENDED")
    window.go(f"{path}/runs")
    window.follow(PERSON)
    assert "sent email 1006" in window.text
    assert window.problems == []
    stop_and_delete(window, path)


def test_an_automation_is_built_with_fields(service: Service, window: Window) -> None:
    signed_in(window, service, "fields@example.com")
    window.go("/console/automations/create")
    window.follow("Build your own")
    window.fill({"Name": "By fields"})
    window.choose("What starts it", "Your shop or app reports an event")
    window.fill({"Name of the event": "fields_began"})
    window.press("Send an email")
    assert window.page.evaluate("document.activeElement.id") == "s1", "the new step is read"
    window.press("Store the draft")
    assert "must be filled in" in window.text
    window.page.locator("#s1-email").select_option(index=1)
    window.page.locator("#s1 ~ details.adding summary").press("Enter")
    window.press("Wait a while", within="#s1 ~ details.adding")
    window.press("Move up step 2")
    window.press("Store and publish")
    assert "contacts enter it" in window.notice
    path = window.path
    happened(service, "fields_began", PERSON)
    service.wait_until(lambda: any(run.get("step") == "wait_1" for run in runs_of(service, PERSON)))
    stop_and_delete(window, path)


def test_a_definition_is_corrected_by_line_and_column(service: Service, window: Window) -> None:
    signed_in(window, service, "definitions@example.com")
    window.go("/console/automations/create")
    window.page.get_by_text("From a definition, as YAML").click()
    window.fill({"Definition": WAITS.replace("1d", "1y")})
    window.press("Create the draft")
    assert "line 4, column" in window.text
    window.fill({"Definition": WAITS})
    window.press("Create the draft")
    path = window.path
    window.press("Publish")
    happened(service, "browser_began", PERSON)
    service.wait_until(lambda: any(run.get("step") == "day" for run in runs_of(service, PERSON)))
    window.go(f"{path}/runs")
    window.follow(PERSON)
    assert "waits until" in window.text
    window.follow("Stop this run")
    window.press("Stop this run")
    assert "The run is stopped." in window.text
    stop_and_delete(window, path)


def stop_and_delete(window: Window, path: str) -> None:
    window.go(path)
    window.follow("Stop every run")
    window.press("Stop every run")
    window.follow("Delete")
    window.press("Delete the automation")
    assert "is deleted" in window.text
