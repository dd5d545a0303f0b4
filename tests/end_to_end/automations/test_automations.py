"""HubSpot's own client starts an automation on the local stack, and its mail arrives."""

from __future__ import annotations

from hubspot.events.send import BatchedBehavioralEventHttpCompletionRequest, BehavioralEventHttpCompletionRequest

from tests.end_to_end.service import Service
from tests.end_to_end.support.automations import automated_email, published, runs_of

ADDRESS = "ada@orders.example.net"


def test_the_clients_event_sends_a_mail_and_waits(service: Service) -> None:
    email = automated_email(service)
    published(
        service,
        f"""
name: Order
trigger: {{type: event, event: order_placed}}
enrollment: every_event
steps:
  - {{id: confirm, type: send_email, email: {email}}}
  - {{id: paid, type: wait_for, event: order_paid, at_most: 3d, timed_out: end}}
  - {{id: thanks, type: send_email, email: {email}, properties: {{total: paid}}}}
""",
    )
    send(service, "order_placed", "order-1")
    send(service, "order_placed", "order-1")
    service.wait_until(lambda: len(service.mails(f"to:{ADDRESS}")) == 1)
    (run,) = runs_of(service, ADDRESS)
    assert (run["status"], run["step"], run["event"]) == ("WAITING", "paid", {"total": "38"})
    send(service, "order_paid", "payment-1")
    service.wait_until(lambda: len(service.mails(f"to:{ADDRESS}")) == 2)
    service.wait_until(lambda: runs_of(service, ADDRESS)[0]["status"] == "ENDED")
    assert {mail["Subject"] for mail in service.mails(f"to:{ADDRESS}")} == {"Order 38", "Order paid"}


def send(service: Service, name: str, uuid: str) -> None:
    request = BehavioralEventHttpCompletionRequest(
        event_name=name, email=ADDRESS, uuid=uuid, properties={"total": "38"}
    )
    service.hubspot.events.send.basic_api.send(request)


def test_the_clients_batch_starts_a_run_for_each_contact(service: Service) -> None:
    published(
        service,
        "name: Batch\ntrigger: {type: event, event: batch_began}\nsteps: [{id: day, type: wait, time: 1d}]\n",
    )
    people = ["one@batch.orders.example.net", "two@batch.orders.example.net"]
    inputs = [BehavioralEventHttpCompletionRequest(event_name="batch_began", email=person) for person in people]
    service.hubspot.events.send.batch_api.send(BatchedBehavioralEventHttpCompletionRequest(inputs=inputs))
    service.wait_until(lambda: all(run.get("step") == "day" for one in people for run in runs_of(service, one) or [{}]))
