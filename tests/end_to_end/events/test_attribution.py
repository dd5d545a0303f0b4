"""Mail over SMTP is explained, counted and stored like any other, although no request accepted it."""

from __future__ import annotations

import json
from typing import Any

from functions import wiring
from functions.core import ids
from functions.ports.events import ArchiveFolder
from tests.end_to_end.service import Service
from tests.end_to_end.smtp import letter
from tests.end_to_end.support.attribution import Listener, campaign, over_smtp
from tests.end_to_end.support.sending.sends import A_PERSON, read

BOUNCES, COMPLAINS = "bounce+smtp@simulator.amazonses.com", "complaint+smtp@simulator.amazonses.com"


def grown(service: Service, before: dict[str, int]) -> dict[str, int]:
    after = service.counters(emailIds=str(campaign(service)))
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


def test_smtp_mail_has_a_status_and_counts_for_its_token(service: Service) -> None:
    before = service.counters(emailIds=str(campaign(service)))
    message = letter("desk@attributed.example.net")
    message.add_alternative("<p>Please see to it.</p>", subtype="html")
    ses_id = over_smtp(service, message, "desk@attributed.example.net")
    service.settle()
    read(service, A_PERSON, "desk@attributed.example.net")
    service.settle()
    status = service.status(ids.for_ses_message(ses_id))
    assert status == service.status(ses_id), "the sender has only SES's id"
    assert (status["status"], status["sendResult"]) == ("COMPLETE", "SENT")
    (recipient,) = status["recipients"]
    assert (recipient["role"], recipient["address"]) == ("to", "desk@attributed.example.net")
    assert recipient["delivery"] == "DELIVERED"
    assert {event["type"] for event in recipient["timeline"]} == {"SENT", "DELIVERED", "OPENED"}
    counted = grown(service, before)
    assert {name: counted[name] for name in ("selected", "sent", "delivered", "open")} == dict.fromkeys(
        ("selected", "sent", "delivered", "open"), 1
    )


def test_each_recipient_of_smtp_mail_has_its_own_outcome(service: Service) -> None:
    before = service.counters(emailIds=str(campaign(service)))
    message = letter("ada@several.example.net")
    message["Cc"] = BOUNCES
    ses_id = over_smtp(service, message, "ada@several.example.net", BOUNCES, COMPLAINS)
    service.settle()
    reported = service.status(ses_id)["recipients"]
    assert [(one["role"], one["address"], one["delivery"]) for one in reported] == [
        ("to", "ada@several.example.net", "DELIVERED"),
        ("cc", BOUNCES, "BOUNCED"),
        ("bcc", COMPLAINS, "COMPLAINED"),
    ]
    counted = grown(service, before)
    assert (counted["sent"], counted["hardbounced"], counted["spamreport"]) == (3, 1, 1)
    contacts = service.stack.container.get(wiring.adapters.contacts.contacts)
    ada, bounced, complained = (contacts.get(one["address"]) for one in reported)
    assert ada
    assert bounced
    assert complained
    assert ada.quarantine is None
    assert bounced.quarantine
    assert complained.complained_at


def test_a_token_shows_its_last_use_and_source(service: Service) -> None:
    ses_id = over_smtp(service, letter("use@attributed.example.net"), "use@attributed.example.net")
    service.settle()
    token = service.stack.container.get(wiring.adapters.tokens.smtp_tokens).get(campaign(service))
    assert token
    assert (token.first_source, token.last_source) == ("127.0.0.1", "127.0.0.1")
    assert token.used_at == service.status(ses_id)["requestedAt"]


def test_every_event_is_archived_unchanged_and_once(service: Service) -> None:
    """Another listener receives what SES publishes. Then every event arrives a second time."""
    listener = Listener(service)
    ses_id = over_smtp(service, letter("kept@attributed.example.net"), "kept@attributed.example.net", BOUNCES)
    service.settle()
    published = [event for event in listener.events() if event["mail"]["messageId"] == ses_id]
    assert {event["eventType"] for event in published} == {"Send", "Delivery", "Bounce"}
    assert in_order(archived_events(service, ses_id)) == in_order(published)

    before, status = service.counters(), service.status(ses_id)
    for event in published:
        listener.publish(json.dumps(event))
    service.settle()
    assert (service.counters(), service.status(ses_id)) == (before, status)


def test_foreign_and_unreadable_events_have_archives_of_their_own(service: Service) -> None:
    listener = Listener(service)
    foreign = {"eventType": "Send", "mail": {"timestamp": "2026-11-23T12:00:00Z", "messageId": "foreign"}, "send": {}}
    listener.publish(json.dumps(foreign))
    listener.publish("not an event")
    service.settle()
    assert foreign in list(archived(service, ArchiveFolder.FOREIGN))
    assert "not an event" in list(archived(service, ArchiveFolder.UNREADABLE))


def archived_events(service: Service, ses_id: str) -> list[Any]:
    return [event for event in archived(service, ArchiveFolder.EVENTS) if event["mail"]["messageId"] == ses_id]


def archived(service: Service, shelf: ArchiveFolder) -> list[Any]:
    return list(
        service.stack.container.get(wiring.adapters.events.event_archive).between(
            "2000-01-01T00", "2999-01-01T00", shelf
        )
    )


def in_order(events: list[Any]) -> list[str]:
    return sorted(json.dumps(event, sort_keys=True) for event in events)
