"""Starter emails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from infra.cli.command import Group
from infra.cli.errors import CommandError
from infra.cli.options import ADDRESS, json_option, stage_option
from infra.cli.terminal import note, show, show_json, show_table

if TYPE_CHECKING:
    from functions.ports.emails import Emails
    from infra.cli.stage import Stage


@click.group(
    cls=Group,
    examples=["staffetta starters list", "staffetta starters publish receipt --from 'Acme <receipts@mail.acme.com>'"],
)
def command() -> None:
    pass


@command.command("list", examples=["staffetta starters list", "staffetta starters list --json"])
@json_option
def list_(*, as_json: bool) -> None:
    """List the starters."""
    from functions.adapters.templates import starters
    from functions.core.addresses import Address

    matches = [(name, starters.load(name, Address("someone@example.com"))) for name in starters.names()]
    if as_json:
        results = [
            {"name": name, "emailId": starter.draft.email_id, "description": starter.description}
            for name, starter in matches
        ]
        show_json({"results": results})
        return
    rows = [(name, starter.draft.email_id, starter.description) for name, starter in matches]
    show_table(("NAME", "EMAIL ID", "DESCRIPTION"), rows, empty="No starters.")


@command.command(
    "publish",
    fields={"from.fromName": "--from", "from.replyTo": "--from"},
    examples=["staffetta starters publish receipt --from 'Acme <receipts@mail.acme.com>' --stage prod"],
)
@click.argument("name")
@click.option("--from", "sender", required=True, type=ADDRESS, help="sender, on the stage's domain")
@click.option("--force", is_flag=True, help="overwrite an unpublished draft")
@stage_option
@json_option
def publish(stage: Stage, name: str, sender: Any, *, force: bool, as_json: bool) -> None:
    """Publish a starter as its email's live revision. NAME is as `staffetta starters list` shows it."""
    from functions import wiring
    from functions.adapters.templates import starters
    from functions.core.access.audit import AuditAction

    starter = starters.load(name, sender)
    if not force:
        _refuse_to_overwrite(stage.get(wiring.adapters.emails.emails), starter.draft.email_id)
    published = stage.get(wiring.emails.publish_email)(starter.draft)
    revision = published.revision
    stage.audit(AuditAction.EMAIL_PUBLISHED, revision.email_id, revision=revision.number)
    if as_json:
        show_json({"emailId": revision.email_id, "revision": revision.number, "name": revision.name})
    else:
        show(f"emailId {revision.email_id}, revision {revision.number}: {revision.name}")
    for warning in published.warnings:
        note(f"warning: {warning}")


def _refuse_to_overwrite(emails: Emails, email_id: int) -> None:
    """A published revision is stored forever, a draft only once."""
    from functions.core.emails.email import DRAFT

    email = emails.get(email_id, consistent=True)
    if email is None:
        return
    draft, latest = emails.documents([(email_id, DRAFT), (email_id, email.revisions)])
    if draft and not (latest and json.loads(draft.text) == json.loads(latest.text)):
        raise CommandError(
            f"email {email_id} has an unpublished draft, changed by {draft.by or 'somebody'} at {draft.at}: publish it, reset it, "
            "or overwrite it with --force"
        )
