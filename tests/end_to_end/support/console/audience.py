"""A tour of the console's pages of lists, imports and broadcasts, by one signed-in person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.end_to_end.service import Service
from tests.end_to_end.support.sending import broadcasts

if TYPE_CHECKING:
    from tests.end_to_end.support.console.session import Person

PROPERTIES = "/console/contact-properties"
MEMBER, CREATED = "member@console.example.net", "created/its?own@console.example.net"


def tour_audience(service: Service, person: Person) -> None:
    tour_properties(person)
    tour_contact(person)
    tour_import(service, person)
    created = person.submit("/console/lists", name="Tour of the console").url.removeprefix(person.base)
    assert "Added: 1" in person.submit(f"{created}/members", created, emails=MEMBER).text
    exported = person.submit("/console/contacts/export", list=created.rpartition("/")[2])
    assert MEMBER in exported.text
    assert '"url"' in person.submit("/console/uploads", "/console/imports/new", size="5").text
    person.submit(f"{created}/members/remove", created, email=MEMBER)
    tour_broadcast(service, person)
    assert "is deleted" in person.submit(f"{created}/delete").text


def tour_properties(person: Person) -> None:
    fields: dict[str, Any] = {"groupName": "contactinformation", "kind": "enumeration.select", "options": "Gold"}
    created = person.submit(f"{PROPERTIES}/new-property", label="Tour tier", **fields)
    assert "Tour tier" in created.text
    path = f"{PROPERTIES}/tour_tier"
    assert "is saved" in person.submit(path, label="Tour level", groupName="contactinformation").text
    assert "is archived" in person.submit(f"{path}/archive").text


def tour_contact(person: Person) -> None:
    fields: dict[str, Any] = {"properties.email": CREATED, "properties.city": "Rome"}
    created = person.submit("/console/contacts/new", **fields)
    path = created.url.removeprefix(person.base)
    assert "In no list" in created.text
    assert CREATED in person.get("/console/contacts?text=own%40console").text
    assert "is saved" in person.submit(f"{path}/edit", **{**fields, "properties.city": "Oslo"}).text


def tour_import(service: Service, person: Person) -> None:
    columns = person.submit("/console/imports/new", upload=f"email\n{MEMBER}\nnobody\n".encode())
    (file,) = parse_qs(urlsplit(columns.url).query)["file"]
    page = f"/console/imports/columns?file={file}"
    started = person.submit("/console/imports/columns", page, file=file, name="Tour", column0="email", newList="New")
    path = started.url.removeprefix(person.base)
    service.wait_until(lambda: "every 2s" not in person.get(path).text)
    assert "3,email" in person.get(f"{path}/errors.csv").text


def tour_broadcast(service: Service, person: Person) -> None:
    email_id = broadcasts.batch_email(service)
    created = broadcasts.create(service, email_id, {"contactIds": {"include": [MEMBER]}})
    broadcasts.act(service, created["id"], "send")
    broadcasts.wait_for(service, created["id"])
    assert created["name"] in person.get("/console/broadcasts").text
    page = f"/console/broadcasts/{created['id']}"
    assert "1 of 1 recipient<" in person.get(page).text
    assert MEMBER in person.get(f"{page}/report.csv").text
