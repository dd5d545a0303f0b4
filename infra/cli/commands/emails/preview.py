"""Previews of emails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from infra.cli.command import Command
from infra.cli.options import json_option, stage_option
from infra.cli.recipient_options import recipient_fields, recipient_options
from infra.cli.terminal import note, show, show_exactly, show_fields, show_json

if TYPE_CHECKING:
    from infra.cli.stage import Stage

GMAIL_CLIPS = 102 * 1024  # bytes of HTML


@click.command(
    cls=Command,
    examples=[
        "staffetta preview 1001",
        "staffetta preview 1001 --format html > receipt.html",
        "staffetta preview 1001 --contact ada@example.net --custom '{\"order\": 7}' --json",
    ],
)
@click.argument("email_id", metavar="EMAIL", type=int)
@click.option(
    "--format",
    "part",
    type=click.Choice(["text", "html", "mail"]),
    default="text",
    help="mail: the whole mail, RFC 5322",
)
@recipient_options
@stage_option
@json_option
def command(stage: Stage, email_id: int, part: str, *, as_json: bool, **recipient: Any) -> None:
    """Show an email as a recipient would get it. EMAIL is its id."""
    from functions.routes.emails.previews import preview_email

    raw = {"raw": "true"} if part == "mail" else {}
    preview = stage.call(preview_email, path={"emailId": email_id}, query=raw, body=recipient_fields(recipient))
    for name in preview.missing:
        note(f"warning: the property {name} has no value")
    if preview.html_size > GMAIL_CLIPS:
        note(f"warning: the HTML has {preview.html_size:,} bytes, and Gmail clips mail over {GMAIL_CLIPS:,}")
    if as_json:
        show_json(preview)
    elif part == "text":
        show_fields([("subject", preview.subject), ("preview", preview.preview_text), ("language", preview.language)])
        show(f"\n{preview.text}")
    else:
        show_exactly(preview.html if part == "html" else preview.raw or "")
