"""Test emails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from infra.cli.command import Command
from infra.cli.options import ADDRESS, json_option, stage_option
from infra.cli.recipient_options import recipient_fields, recipient_options
from infra.cli.terminal import show_json, show_table

if TYPE_CHECKING:
    from infra.cli.stage import Stage


@click.command(
    cls=Command,
    examples=[
        "staffetta send-test 1001 you@acme.com",
        "staffetta send-test 1001 you@acme.com --revision 3 --language de",
    ],
)
@click.argument("email_id", metavar="EMAIL", type=int)
@click.argument("to", metavar="ADDRESS...", nargs=-1, required=True, type=ADDRESS)
@recipient_options
@stage_option
@json_option
def command(stage: Stage, email_id: int, to: tuple[Any, ...], *, as_json: bool, **recipient: Any) -> None:
    """Send an email as a test. EMAIL is its id.

    The mail is marked in its subject and by a header. It needs no consent and counts in no statistics.
    """
    from functions.routes.emails.previews import send_test_email

    body = {**recipient_fields(recipient), "to": [address.email for address in to]}
    sent = stage.call(send_test_email, path={"emailId": email_id}, body=body)
    if as_json:
        show_json(sent)
        return
    rows = [(address.email, status.status_id) for address, status in zip(to, sent.results, strict=True)]
    show_table(("ADDRESS", "STATUS ID"), rows, empty="Nothing was sent.")
