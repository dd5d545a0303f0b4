"""Automations over HTTP, and a tour of what they need."""

from __future__ import annotations

from typing import Any

from functions import wiring
from functions.core import timestamps
from functions.core.automations.jobs import EventHappened
from functions.core.automations.run import Run, current_part
from tests.end_to_end.service import Service
from tests.end_to_end.support.records import created
from tests.end_to_end.support.sending.broadcasts import list_of
from tests.end_to_end.support.webhooks import webhook
from tests.support.webhooks import receiving

AUTOMATIONS = "/staffetta/v1/automations"
EMAILS = "/marketing/v3/emails"


def automated_email(service: Service, **changed: Any) -> int:
    """Returns the id of a published email that is saved for automation."""
    document = {
        "name": "Order",
        "subject": "Order {{ custom.total }}",
        "from": {"fromName": "Acme", "replyTo": "shop@example.com"},
        "content": {
            "html": "<p>Thank you: {{ custom.total }}</p>",
            "plainTextVersion": "Thank you: {{ custom.total }}",
        },
        "subcategory": "automated",
        **changed,
    }
    email_id = service.http.post(EMAILS, json=document).json()["id"]
    assert service.http.post(f"{EMAILS}/{email_id}/publish").status_code == 204
    return int(email_id)


def published(service: Service, definition: str) -> int:
    """Returns the id of an automation that contacts may enter."""
    answer = service.http.post(AUTOMATIONS, json={"definition": definition})
    assert answer.status_code == 201, answer.text
    automation_id = int(answer.json()["id"])
    answer = service.http.post(f"{AUTOMATIONS}/{automation_id}/publish")
    assert answer.status_code == 200, answer.text
    return automation_id


def happened(service: Service, name: str, email: str, **properties: Any) -> None:
    body = {"eventName": name, "email": email, "properties": properties}
    answer = service.http.post("/events/v3/send", json=body)
    assert answer.status_code == 204, answer.text


def runs_of(service: Service, email: str) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = service.http.get(f"/staffetta/v1/contacts/{email}/runs").json()["results"]
    return results


def tour_automations(service: Service) -> None:
    """Each trigger's way in, each step, and every route."""
    email, listed = automated_email(service), list_of(service, "Tour of automations", "member@automations.example.net")
    with receiving() as receiver, webhook(service, receiver) as hook:
        number = published(service, _everything(service, email, listed, hook["id"]))
        happened(service, "nothing-begins", "tour@automations.example.net", total=9)
        _large_event(service, "toured", "tour@automations.example.net")
        service.wait_until(lambda: bool(receiver.requests))
        service.settle()
    (run,) = (one for one in runs_of(service, "tour@automations.example.net") if one["automationId"] == number)
    _change_everything(service, number, run["id"])
    created(service, "new@automations.example.net", city="Rome")
    runs = service.stack.container.get(wiring.adapters.automations.runs)
    for person, due in (("late", -3600), ("later", 7200)):
        contact = f"{person}@automations.example.net"
        entered_at, due_at = _now(service, -7200), _now(service, due)
        waiting = Run(
            id=person, automation=number, version=1, contact=contact, entered_at=entered_at, step="day", due_at=due_at
        )
        runs.create(waiting, current_part(number))
    service.sweep()
    service.sweep()
    created(service, "later@automations.example.net")
    answer = service.http.request("DELETE", "/staffetta/v1/contacts/later@automations.example.net")
    assert answer.status_code == 202, answer.text
    service.sweep()


def _large_event(service: Service, name: str, email: str) -> None:
    """An event of a bus may have 256 KB, so the send that it starts may not fit into its queue. One of the API has less."""
    properties = {"total": 9, "text": "x" * 200_000}
    job = EventHappened(id="large", name=name, contact=email, at=_now(service, 0), properties=properties)
    service.stack.container.get(wiring.adapters.automations.automation_queue).put([job])


def _everything(service: Service, email: int, listed: str, hook: str) -> str:
    service.http.post(
        "/staffetta/v1/subscription-types", json={"id": "tour-automations", "name": "A", "purpose": "Marketing"}
    )
    link = '<a href="{{ unsubscribe_link }}">no more</a>'
    content = {"html": f"<p>News {link}</p>", "plainTextVersion": "News {{ unsubscribe_link }}"}
    news = automated_email(service, content=content, subscriptionDetails={"subscriptionId": "tour-automations"})
    other = published(
        service,
        f"name: On delivery\ntrigger: {{type: email, email: {email}, was: DELIVERED}}\nsteps: [{{id: day, type: wait, time: 1d}}]\n",
    )
    published(service, "name: Created\ntrigger: {type: contact_created}\nsteps: [{id: day, type: wait, time: 1d}]\n")
    return f"""
name: Tour
trigger: {{type: event, event: toured}}
steps:
  - {{id: mail, type: send_email, email: {email}}}
  - {{id: news, type: send_email, email: {news}}}
  - id: clicked
    type: branch
    cases: [{{when: {{step: mail, was: CLICKED}}, next: end}}]
  - {{id: city, type: set_property, property: city, value: Rome}}
  - {{id: join, type: add_to_list, list: {listed}}}
  - {{id: leave, type: remove_from_list, list: {listed}}}
  - {{id: hook, type: call_webhook, endpoint: {hook}}}
  - {{id: other, type: start_automation, automation: {other}}}
  - {{id: day, type: wait, time: 1d}}
"""


def _change_everything(service: Service, number: int, run_id: str) -> None:
    path = f"{AUTOMATIONS}/{number}"
    for read in (AUTOMATIONS, path, f"{path}/versions", f"{path}/versions/1", f"{path}/diagram", f"{path}/runs"):
        assert service.http.get(read).status_code == 200
    assert (
        service.http.post(f"/staffetta/v1/contacts/tour@automations.example.net/runs/{run_id}/stop").status_code == 200
    )
    day = {
        "name": "renewal_day",
        "label": "Renewal",
        "type": "date",
        "fieldType": "date",
        "groupName": "contactinformation",
    }
    assert service.http.post("/crm/v3/properties/contacts", json=day).status_code == 201
    dated = published(
        service, "name: Dated\ntrigger: {type: date, property: renewal_day}\nsteps: [{id: day, type: wait, time: 1d}]\n"
    )
    service.settle()
    assert service.http.post(f"{AUTOMATIONS}/{dated}/stop-runs").status_code == 202
    assert service.http.request("DELETE", f"{AUTOMATIONS}/{dated}").status_code == 204


def _now(service: Service, seconds: float) -> str:
    return timestamps.iso(service.stack.container.clock() + seconds)
