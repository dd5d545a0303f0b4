"""Lists of contacts of a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from infra.cli.command import Group
from infra.cli.options import json_option, limit_option, stage_option, yes_option
from infra.cli.terminal import confirm, show, show_fields, show_json, show_table

if TYPE_CHECKING:
    from functions.routes.contacts.list_models import ListView, MembershipChangeView
    from infra.cli.stage import Stage


@click.group(
    cls=Group, examples=["staffetta lists list", "staffetta lists create Clients", "staffetta lists members 3"]
)
def command() -> None:
    pass


@command.command("list", examples=["staffetta lists list", "staffetta lists list --json"])
@stage_option
@json_option
def list_(stage: Stage, *, as_json: bool) -> None:
    """List the lists of contacts."""
    from functions.routes.contacts.lists import list_lists

    results = stage.call(list_lists)
    if as_json:
        show_json(results)
        return
    rows = [(one.list_id, one.name, one.processing_type, f"{one.size:,}", one.updated_at) for one in results.lists]
    show_table(("ID", "NAME", "KIND", "SIZE", "UPDATED"), rows, empty="No lists.")


@command.command("create", examples=["staffetta lists create Clients"])
@click.argument("name")
@stage_option
@json_option
def create(stage: Stage, name: str, *, as_json: bool) -> None:
    """Create a list, whose contacts you choose one by one."""
    from functions.routes.contacts.lists import create_list

    body = {"name": name, "object_type_id": "0-1", "processing_type": "MANUAL"}
    _show(stage.call(create_list, body=body).list, as_json=as_json)


@command.command("rename", examples=["staffetta lists rename 3 'Old clients'"])
@click.argument("list_id", metavar="LIST", type=int)
@click.argument("name")
@stage_option
@json_option
def rename(stage: Stage, list_id: int, name: str, *, as_json: bool) -> None:
    """Rename a list. LIST is its id."""
    from functions.routes.contacts.lists import rename_list

    renamed = stage.call(rename_list, path={"listId": list_id}, query={"list_name": name})
    _show(renamed.updated_list, as_json=as_json)


@command.command("delete", examples=["staffetta lists delete 3 --yes"])
@click.argument("list_id", metavar="LIST", type=int)
@stage_option
@yes_option
def delete(stage: Stage, list_id: int, *, yes: bool) -> None:
    """Delete a list. Its contacts stay, and `lists restore` brings it back with them."""
    from functions.routes.contacts.lists import delete_list

    confirm(f"Delete list {list_id} of stage {stage.name}?", yes=yes)
    stage.call(delete_list, path={"listId": list_id})
    show(f"Deleted list {list_id}.")


@command.command("restore", examples=["staffetta lists restore 3"])
@click.argument("list_id", metavar="LIST", type=int)
@stage_option
def restore(stage: Stage, list_id: int) -> None:
    """Restore a deleted list with its members."""
    from functions.routes.contacts.lists import restore_list

    stage.call(restore_list, path={"listId": list_id})
    show(f"Restored list {list_id}.")


@command.command("members", examples=["staffetta lists members 3", "staffetta lists members 3 --limit 1000 --json"])
@click.argument("list_id", metavar="LIST", type=int)
@limit_option(100)
@stage_option
@json_option
def members(stage: Stage, list_id: int, limit: int, *, as_json: bool) -> None:
    """List the members of a list, by their ids and in no order."""
    from functions.routes.contacts.lists import list_list_members

    results: list[Any] = stage.collect(list_list_members, limit, path={"listId": list_id})
    if as_json:
        show_json({"results": results})
        return
    rows = [(one.record_id, one.membership_timestamp) for one in results]
    show_table(("CONTACT", "SINCE"), rows, empty="No members.")


@command.command("add", examples=["staffetta lists add 3 8415926535897932"])
@click.argument("list_id", metavar="LIST", type=int)
@click.argument("contacts", metavar="CONTACT", nargs=-1, required=True)
@stage_option
@json_option
def add(stage: Stage, list_id: int, contacts: tuple[str, ...], *, as_json: bool) -> None:
    """Add contacts to a list. CONTACT are their ids."""
    _change(stage, list_id, {"recordIdsToAdd": list(contacts), "recordIdsToRemove": []}, as_json=as_json)


@command.command("remove", examples=["staffetta lists remove 3 8415926535897932"])
@click.argument("list_id", metavar="LIST", type=int)
@click.argument("contacts", metavar="CONTACT", nargs=-1, required=True)
@stage_option
@json_option
def remove(stage: Stage, list_id: int, contacts: tuple[str, ...], *, as_json: bool) -> None:
    """Remove contacts from a list. CONTACT are their ids."""
    _change(stage, list_id, {"recordIdsToAdd": [], "recordIdsToRemove": list(contacts)}, as_json=as_json)


def _change(stage: Stage, list_id: int, body: dict[str, object], *, as_json: bool) -> None:
    from functions.routes.contacts.lists import change_list_members

    changed: MembershipChangeView = stage.call(change_list_members, path={"listId": list_id}, body=body)
    if as_json:
        show_json(changed)
        return
    show_fields(
        [
            ("added", ", ".join(changed.records_ids_added)),
            ("removed", ", ".join(changed.record_ids_removed)),
            ("no contact", ", ".join(changed.record_ids_missing)),
        ]
    )


def _show(one: ListView, *, as_json: bool) -> None:
    if as_json:
        show_json(one)
        return
    show_fields([("id", one.list_id), ("name", one.name), ("size", one.size)])
