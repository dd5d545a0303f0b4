"""Custom events of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli.command import Group
from infra.cli.options import pairs, stage_option
from infra.cli.terminal import show

if TYPE_CHECKING:
    from infra.cli.stage import Stage


@click.group(cls=Group, examples=["staffetta events send order_placed --email ada@example.net --property total=38"])
def command() -> None:
    pass


@command.command(
    "send",
    fields={"eventName": "NAME"},
    examples=["staffetta events send order_placed --email ada@example.net --property total=38"],
)
@click.argument("name")
@click.option("--email", required=True, metavar="EMAIL", help="the contact's address")
@click.option(
    "--property", "properties", multiple=True, callback=pairs, metavar="NAME=VALUE", help="a property of the event"
)
@click.option("--uuid", help="events with the same one happen once")
@stage_option
def send(stage: Stage, name: str, email: str, properties: dict[str, str] | None, uuid: str | None) -> None:
    """Send a custom event, as HubSpot's API does: it starts automations and ends their waits."""
    from functions.routes.automations.custom_events import send_event

    body = {"eventName": name, "email": email, "properties": properties or {}}
    stage.call(send_event, json_body=body | ({"uuid": uuid} if uuid else {}))
    show(f"The event {name} of {email} is queued.")
