"""A tour of the domains' routes."""

from __future__ import annotations

from tests.end_to_end.service import Service

DOMAINS = "/staffetta/v1/domains"


def tour_domains(service: Service) -> None:
    service.http.post(DOMAINS, json={"name": "tour.example.org"})
    service.http.get(f"{DOMAINS}/tour.example.org")
    service.http.get(DOMAINS)
    service.stack.cloud.client("sesv2").create_email_identity(EmailIdentity="adopted.example.org")
    service.http.post(f"{DOMAINS}/adopted.example.org/adopt", json={"defaultSet": True})
    for name in ("tour", "adopted"):
        assert service.http.request("DELETE", f"{DOMAINS}/{name}.example.org").status_code == 204
