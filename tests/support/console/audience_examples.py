"""Examples of the pages of lists, imports and broadcasts, and what they show."""

from __future__ import annotations

import msgspec

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.core.broadcasts.broadcast import Audience, Broadcast, BroadcastPage, Recipient
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.contacts.contact_import import ContactImport, ImportState, LineError
from functions.core.contacts.lists.contact_list import ProcessingType
from functions.core.contacts.lists.list_filters import AnyBranch
from functions.core.contacts.property_definitions import FieldType, PropertyDefinition, PropertyOption, PropertyType
from functions.core.csv_file import CsvFormat, Place
from functions.wiring import Container
from tests.support.console.example import Example
from tests.support.examples import NOON_TEXT
from tests.support.list_filters import branch, city_is, property_filter

LIST, IMPORT, FILE = "/console/lists/1", "/console/imports/900", "f" * 8
PROPERTIES = "/console/contact-properties"
SENDING, PAUSED = "/console/broadcasts/b-sending", "/console/broadcasts/b-paused"
MEMBER = "member@example.net"
CSV = b"email;Name <b>;city\nada@example.net;Ada;London\n"
IN_ROME = {
    "groups": "1",
    "rows-0": "1",
    "property-0-0": "city",
    "comparison-0-0": "is",
    "value-0-0": "Rome",
}

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "GET /console/lists": (Example("/console/lists"),),
    "POST /console/lists": (Example("/console/lists", {"name": "Guests"}),),
    "GET /console/contacts/export": (Example("/console/contacts/export?list=1"),),
    "POST /console/contacts/export": (
        Example("/console/contacts/export", {"list": "1", "groups": "1", "rows-0": "1", "property-0-0": "city"}),
    ),
    "GET /console/lists/filtered": (Example("/console/lists/filtered"),),
    "POST /console/lists/filtered": (Example("/console/lists/filtered", {"name": "Romans", **IN_ROME}),),
    "GET /console/lists/{listId}/filters": (Example("/console/lists/2/filters"), Example(f"{LIST}/filters")),
    "POST /console/lists/{listId}/filters": (Example("/console/lists/2/filters", IN_ROME),),
    "GET /console/lists/{listId}": (Example(LIST), Example("/console/lists/2"), Example("/console/lists/none")),
    "POST /console/lists/{listId}/evaluate": (Example("/console/lists/2/evaluate"),),
    "POST /console/lists/{listId}/name": (Example(f"{LIST}/name", {"name": "Guests"}),),
    "POST /console/lists/{listId}/members": (Example(f"{LIST}/members", {"emails": MEMBER}),),
    "POST /console/lists/{listId}/members/remove": (Example(f"{LIST}/members/remove", {"email": MEMBER}),),
    "GET /console/lists/{listId}/delete": (Example(f"{LIST}/delete"),),
    "POST /console/lists/{listId}/delete": (Example("/console/lists/77/delete"),),
    "GET /console/contact-properties": (Example(PROPERTIES),),
    "GET /console/contact-properties/new-property": (Example(f"{PROPERTIES}/new-property"),),
    "POST /console/contact-properties/new-property": (
        Example(
            f"{PROPERTIES}/new-property",
            {"label": "Shoe size", "kind": "number.number", "groupName": "contactinformation"},
        ),
    ),
    "GET /console/contact-properties/{propertyName}": (
        Example(f"{PROPERTIES}/tier"),
        Example(f"{PROPERTIES}/points"),
        Example(f"{PROPERTIES}/email"),
    ),
    "POST /console/contact-properties/{propertyName}": (
        Example(f"{PROPERTIES}/tier", {"label": "Tier", "groupName": "contactinformation", "options": "Silver"}),
    ),
    "GET /console/contact-properties/{propertyName}/archive": (
        Example(f"{PROPERTIES}/tier/archive"),
        Example(f"{PROPERTIES}/points/archive"),
    ),
    "POST /console/contact-properties/{propertyName}/archive": (Example(f"{PROPERTIES}/none/archive"),),
    "GET /console/imports": (Example("/console/imports"),),
    "GET /console/imports/new": (Example("/console/imports/new?list=1"),),
    "POST /console/imports/new": (Example("/console/imports/new", {"file": "", "list": "1"}),),
    "POST /console/uploads": (Example("/console/uploads", {"size": "5000000"}),),
    "GET /console/imports/columns": (Example(f"/console/imports/columns?file={FILE}&list=1"),),
    "POST /console/imports/columns": (
        Example("/console/imports/columns", {"file": FILE, "name": "Guests", "column0": "email", "list": "1"}),
    ),
    "GET /console/imports/{importId}": (Example(IMPORT), Example("/console/imports/901")),
    "GET /console/imports/{importId}/errors.csv": (Example(f"{IMPORT}/errors.csv"),),
    "GET /console/imports/{importId}/cancel": (Example(f"{IMPORT}/cancel"),),
    "POST /console/imports/{importId}/cancel": (Example(f"{IMPORT}/cancel"),),
    "GET /console/broadcasts": (Example("/console/broadcasts"),),
    "GET /console/broadcasts/{broadcastId}": (Example(SENDING), Example(PAUSED)),
    "GET /console/broadcasts/{broadcastId}/report.csv": (Example(f"{SENDING}/report.csv?part=x"),),
    "GET /console/broadcasts/{broadcastId}/pause": (Example(f"{SENDING}/pause"),),
    "POST /console/broadcasts/{broadcastId}/pause": (Example(f"{PAUSED}/pause", {"reason": "wrong prices"}),),
    "POST /console/broadcasts/{broadcastId}/resume": (Example("/console/broadcasts/none/resume"),),
    "GET /console/broadcasts/{broadcastId}/cancel": (Example(f"{SENDING}/cancel"),),
    "POST /console/broadcasts/{broadcastId}/cancel": (Example("/console/broadcasts/none/cancel"),),
}


