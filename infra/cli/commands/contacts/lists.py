"""Lists of contacts of a stage."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infra.cli.command import Group
from infra.cli.errors import CommandError
from infra.cli.options import json_object, json_option, limit_option, stage_option, yes_option
from infra.cli.terminal import confirm, progress, show, show_fields, show_json, show_table

if TYPE_CHECKING:
    from functions.routes.contacts.list_models import ListView, MembershipChangeView
    from infra.cli.stage import Stage


LOOK_SECONDS = 1.0  # between two looks at an evaluation
_where_option = click.option(
    "--where",
    multiple=True,
    metavar="CONDITION",
    help="a condition that each contact passes: city=Rome, city!=Rome, city~om, age>=18, phone?, phone!, 'in list 3', "
    "'not in list 3'",
)
_filters_option = click.option(
    "--filters", type=click.Path(dir_okay=False, path_type=Path), help="a file that holds the filterBranch as JSON"
)

_FIELDS = {"filterBranch": "--where or --filters"}


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
    rows = [
        (one.list_id, one.name, one.processing_type, f"{one.size:,}", _evaluation(one), one.updated_at)
        for one in results.lists
    ]
    show_table(("ID", "NAME", "KIND", "SIZE", "EVALUATED", "UPDATED"), rows, empty="No lists.")


def _evaluation(one: ListView) -> str:
    return "now" if one.evaluating else one.evaluated_at or ""


@command.command("show", examples=["staffetta lists show 3", "staffetta lists show 3 --json"])
@click.argument("list_id", metavar="LIST", type=int)
@stage_option
@json_option
def show_list(stage: Stage, list_id: int, *, as_json: bool) -> None:
    """Show a list: its size, when its filters were last evaluated, and the filters."""
    from functions.routes.contacts.lists import get_list

    _show(stage.call(get_list, path={"listId": list_id}, query={"include_filters": True}).list, as_json=as_json)


@command.command(
    "create",
    fields=_FIELDS,
    examples=[
        "staffetta lists create Clients",
        "staffetta lists create Romans --where city=Rome --where 'not in list 3'",
        "staffetta lists create Buyers --filters filters.json --snapshot",
    ],
)
@click.argument("name")
@_where_option
@_filters_option
@click.option("--snapshot", is_flag=True, help="evaluate the filters once: afterwards you choose the members")
@click.option("--wait", is_flag=True, help="wait for the first evaluation")
@stage_option
@json_option
def create(
    stage: Stage,
    name: str,
    where: tuple[str, ...],
    filters: Path | None,
    *,
    snapshot: bool,
    wait: bool,
    as_json: bool,
) -> None:
    """Create a list, whose contacts you choose one by one, or filters choose."""
    from functions.routes.contacts.lists import create_list

    branch = _branch(stage, where, filters)
    kind = "SNAPSHOT" if snapshot else "DYNAMIC" if branch else "MANUAL"
    body = {"name": name, "object_type_id": "0-1", "processing_type": kind, "filter_branch": branch}
    created = stage.call(create_list, body=body).list
    _show(_evaluated(stage, created) if wait else created, as_json=as_json)


@command.command(
    "filters",
    fields=_FIELDS,
    examples=["staffetta lists filters 3 --where plan=pro", "staffetta lists filters 3 --filters filters.json --wait"],
)
@click.argument("list_id", metavar="LIST", type=int)
@_where_option
@_filters_option
@click.option("--wait", is_flag=True, help="wait for the evaluation")
@stage_option
@json_option
def change_filters(
    stage: Stage, list_id: int, where: tuple[str, ...], filters: Path | None, *, wait: bool, as_json: bool
) -> None:
    """Change the filters of a dynamic list, and evaluate it again."""
    from functions.routes.contacts.lists import update_list_filters

    branch = _branch(stage, where, filters)
    if branch is None:
        raise CommandError("name the filters by --where or --filters")
    changed = stage.call(update_list_filters, path={"listId": list_id}, body={"filter_branch": branch}).updated_list
    _show(_evaluated(stage, changed) if wait else changed, as_json=as_json)


@command.command("evaluate", examples=["staffetta lists evaluate 3", "staffetta lists evaluate 3 --no-wait"])
@click.argument("list_id", metavar="LIST", type=int)
@click.option("--no-wait", is_flag=True, help="do not wait until it is done")
@stage_option
@json_option
def evaluate(stage: Stage, list_id: int, *, no_wait: bool, as_json: bool) -> None:
    """Evaluate a dynamic list: contacts that pass its filters join, and the others leave."""
    from functions.core import timestamps
    from functions.routes.contacts.lists import evaluate_list

    since = timestamps.iso(stage.container.clock())
    one = stage.call(evaluate_list, path={"listId": list_id}).list
    _show(one if no_wait else _evaluated(stage, one, since), as_json=as_json)


def _branch(stage: Stage, where: tuple[str, ...], filters: Path | None) -> dict[str, Any] | None:
    from functions import wiring
    from infra.cli.list_conditions import filter_branch

    if where and filters:
        raise CommandError("use either --where or --filters")
    if filters:
        return _read(filters)
    return filter_branch(where, stage.get(wiring.contacts.contact_properties).list()) if where else None


def _read(file: Path) -> dict[str, Any]:
    try:
        return json_object(file.read_bytes())
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CommandError(f"{file} {error}") from error


def _evaluated(stage: Stage, one: ListView, since: str = "") -> ListView:
    """Waits for an evaluation that began since then."""
    from functions.routes.contacts.lists import get_list

    with progress("evaluating") as advance:
        while one.evaluating or (one.evaluated_at or "") < since:
            time.sleep(LOOK_SECONDS)
            one = stage.call(get_list, path={"listId": int(one.list_id)}).list
            advance(0, text=f"{one.size:,} contacts")
    return one


@command.command("rename", fields={"listName": "NAME"}, examples=["staffetta lists rename 3 'Old clients'"])
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


@command.command("add", fields={"recordIdsToAdd": "CONTACT"}, examples=["staffetta lists add 3 8415926535897932"])
@click.argument("list_id", metavar="LIST", type=int)
@click.argument("contacts", metavar="CONTACT", nargs=-1, required=True)
@stage_option
@json_option
def add(stage: Stage, list_id: int, contacts: tuple[str, ...], *, as_json: bool) -> None:
    """Add contacts to a list. CONTACT are their ids."""
    _change(stage, list_id, {"recordIdsToAdd": list(contacts), "recordIdsToRemove": []}, as_json=as_json)


@command.command(
    "remove", fields={"recordIdsToRemove": "CONTACT"}, examples=["staffetta lists remove 3 8415926535897932"]
)
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
    show_fields(
        [
            ("id", one.list_id),
            ("name", one.name),
            ("kind", one.processing_type),
            ("size", one.size),
            ("evaluated", "now" if one.evaluating else one.evaluated_at),
        ]
    )
    if one.filter_branch:
        show()
        show_json(one.filter_branch)
