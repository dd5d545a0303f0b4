"""Site settings of a stage: what templates print of the company."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra.cli.command import Group
from infra.cli.options import json_option, pairs, stage_option
from infra.cli.terminal import show, show_fields, show_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.cli.stage import Stage


@click.group(
    cls=Group, examples=["staffetta site-settings show", "staffetta site-settings set company_name='Acme Ltd'"]
)
def command() -> None:
    pass


@command.command("show", examples=["staffetta site-settings show", "staffetta site-settings show --stage test --json"])
@stage_option
@json_option
def show_settings(stage: Stage, *, as_json: bool) -> None:
    """Show the settings that have a value."""
    from functions.routes.templates.site_settings import get_site_settings

    _show(stage.call(get_site_settings), as_json=as_json)


@command.command(
    "set",
    examples=[
        "staffetta site-settings set company_name='Acme Ltd' company_city=Rome",
        "staffetta site-settings set company_phone=",
    ],
)
@click.argument("settings", metavar="NAME=VALUE...", nargs=-1, required=True, callback=pairs)
@stage_option
@json_option
def set_settings(stage: Stage, settings: Mapping[str, str], *, as_json: bool) -> None:
    """Change settings. An empty VALUE removes one. NAME is HubSpot's, as templates print it: company_name.

    Published emails print the new values too, within 30 seconds.
    """
    from functions.routes.templates.site_settings import update_site_settings

    _show(stage.call(update_site_settings, json_body=settings), as_json=as_json)


def _show(settings: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        show_json(settings)
    elif settings:
        show_fields([*settings.items()])
    else:
        show("No site setting has a value.")
