"""The API's OpenAPI document."""

from __future__ import annotations

import click

from infra.cli.command import Command
from infra.cli.terminal import show_json


@click.command(cls=Command, examples=["staffetta openapi > openapi.json"])
def command() -> None:
    from functions.routes import openapi

    show_json(openapi.document())
