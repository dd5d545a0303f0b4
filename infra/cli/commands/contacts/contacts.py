"""Contacts of a stage."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infra.cli.command import Group
from infra.cli.commands.contacts.import_contacts import import_contacts
from infra.cli.options import ADDRESS, json_option, limit_option, pairs, stage_option, yes_option
from infra.cli.terminal import confirm, progress, show, show_fields, show_json, show_table

if TYPE_CHECKING:
    from functions.ports.contacts import ErasureRequest
    from functions.routes.contacts.models import SuppressionView
    from functions.routes.contacts.record_models import ContactRecordView
    from infra.cli.stage import Stage

SEARCH_PAGE = 200  # HubSpot's most
PART_SECONDS = 5  # between two updates of the progress bar
WAIT_SECONDS = 2  # for a worker that is just sending to the person
_where_option = click.option(
    "--where",
    multiple=True,
    metavar="CONDITION",
    help="a condition that each contact passes: city=Rome, city!=Rome, city~rome, city!~rome, age>=18, phone?, phone!",
)


@click.group(
    cls=Group, examples=["staffetta contacts show ada@example.net", "staffetta contacts erase ada@example.net"]
)
def command() -> None:
    pass


command.add_command(import_contacts)


@command.command(
    "show", examples=["staffetta contacts show ada@example.net", "staffetta contacts show ada@example.net --json"]
)
@click.argument("address", type=ADDRESS)
@stage_option
@json_option
def show_contact(stage: Stage, address: Any, *, as_json: bool) -> None:
    """Show everything that is stored about a contact."""
    from functions.routes.contacts.contacts import get_contact

    contact = stage.call(get_contact, path={"email": address.email})
    if as_json:
        show_json(contact)
        return
    show_fields(
        [
            ("email", contact.email),
            ("created", contact.created_at),
            ("hard bounce", contact.bounced_at and f"{contact.bounced_at}: {contact.bounce_reason}"),
            ("spam report", contact.complained_at),
            ("other spellings", ", ".join(contact.spellings)),
        ]
    )
    show()
    properties = [(name, existing.value, existing.accepted_at) for name, existing in sorted(contact.properties.items())]
    show_table(("PROPERTY", "VALUE", "SINCE"), properties, empty="No properties.")
    show()
    decisions = [(one.subscription_id, one.status, one.decided_at, one.source) for one in contact.decisions]
    show_table(("SUBSCRIPTION", "STATUS", "DECIDED", "SOURCE"), decisions, empty="No subscription decisions.")


@command.command(
    "search",
    fields={"filterGroups": "--where", "query": "WORDS"},
    examples=[
        "staffetta contacts search",
        "staffetta contacts search ada",
        "staffetta contacts search --where city=Rome --where 'age>=18' --limit 500 --json",
    ],
)
@click.argument("words", default="")
@_where_option
@click.option("--property", "properties", multiple=True, help="show this property too; may be repeated")
@limit_option(20)
@stage_option
@json_option
def search(
    stage: Stage, words: str, where: tuple[str, ...], properties: tuple[str, ...], limit: int, *, as_json: bool
) -> None:
    """Find contacts by words in their name, address, phone or company, and by conditions. It reads the contacts page by page."""
    from functions import wiring
    from functions.routes.contacts.records import search_contacts
    from infra.cli.list_conditions import search_filters
    from infra.cli.stage import pages_of

    definitions = stage.get(wiring.contacts.contact_properties).list()
    filters = [
        {"propertyName": one.name, "operator": one.operator, "value": next(iter(one.values), None)}
        for one in search_filters(where, definitions)
    ]
    groups = [{"filters": filters}] if filters else None
    columns = ("email", "firstname", "lastname", *properties)
    results: list[Any] = []

    def read(after: str | None) -> Any:
        most = min(SEARCH_PAGE, limit - len(results))
        body = {"query": words, "filter_groups": groups, "properties": columns, "limit": most, "after": after}
        return stage.call(search_contacts, body=body)

    for rows in pages_of(read):
        results += rows
        if len(results) >= limit:
            break
    if as_json:
        show_json({"results": results})
        return
    cells = [(one.id, *(one.properties.get(name) or "" for name in columns)) for one in results]
    show_table(("ID", *(name.upper() for name in columns)), cells, empty="No contacts.")


@command.command(
    "export",
    examples=[
        "staffetta contacts export people.csv",
        "staffetta contacts export romans.csv --where city=Rome --property email --property firstname",
        "staffetta contacts export clients.csv --list 3",
    ],
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--list", "list_id", type=int, metavar="LIST", help="only the members of this list")
@_where_option
@click.option("--property", "properties", multiple=True, help="a column; default: each property that is defined")
@stage_option
def export(stage: Stage, file: Path, list_id: int | None, where: tuple[str, ...], properties: tuple[str, ...]) -> None:
    """Export contacts to a CSV file. Its last column has the subscription types that the contact left.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    from functions import wiring
    from functions.core.access.audit import AuditAction
    from functions.core.csv_table import rows_to_csv
    from infra.cli.list_conditions import search_filters

    group = search_filters(where, stage.get(wiring.contacts.contact_properties).list())
    batches = stage.get(wiring.contacts.export_contacts)(
        stage.actor, properties, list_id=list_id, groups=[group] if group else []
    )
    exported = -1  # the header
    with file.open("w", encoding="utf-8", newline="") as out, progress("contacts") as advance:
        for rows in batches:
            out.write(rows_to_csv(rows))
            exported += len(rows)
            advance(len(rows))
    stage.audit(AuditAction.CONTACTS_EXPORTED, f"list {list_id}" if list_id else "contacts", contacts=exported)
    show(f"Exported {exported:,} contacts to {file}.")


