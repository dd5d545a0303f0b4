"""Starter emails: list them, publish one on a deployed stage."""

from __future__ import annotations

import argparse
import json

from functions import wiring
from functions.adapters.templates import starters
from functions.core.access.audit import AuditAction
from functions.core.addresses import Address
from functions.core.emails.email import DRAFT
from functions.core.errors import Conflict
from functions.ports.emails import Emails
from infra import deployed
from infra.local.commands.terminal import add_stage, address, show


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="the starters there are").set_defaults(run=_list)
    publish = actions.add_parser("publish", help="compile a starter and make it the live revision of its email")
    add_stage(publish)
    publish.add_argument("name", help="as `staffetta starters list` shows it")
    publish.add_argument("--from", dest="sender", required=True, type=address, help="'Acme <receipts@mail.acme.com>'")
    publish.add_argument("--force", action="store_true", help="also over a draft that somebody has not published yet")
    publish.set_defaults(run=_publish)


def _list(options: argparse.Namespace) -> None:
    for name in starters.names():
        starter = starters.load(name, Address("someone@example.com"))
        show(f"{name}  (emailId {starter.draft.email_id}): {starter.description}")


def _publish(options: argparse.Namespace) -> None:
    container, starter = deployed.container(options.stage), starters.load(options.name, options.sender)
    if not options.force:
        _refuse_to_overwrite(container.get(wiring.adapters.emails), starter.draft.email_id)
    published = container.get(wiring.emails.publish_email)(starter.draft)
    revision = published.revision
    container.get(wiring.access.audit_log)(
        AuditAction.EMAIL_PUBLISHED, deployed.caller_arn(), str(revision.email_id), revision=revision.number
    )
    show(f"emailId {revision.email_id}, revision {revision.number}: {revision.name}")
    for warning in published.warnings:
        show(f"warning: {warning}")


def _refuse_to_overwrite(emails: Emails, email_id: int) -> None:
    """What was published is a revision for ever; a draft is nowhere else. Raises Conflict."""
    email = emails.get(email_id, consistent=True)
    if email is None:
        return
    draft, latest = emails.documents([(email_id, DRAFT), (email_id, email.revisions)])
    if draft and not (latest and json.loads(draft.text) == json.loads(latest.text)):
        raise Conflict(
            f"email {email_id} has a draft that is not published, changed by {draft.by or 'somebody'} at {draft.at}: publish it, reset it, "
            "or overwrite it with --force"
        )
