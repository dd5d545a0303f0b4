"""Contacts: a person who has one, and a tour of their routes."""

from __future__ import annotations

import json

from functions import wiring
from functions.ports.events import RawEvent
from tests.end_to_end.service import Service
from tests.end_to_end.support.publishing import published
from tests.end_to_end.support.sending import broadcasts
from tests.end_to_end.support.sending.schedule import send_later
from tests.end_to_end.support.sending.sends import SEND, request

CONTACTS, AUDIT = "/staffetta/v1/contacts", "/staffetta/v1/audit"


def mailed_person(service: Service, email: str) -> str:
    """Sends a person a mail that sets a contact property. Returns the status id."""
    requested = {**request(service, email, sendId=f"of-{email}"), "contactProperties": {"firstname": "Adelaide"}}
    status_id = service.http.post(SEND, json=requested).json()["statusId"]
    service.settle()
    return str(status_id)


def opening(email: str) -> str:
    """Returns an event of an old mail to this address."""
    tags = {"staffetta_send": ["of old"], "staffetta_recipient": ["0"]}
    mail = {"timestamp": "2026-11-23T12:00:00.000Z", "messageId": "old", "destination": [email], "tags": tags}
    return json.dumps({"eventType": "Open", "mail": mail, "open": {"timestamp": "2026-11-23T12:00:00.000Z"}})


def _join_list(service: Service, email: str) -> None:
    """Joins a list, which the person's erasure ends, and leaves another one."""
    person = service.http.get(f"/crm/v3/objects/contacts/{email}", params={"idProperty": "email"}).json()["id"]
    for name, leaves in (("Tour", False), ("Left", True)):
        new = {"name": name, "objectTypeId": "0-1", "processingType": "MANUAL"}
        members = f"/crm/v3/lists/{service.http.post('/crm/v3/lists', json=new).json()['list']['listId']}/memberships"
        service.http.request("PUT", f"{members}/add", json=[person])
        if leaves:
            service.http.request("PUT", f"{members}/remove", json=[person])
    service.http.get(f"/crm/v3/lists/records/0-1/{person}/memberships")


def tour_contacts(service: Service) -> None:
    """A person whose mails lie in all the places that an erasure looks at."""
    email = "tour@erase.example.net"
    mailed_person(service, email)
    send_later(service, email, 3600)
    both = request(service, email, cc=["other@erase.example.net"])
    service.http.post(SEND, json=both)
    with_page = published(service, html='<p>Hello</p><a href="{{ view_as_page_url }}">In a browser</a>')
    service.http.post(SEND, json={**request(service, email), "emailId": int(with_page)})  # its content is by itself
    service.settle()
    for people in ([email], [email, "other@erase.example.net"]):  # a batch that goes, and one that stays in part
        service.stack.container.get(wiring.adapters.events.event_archive).append(
            [RawEvent(opening(one), "2026-11-23T12:00:00.000Z") for one in people]
        )
    _join_list(service, email)
    broadcasts.create(service, broadcasts.batch_email(service), {"contactIds": {"include": [email]}})
    service.http.get(f"{CONTACTS}/{email}")
    service.http.request("DELETE", f"{CONTACTS}/{email}")
    service.sweep()
    service.http.get(AUDIT)
