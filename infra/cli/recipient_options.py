"""The options for the recipient that an email is rendered for: `preview` and `send-test` have them in common."""

from __future__ import annotations

from typing import Any

import click

from infra.cli.options import ADDRESS, JSON_OBJECT, Function, pairs


def recipient_options(command: Function) -> Function:
    """The function gets `revision`, `contact`, `contact_properties`, `custom_properties` and `language`."""
    for option in (
        click.option("--language", help="one of the email's languages (default: the contact's)"),
        click.option(
            "--custom",
            "custom_properties",
            type=JSON_OBJECT,
            help="custom properties, or @FILE (default: the email's sample)",
        ),
        click.option(
            "--property",
            "contact_properties",
            multiple=True,
            metavar="NAME=VALUE",
            callback=pairs,
            help="a contact property; repeat it for more (default: the email's sample)",
        ),
        click.option("--contact", type=ADDRESS, help="render with this contact's properties"),
        click.option("--revision", default="draft", help='number of a published revision, or "draft"'),
    ):
        command = option(command)
    return command


def recipient_fields(options: dict[str, Any]) -> dict[str, Any]:
    """The same as fields of the API's request."""
    contact = options["contact"]
    return {**options, "contact": contact.email if contact else None}
