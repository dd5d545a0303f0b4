"""Emails of a deployed stage as files in a folder, for a team that keeps them in git."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from functions import wiring
from functions.core.emails.email import DRAFT, Subcategory
from functions.core.emails.email_document import draft_of
from functions.core.errors import FieldError, Rejected
from functions.steps.emails.read_emails import with_document
from functions.wiring import Container
from infra import deployed
from infra.local.commands.terminal import add_stage, address, show
from infra.local.email_files import FiledEmail, digest
from infra.local.email_folder import PARTIALS, Change, Folder, Held, Push, diff_of, pulling, pushing


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    pull = actions.add_parser("pull", help="write the drafts of all emails, and the stored partials, into a folder")
    push = actions.add_parser("push", help="make the drafts on the stage what the folder says")
    for action in (pull, push):
        add_stage(action)
        action.add_argument("folder", type=Path, metavar="DIR")
        action.add_argument("--force", action="store_true", help="overwrite what was changed there meanwhile")
    push.add_argument("--publish", action="store_true", help="publish every email of the folder, too")
    push.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
    push.add_argument("--yes", action="store_true", help="do not ask")
    push.add_argument("--by", type=address, help="the email address of whoever changes the emails")
    pull.set_defaults(run=_pull)
    push.set_defaults(run=_push)


def _pull(options: argparse.Namespace) -> None:
    container, folder = deployed.container(options.stage), Folder(options.folder)
    pull = pulling(folder.emails(), _held(container), force=options.force)
    for email in pull.writes:
        folder.write(email)
        show(f"pulled {email.name} ({email.id})")
    for email in pull.same:
        folder.stamp(email.name, email.id or 0, email.pulled)
    refused = [*pull.refused, *_pull_partials(container, folder, force=options.force)]
    for name in pull.gone:
        show(f"{name} is not on the stage: archived there, or never pushed")
    show(f"{len(pull.writes)} pulled, {len(pull.same)} the same")
    if refused:
        raise Rejected(refused)


def _pull_partials(container: Container, folder: Folder, *, force: bool) -> list[FieldError]:
    here, refused = folder.partials(), list[FieldError]()
    for name, text in _stored_partials(container).items():
        if here.get(name, text) != text and not force:
            refused.append(FieldError(f"{PARTIALS}/{name}", "is not the same here: push it, or pull with --force"))
        elif name not in here or here[name] != text:
            folder.write_partial(name, text)
            show(f"pulled {PARTIALS}/{name}")
    return refused


def _push(options: argparse.Namespace) -> None:
    container, folder = deployed.container(options.stage), Folder(options.folder)
    emails, partials = folder.emails(), folder.partials()
    push = pushing(emails, _held(container), force=options.force)
    _refuse_archived(container, push)
    stored = _stored_partials(container)
    changed = {name: text for name, text in partials.items() if stored.get(name) != text}
    if options.publish:
        _check(container, emails, partials)
    _show_changes(push, changed, stored)
    if options.dry_run or not _agreed(push, changed, options):
        return
    for name, text in changed.items():
        container.get(wiring.templates.partial_library).put(name, text)
    by = options.by.email if options.by else ""
    ids = [_pushed(container, folder, change, by) for change in push.changes]
    for email, held in push.same:
        folder.stamp(email.name, held.id, digest(email.document))
    if options.publish:
        for email_id in [*ids, *(held.id for _, held in push.same)]:
            container.get(wiring.emails.edit_emails).publish(email_id, by)
    done = "pushed and published" if options.publish else "pushed"
    show(f"{len(push.changes)} {done}, {len(push.same)} the same")


def _pushed(container: Container, folder: Folder, change: Change, by: str) -> int:
    """The email's id, which its file has from then on."""
    if change.before:
        written = container.get(wiring.emails.edit_emails).replace_draft(
            change.before.id, change.document, by, change.before.version
        )
    else:
        written = container.get(wiring.emails.edit_emails).create(change.document, by, change.local.id)
    folder.stamp(change.local.name, written.email.id, digest(change.local.document))
    show(f"pushed {change.local.name} ({written.email.id})")
    return written.email.id


def _held(container: Container) -> dict[int, Held]:
    """Every email that authors write and that is not archived, with its draft."""
    emails = [
        email
        for email in container.get(wiring.adapters.emails).all()
        if email.subcategory is not Subcategory.SMTP_TOKEN and not email.archived_at
    ]
    documents = container.get(wiring.adapters.emails).documents([(email.id, DRAFT) for email in emails])
    return {
        email.id: Held(id=email.id, version=email.version, document=with_document(email, DRAFT, document).document)
        for email, document in zip(emails, documents, strict=True)
    }


def _stored_partials(container: Container) -> dict[str, str]:
    return {
        name: container.get(wiring.templates.partial_library).get(name).text
        for name, bundled in container.get(wiring.templates.partial_library).list()
        if not bundled
    }


def _refuse_archived(container: Container, push: Push) -> None:
    """An id that the stage does not list may still be one of its own."""
    faults = [
        FieldError(change.local.name, f"email {change.local.id} is archived on the stage, or not an author's")
        for change in push.changes
        if change.before is None
        and change.local.id
        and container.get(wiring.adapters.emails).get(change.local.id, consistent=True)
    ]
    if faults:
        raise Rejected(faults)


def _check(container: Container, emails: Sequence[FiledEmail], partials: dict[str, str]) -> None:
    """What publishing would say, with the folder's partials, before anything is changed. Raises Rejected with all of it."""

    def partial(name: str) -> str | None:
        return partials[name] if name in partials else container.get(wiring.templates.partial_library).find(name)

    publication, faults = replace(container.get(wiring.emails.publish_email), partial=partial), list[FieldError]()
    for email in emails:
        try:
            draft = draft_of(email.id or 0, email.document, container.get(wiring.emails.edit_emails).starters)
            checked = publication.check(draft)
        except Rejected as error:
            faults += [_named(email, fault) for fault in error.errors]
            continue
        faults += [_named(email, fault) for fault in checked.errors]
        for warning in checked.warnings:
            show(f"warning: {_named(email, warning)}")
    if faults:
        raise Rejected(faults)


def _named(email: FiledEmail, fault: FieldError) -> FieldError:
    return replace(fault, where=f"{email.name}: {fault.field}")


def _show_changes(push: Push, changed: dict[str, str], stored: dict[str, str]) -> None:
    for change in push.changes:
        show(change.diff())
    if changed:
        before = {f"{PARTIALS}/{name}.mjml": stored[name] for name in changed if name in stored}
        show(diff_of(before, {f"{PARTIALS}/{name}.mjml": text for name, text in changed.items()}))


def _agreed(push: Push, changed: dict[str, str], options: argparse.Namespace) -> bool:
    if options.yes or not (push.changes or changed or options.publish):
        return True
    if not sys.stdin.isatty():
        raise Rejected([FieldError("push", "nobody is here to be asked: give --yes, or --dry-run to change nothing")])
    return input(f"Push this to {options.stage}? [y/N] ").strip().lower() in {"y", "yes"}
