"""Subscription types of a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli.command import Group
from infra.cli.options import json_option, stage_option
from infra.cli.terminal import show, show_json, show_table

if TYPE_CHECKING:
    from functions.routes.contacts.models import SubscriptionDefinition
    from infra.cli.stage import Stage


@click.group(cls=Group, examples=["staffetta types list", "staffetta types create --name Newsletter"])
def command() -> None:
    pass


@command.command("list", examples=["staffetta types list", "staffetta types list --json"])
@stage_option
@json_option
def list_(stage: Stage, *, as_json: bool) -> None:
    """List the subscription types. TRANSACTIONAL is built in: a contact cannot unsubscribe from it."""
    from functions.routes.contacts.subscriptions.subscription_types import list_subscription_types

    results = stage.call(list_subscription_types)
    if as_json:
        show_json(results)
        return
    rows = [
        (one.id, one.name, "active" if one.is_active else "INACTIVE", one.purpose, one.description)
        for one in results.results
    ]
    show_table(("ID", "NAME", "STATE", "PURPOSE", "DESCRIPTION"), rows, empty="No subscription types.")


@command.command(
    "create",
    examples=[
        "staffetta types create --name Newsletter --purpose Marketing",
        "staffetta types create --name News --id news --description 'What is new each month'",
    ],
)
@click.option("--name", required=True, help="name that recipients see")
@click.option("--description", help="description that recipients see")
@click.option("--purpose", help="such as Marketing")
@click.option("--id", help="id that emails refer to (default: a new number)")
@stage_option
@json_option
def create(stage: Stage, *, as_json: bool, **body: object) -> None:
    """Create a subscription type."""
    from functions.routes.contacts.subscriptions.subscription_types import create_subscription_type

    _show(stage.call(create_subscription_type, body=body), "created", as_json=as_json)


@command.command(
    "update",
    examples=["staffetta types update news --name 'Monthly news'", "staffetta types update news --inactive"],
)
@click.argument("type_id", metavar="TYPE")
@click.option("--name", help="name that recipients see")
@click.option("--description", help="description that recipients see")
@click.option("--purpose", help="such as Marketing")
@click.option("--active/--inactive", default=None, help="emails of an inactive type are not sent")
@stage_option
@json_option
def update(stage: Stage, type_id: str, *, as_json: bool, **body: object) -> None:
    """Change a subscription type. TYPE is its id. Options that are absent change nothing."""
    from functions.routes.contacts.subscriptions.subscription_types import update_subscription_type

    _show(stage.call(update_subscription_type, path={"typeId": type_id}, body=body), "changed", as_json=as_json)


def _show(type_: SubscriptionDefinition, done: str, *, as_json: bool) -> None:
    if as_json:
        show_json(type_)
    else:
        show(f"The subscription type {type_.id} ({type_.name!r}) is {done}.")
