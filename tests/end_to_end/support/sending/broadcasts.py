"""Broadcasts over HTTP, and a tour of what they need."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from functions import wiring
from functions.core import ids, timestamps
from functions.core.broadcasts.jobs import PrepareJob
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.sending.send import MessageKey, State
from functions.ports.broadcasts import DueBroadcast
from functions.routes.statistics.table import EMAILS_PATH as EMAILS
from tests.end_to_end.service import Service
from tests.end_to_end.support.records import created
from tests.support.list_filters import branch, city

BROADCASTS = "/staffetta/v1/broadcasts"


def batch_email(service: Service, **changed: Any) -> str:
    """Returns the id of a published batch email."""
    document = {
        "name": "Terms",
        "subject": "Terms {{ custom.year | default('') }}",
        "from": {"fromName": "Acme", "replyTo": "shop@example.com"},
        "content": {"html": "<p>Dear {{ contact.firstname }}</p>", "plainTextVersion": "Dear {{ contact.firstname }}"},
        "subcategory": "batch",
        **changed,
    }
    answer = service.http.post(EMAILS, json=document)
    assert answer.status_code == 201, answer.text
    email_id = str(answer.json()["id"])
    published = service.http.post(f"{EMAILS}/{email_id}/publish")
    assert published.status_code == 204, published.text
    return email_id


def list_of(service: Service, name: str, *emails: str) -> str:
    """Returns the id of a list with new contacts."""
    body = {"name": f"{name} of {emails[0]}", "objectTypeId": "0-1", "processingType": "MANUAL"}
    answer = service.http.post("/crm/v3/lists", json=body)
    assert answer.status_code == 200, answer.text
    list_id = str(answer.json()["list"]["listId"])
    ids = [created(service, email, firstname=email[0].upper()).id for email in emails]
    service.http.request("PUT", f"/crm/v3/lists/{list_id}/memberships/add", json=ids)
    return list_id


def uploaded_file(service: Service, text: str) -> str:
    octets = text.encode()
    offer = service.http.post("/staffetta/v1/uploads", json={"size": len(octets), "purpose": "file"}).json()
    assert service.mailbox._session.request("PUT", offer["url"], data=octets).status_code == 200
    return str(offer["uploadId"])


def create(service: Service, email_id: str, to: dict[str, Any], **chosen: Any) -> dict[str, Any]:
    answer = service.http.post(BROADCASTS, json={"emailId": email_id, "to": to, **chosen})
    assert answer.status_code == 201, answer.text
    broadcast: dict[str, Any] = answer.json()
    return broadcast


def act(service: Service, broadcast_id: str, action: str, **body: Any) -> dict[str, Any]:
    answer = service.http.post(f"{BROADCASTS}/{broadcast_id}/{action}", json=body)
    assert answer.status_code in {200, 202}, answer.text
    result: dict[str, Any] = answer.json()
    return result


def change(service: Service, broadcast_id: str, **changed: Any) -> dict[str, Any]:
    answer = service.http.request("PATCH", f"{BROADCASTS}/{broadcast_id}", json=changed)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def get(service: Service, broadcast_id: str) -> dict[str, Any]:
    broadcast: dict[str, Any] = service.http.get(f"{BROADCASTS}/{broadcast_id}").json()
    return broadcast


def wait_for(service: Service, broadcast_id: str, state: str = "DONE") -> dict[str, Any]:
    service.wait_until(lambda: get(service, broadcast_id)["state"] == state)
    return get(service, broadcast_id)


def tour_broadcasts(service: Service) -> None:
    """Each way of a broadcast: parts of every kind, a time, a refusal by SES for now, a paused email, a lease."""
    email_id = batch_email(service)
    members = list_of(service, "broadcast tour", "a@broadcast.example.net", "b@broadcast.example.net")
    excluded = list_of(service, "without", "c@broadcast.example.net")
    file = uploaded_file(service, "email,year\nc@broadcast.example.net,1\nd@broadcast.example.net,2\n")
    lists = {"include": [members], "exclude": [excluded]}
    broadcast_id = create(service, email_id, {"contactIlsLists": lists, "file": file})["id"]
    service.http.get(f"{BROADCASTS}/{broadcast_id}/previews")
    act(service, broadcast_id, "check")
    change(service, broadcast_id, name="Tour")
    service.stack.ses.account.quota.throttled_next = 1
    act(service, broadcast_id, "send")
    wait_for(service, broadcast_id)
    service.http.get(f"{BROADCASTS}/{broadcast_id}/recipients")
    late_event(service, broadcast_id, "a@broadcast.example.net")
    _with_lease(service, email_id, members)
    _of_paused_email(service, members)
    done = import_file(service, "email,city\ne@broadcast.example.net,Rome\nnobody,Rome\n", newList="Imported")
    service.http.get(f"/crm/v3/imports/{done['id']}/errors")
    _tour_dynamic_list(service)


def _tour_dynamic_list(service: Service) -> None:
    """A contact joins a list, and leaves it when the filters are others."""
    created(service, "f@broadcast.example.net", city="Siena")
    body = {
        "name": "Siena",
        "objectTypeId": "0-1",
        "processingType": "DYNAMIC",
        "filterBranch": branch([city("Siena")]),
    }
    list_id = str(service.http.post("/crm/v3/lists", json=body).json()["list"]["listId"])
    wait_for_list(service, list_id, size=1)
    change = {"filterBranch": branch([city("Atlantis")])}
    answer = service.http.request("PUT", f"/crm/v3/lists/{list_id}/update-list-filters", json=change)
    assert answer.status_code == 200, answer.text
    wait_for_list(service, list_id, size=0)


def wait_for_list(service: Service, list_id: str, size: int) -> None:
    """Waits for the end of an evaluation that gives the list this size."""

    def is_evaluated() -> bool:
        one = service.http.get(f"/crm/v3/lists/{list_id}").json()["list"]
        return not one.get("evaluating") and one["size"] == size

    service.wait_until(is_evaluated)


def late_event(service: Service, broadcast_id: str, email: str) -> None:
    """A message that was given up, and whose mail SES sent after all. The page is counted both times."""
    sends = service.stack.container.get(wiring.adapters.sending.sends)
    key = MessageKey(ids.for_broadcast(broadcast_id, email), 0)
    service.settle()  # its other events are recorded
    sent = sends.get(key)
    assert sent
    failed = replace(sent, state=State.FAILED)
    before = get(service, broadcast_id)["progress"]["outcomes"]
    assert sends.replace(sent, failed)
    service.wait_until(lambda: get(service, broadcast_id)["progress"]["outcomes"].get("failed") == 1)
    assert sends.replace(failed, sent)
    service.wait_until(lambda: get(service, broadcast_id)["progress"]["outcomes"] == before)


def _with_lease(service: Service, email_id: str, list_id: str) -> None:
    """A worker that finds another one at the pages comes back later."""
    container = service.stack.container
    broadcast_id = create(service, email_id, {"contactIlsLists": {"include": [list_id]}})["id"]
    container.get(wiring.adapters.broadcasts.broadcast_store).edit(
        broadcast_id,
        lambda one: replace(one, state=BroadcastState.PREPARING, revision=1, lease_until=container.clock() + 3),
    )
    container.get(wiring.adapters.broadcasts.broadcast_queue).enqueue(PrepareJob(broadcast_id))
    wait_for(service, broadcast_id)


def _of_paused_email(service: Service, list_id: str) -> None:
    """One of marketing mail is sent. The time of another comes while its email is paused, so its page is a dead letter."""
    service.http.post("/staffetta/v1/subscription-types", json={"id": "tour-news", "name": "N", "purpose": "Marketing"})
    link = '<a href="{{ unsubscribe_link }}">no more</a>'
    content = {"html": f"<p>News {link}</p>", "plainTextVersion": "News {{ unsubscribe_link }}"}
    # Two emails, since a worker remembers for half a minute that an email is not paused.
    first, email_id = (
        batch_email(service, content=content, subscriptionDetails={"subscriptionId": "tour-news"}) for _ in range(2)
    )
    to = {"contactIlsLists": {"include": [list_id]}}
    sent = create(service, first, to)["id"]
    act(service, sent, "send")
    wait_for(service, sent)
    broadcast_id = create(service, email_id, to)["id"]
    assert act(service, broadcast_id, "send", sendAt=_later(hours=1))["state"] == "SCHEDULED"
    assert change(service, broadcast_id, sendAt=_later(hours=2))["state"] == "SCHEDULED"
    service.http.post("/staffetta/v1/sending/pause", json={"emailId": int(email_id)})
    # Not by another call: once the API has read the pause, it refuses.
    store = service.stack.container.get(wiring.adapters.broadcasts.broadcast_store)
    due = timestamps.iso(service.stack.container.clock())
    store.edit(broadcast_id, lambda one: replace(one, send_at=due))
    store.add_due(DueBroadcast(due, broadcast_id))
    service.sweep()
    letters = service.stack.container.get(wiring.adapters.broadcasts.broadcast_dead_letters)
    service.wait_until(lambda: any(letter.reason for batch in letters.batches() for letter in batch))
    act(service, broadcast_id, "cancel")


def _later(**duration: int) -> str:
    return (datetime.now(UTC) + timedelta(**duration)).isoformat()


def import_file(service: Service, text: str, **chosen: Any) -> dict[str, Any]:
    """Imports contacts, and returns the import when it is over."""
    body = {"uploadId": uploaded_file(service, text), **chosen}
    created_import = service.http.post("/staffetta/v1/imports", json=body)
    assert created_import.status_code == 201, created_import.text
    path = f"/crm/v3/imports/{created_import.json()['id']}"
    service.wait_until(lambda: service.http.get(path).json()["state"] == "DONE")
    result: dict[str, Any] = service.http.get(path).json()
    return result
