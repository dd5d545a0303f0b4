"""A tour of the console's pages of domains, of sending as a whole, and of dead letters, by one signed-in person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions import wiring
from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.dead_letters import abandoned_send

if TYPE_CHECKING:
    from tests.end_to_end.support.console.session import Person

LETTERS, SENDING, DOMAINS = "/console/dead-letters", "/console/sending", "/console/domains"
TO = "dead@console.example.net"


def tour_account(service: Service, person: Person) -> None:
    tour_domains(service, person)
    assert "is paused" in person.submit(f"{SENDING}/pause", SENDING, email="all", reason="tour").text
    assert "goes on" in person.submit(f"{SENDING}/resume", SENDING, email="all").text
    assert person.get("/console/ip-addresses").ok
    tour_dead_letters(service, person)


def tour_domains(service: Service, person: Person) -> None:
    for name in ("console", "kept"):
        added = person.submit(DOMAINS, domain=f"{name}.example.org", ownSets="on")
        assert f"_dmarc.{name}.example.org" in added.text
    service.stack.cloud.client("sesv2").create_email_identity(EmailIdentity="old.example.org")
    for name in ("kept", "old"):
        person.submit(f"{DOMAINS}/adopt", DOMAINS, existing=f"{name}.example.org", defaultSet="on")
    for name in ("console", "kept", "old"):
        assert "is removed" in person.submit(f"{DOMAINS}/{name}.example.org/remove").text


def tour_dead_letters(service: Service, person: Person) -> None:
    """Letters of two kinds that nothing can read stay, and a send whose large content is in S3 goes back."""
    sqs, settings = service.stack.cloud.client("sqs"), service.stack.container.settings
    queues = (settings.dead_letter_queue_url, settings.broadcast_dead_letter_queue_url)
    for queue in queues:
        sqs.send_message(QueueUrl=queue, MessageBody="no letter")
    send = abandoned_send(service, TO, payment_method="x" * 250_000)
    service.stack.container.get(wiring.adapters.sending.send_queue).dead_letter(send, "SES was down")
    assert TO in person.get(LETTERS).text
    assert "back in the queue" in person.submit(f"{LETTERS}/redrive").text
    service.settle()
    assert len(service.mails(f"to:{TO}")) == 1
    for queue in queues:
        for letter in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            if letter["Body"] == "no letter":
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=letter["ReceiptHandle"])
            else:
                sqs.change_message_visibility(
                    QueueUrl=queue, ReceiptHandle=letter["ReceiptHandle"], VisibilityTimeout=0
                )