def prepare(container: Container) -> None:
    """Stores two properties, a list with a member, an import with an error, one that runs, an uploaded file, and two broadcasts."""
    lists, chosen = container.get(wiring.contacts.list_editor), unrestricted("editor@example.com")
    lists.create("Shop <b>", chosen)
    lists.create("Filtered", chosen, ProcessingType.DYNAMIC, city_is("<Rome>"))
    store_properties(container)
    container.get(wiring.adapters.contacts.contacts).upsert(MEMBER, {"firstname": "May"}, NOON_TEXT)
    container.get(wiring.adapters.contacts.list_members).add(1, [MEMBER], NOON_TEXT)
    store_imports(container)
    store_broadcasts(container)


def store_properties(container: Container) -> None:
    properties, chosen = container.get(wiring.contacts.contact_properties), unrestricted("editor@example.com")
    options = (
        PropertyOption(label="Gold <b>", value="gold"),
        PropertyOption(label="Silver", value="silver", hidden=True),
    )
    tier = PropertyDefinition(
        name="tier",
        label="Tier <b>",
        type=PropertyType.ENUMERATION,
        field_type=FieldType.SELECT,
        options=options,
    )
    properties.create(tier, chosen)
    properties.create(PropertyDefinition(name="points", label="Points"), chosen)
    with_points = branch([property_filter("points", "MULTISTRING", "IS_EQUAL_TO", values=["10"])])
    container.get(wiring.contacts.list_editor).create(
        "Ten <points>", chosen, ProcessingType.DYNAMIC, msgspec.convert(with_points, AnyBranch)
    )


def store_imports(container: Container) -> None:
    imports, files = (
        container.get(wiring.adapters.contacts.contact_imports),
        container.get(wiring.adapters.contacts.import_files),
    )
    files.write_upload(FILE, CSV)
    for import_id, state in (("900", ImportState.DONE), ("901", ImportState.PROCESSING)):
        imports.create(
            ContactImport(
                id=import_id,
                name="people <b>.csv",
                file=FILE,
                columns=("email", "firstname"),
                format=CsvFormat("utf-8"),
                place=Place(0),
                created_at=NOON_TEXT,
                created_by="editor@example.com",
                list_id=1,
                state=state,
                lines=3,
                created=2,
                errors=1,
                error_pages=(1,) if state is ImportState.DONE else (),
            )
        )
    files.write_errors("900", 1, [LineError(3, "must be an <address>", "INVALID_EMAIL", "email")])


def store_broadcasts(container: Container) -> None:
    store, pages = (
        container.get(wiring.adapters.broadcasts.broadcast_store),
        container.get(wiring.adapters.broadcasts.broadcast_pages),
    )
    for broadcast_id, state in (("b-sending", BroadcastState.SENDING), ("b-paused", BroadcastState.PAUSED)):
        store.create(
            Broadcast(
                id=broadcast_id,
                name="Spring <b> offer",
                email_id=1001,
                audience=Audience(lists=(1,), contacts=(MEMBER,)),
                created_at=NOON_TEXT,
                created_by="editor@example.com",
                state=state,
                started_at=NOON_TEXT,
                started_by="editor@example.com",
                prepared=True,
                pages=1,
                recipients=2,
                reason="wrong <prices>",
            )
        )
        pages.put(broadcast_id, BroadcastPage(number=1, recipients=2))
        recipients = [Recipient(MEMBER), Recipient("=late@example.net")]
        container.get(wiring.adapters.broadcasts.broadcast_files).write_page(broadcast_id, 1, recipients)
