"""A tour of the console's pages of messages and contacts, by one signed-in person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.end_to_end.service import Service
from tests.end_to_end.support.messages import sent
from tests.end_to_end.support.preferences import bounced_at_ses

if TYPE_CHECKING:
    from infra.local.stack import Ready
    from tests.end_to_end.support.console.session import Person

TO = "shown@console.example.net"
CONTACT = f"/console/contacts/{quote(TO, safe='')}"


def tour_rooms(service: Service, person: Person) -> None:
    status_id = sent(service, TO)
    service.settle()
    message = f"/console/messages/{status_id}/0"
    for query in ("", f"?address={quote(TO)}", "?key=local"):
        assert "Messages" in person.get(f"/console/messages{query}").text
    assert TO in person.get(f"/console/messages/{status_id}").text
    assert person.get(f"{message}/mail").ok
    assert "sent again" in person.submit(f"{message}/resend").text
    refuse_queueing(service, person, message)
    tour_tokens(service.ready, person)
    tour_endpoints(person)
    bounced_at_ses(service, TO)
    assert "@" in person.get("/console/contacts").text  # the first page of all contacts
    assert "mail again" in person.submit(f"{CONTACT}/release").text
    assert "unsubscribed from all" in person.submit(f"{CONTACT}/consent/%2A/unsubscribe").text
    assert "under way" in person.submit(f"{CONTACT}/erase").text


def tour_tokens(ready: Ready, person: Person) -> None:
    """The console invokes the function smtp_tokens for each change."""
    tokens = "/console/smtp-tokens"
    generated = person.submit(f"{tokens}/generate", name="Tour").text
    assert f"{ready.smtp_port} (STARTTLS), {ready.smtps_port} (TLS)" in generated
    user = user_of(generated)
    assert user in person.get(tokens).text
    assert "Tour" in person.get(f"{tokens}/{user}").text
    user = user_of(person.submit(f"{tokens}/{user}/reset", grace="0").text)
    assert "is deleted" in person.submit(f"{tokens}/{user}/delete").text
    assert person.get(f"{tokens}/{user}").status_code == 404


def tour_endpoints(person: Person) -> None:
    endpoints = "/console/webhooks"
    fields: dict[str, Any] = {"url": "http://127.0.0.1:9/console", "eventTypes": "*"}
    created = person.submit(f"{endpoints}/create", **fields).text
    match = re.search(rf'href="({endpoints}/[\w-]+)"', created)
    assert match, created
    page = match[1]
    tested = person.submit(f"{page}/test", page).text
    assert "sample event is on its way" in tested, tested
    assert "whsec_" in person.submit(f"{page}/rotate").text
    assert "is deleted" in person.submit(f"{page}/delete").text


def user_of(page: str) -> str:
    match = re.search(r'id="user">([^<]+)<', page)
    assert match, page
    return match[1]


def refuse_queueing(service: Service, person: Person, message: str) -> None:
    """A resend that the queue refuses leaves no message behind."""
    sqs, url = service.stack.cloud.client("sqs"), service.stack.container.settings.send_queue_url
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": "1024"})
    try:
        assert person.submit(f"{message}/resend", may_fail=True).status_code == 500
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": "262144"})
