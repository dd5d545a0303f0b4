"""A tour of the domains' routes."""

from __future__ import annotations

from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.broadcasts import act, batch_email, create, list_of, wait_for
from tests.end_to_end.support.sending.sends import SEND, request

DOMAINS = "/staffetta/v1/domains"


def tour_domains(service: Service) -> None:
    service.http.post(DOMAINS, json={"name": "tour.example.org", "ownSets": True})
    service.http.post(SEND, json=request(service, "own@tour.example.net", **{"from": "a@tour.example.org"}))
    email_id = batch_email(service, **{"from": {"fromName": "Acme", "replyTo": "a@tour.example.org"}})
    members = list_of(service, "own sets", "ada@own.example.net")
    broadcast_id = create(service, email_id, {"contactIlsLists": {"include": [members]}})["id"]
    act(service, broadcast_id, "send")
    wait_for(service, broadcast_id)
    service.settle()
    service.sweep()  # checks the domains
    service.http.get(f"{DOMAINS}/tour.example.org")
    service.http.get(DOMAINS)
    for name, own in (("adopted", False), ("separate", True)):
        service.stack.cloud.client("sesv2").create_email_identity(EmailIdentity=f"{name}.example.org")
        adopted = service.http.post(f"{DOMAINS}/{name}.example.org/adopt", json={"defaultSet": True, "ownSets": own})
        assert adopted.status_code == 201, adopted.text
    for name in ("tour", "adopted", "separate"):
        path = f"{DOMAINS}/{name}.example.org?force=true"  # published emails have their From on it
        assert service.http.request("DELETE", path).status_code == 204