@command.command(
    "create",
    fields={"properties": "", "properties.email": "ADDRESS"},
    examples=["staffetta contacts create ada@example.net", "staffetta contacts create ada@example.net firstname=Ada"],
)
@click.argument("address", type=ADDRESS)
@click.argument("values", nargs=-1, metavar="[PROPERTY=VALUE]...", callback=pairs)
@stage_option
@json_option
def create(stage: Stage, address: Any, values: dict[str, str] | None, *, as_json: bool) -> None:
    """Create a contact."""
    from functions.routes.contacts.records import create_contact

    body = {"properties": {**(values or {}), "email": address.email}}
    _show_record(stage.call(create_contact, json_body=body), as_json=as_json)


@command.command(
    "update",
    fields={"properties": ""},
    examples=[
        "staffetta contacts update ada@example.net city=Rome phone=",
        "staffetta contacts update ada@example.net email=ada@example.org",
    ],
)
@click.argument("address", type=ADDRESS)
@click.argument("values", nargs=-1, required=True, metavar="PROPERTY=VALUE...", callback=pairs)
@stage_option
@json_option
def update(stage: Stage, address: Any, values: dict[str, str], *, as_json: bool) -> None:
    """Change properties of a contact. An empty value clears a property, and `email` moves the contact to another address."""
    from functions.routes.contacts.records import update_contact

    path, query = {"contactId": address.email}, {"id_property": "email"}
    record = stage.call(update_contact, path=path, query=query, json_body={"properties": values})
    _show_record(record, as_json=as_json)


@command.command("archive", examples=["staffetta contacts archive ada@example.net --yes"])
@click.argument("address", type=ADDRESS)
@stage_option
@yes_option
def archive(stage: Stage, address: Any, *, yes: bool) -> None:
    """Archive a contact: no list of contacts has it any more, its decisions still count, and `contacts create` brings it back."""
    from functions.routes.contacts.records import archive_contact

    confirm(f"Archive {address.email} of stage {stage.name}?", yes=yes)
    archived = stage.call(archive_contact, path={"contactId": address.email}, query={"id_property": "email"})
    show(f"Archived {address.email}." if archived else f"There is no contact {address.email}.")


def _show_record(record: ContactRecordView, *, as_json: bool) -> None:
    if as_json:
        show_json(record)
        return
    show_fields([("id", record.id), *((name, value) for name, value in sorted(record.properties.items()) if value)])


@command.command(
    "lift-quarantine",
    examples=[
        "staffetta contacts lift-quarantine ada@example.net",
        "staffetta contacts lift-quarantine ada@example.net --json",
    ],
)
@click.argument("address", type=ADDRESS)
@stage_option
@json_option
def lift(stage: Stage, address: Any, *, as_json: bool) -> None:
    """Mail an address again that bounced: lift its quarantine, and remove it from SES's suppression list.

    SES lists an address as the mail wrote it, so every stored spelling is removed. Entries for complaints stay.
    """
    from functions.routes.contacts.subscriptions.preferences import lift_quarantine

    lifted = stage.call(lift_quarantine, path={"email": address.email})
    if as_json:
        show_json(lifted)
        return
    bounce = f"of {lifted.bounced_at}: {lifted.bounce_reason}" if lifted.bounced_at else "none"
    show_fields([("email", lifted.email), ("quarantine lifted", bounce)])
    show()
    answers = [(one.email_address, one.reason or "not listed", _outcome(one)) for one in lifted.suppressions]
    show_table(("ADDRESS AT SES", "LISTED FOR", "RESULT"), answers, empty="None.")


def _outcome(suppression: SuppressionView) -> str:
    if suppression.removed:
        return "removed"
    return "stays" if suppression.reason else ""


@command.command(
    "erase",
    examples=[
        "staffetta contacts erase ada@example.net",
        "staffetta contacts erase ada@example.net --stage test --yes",
    ],
)
@click.argument("address", type=ADDRESS)
@stage_option
@yes_option
def erase(stage: Stage, address: Any, *, yes: bool) -> None:
    """Erase one person: delete the contact, anonymise messages and events, cancel pending sends. Counters stay.

    If this is interrupted, the stage's sweeper finishes it, or the same command does.
    """
    from functions import wiring
    from functions.core import ids

    confirm(f"Erase {address.email} from stage {stage.name}? This cannot be undone.", yes=yes)
    erasure = stage.get(wiring.contacts.erase_contact)
    order = erasure.request(address.email, stage.actor)
    done = None
    with progress("erasing") as advance:
        while done is None and (left := _pending(stage, order.address)):
            advance(0, text=_progress_of(stage, left))
            finished = erasure(stage.container.clock() + PART_SECONDS)
            done = next((one for one in finished if one.address == order.address), None)
            if done is None and not left.ready:
                time.sleep(WAIT_SECONDS)
    if done:
        show(f"Erased: {done.messages} messages ({done.canceled} canceled first), {done.events} events, the contact.")
    show(f"The audit log has it under the subject {ids.address_hash(address.email)}.")


def _pending(stage: Stage, address: str) -> ErasureRequest | None:
    """Returns None when the erasure is done, by this command or by the sweeper."""
    from functions import wiring

    return stage.get(wiring.contacts.erase_contact).requests.get(address)


def _progress_of(stage: Stage, order: ErasureRequest) -> str:
    from functions import wiring

    scan = stage.get(wiring.contacts.erase_contact).requests.scan()
    archive = scan.position if order.scan and order.scan == scan.number else "not yet"
    return f"{order.messages} messages, {order.canceled} canceled, {order.events} events; archive: {archive}"
