"""Emails of a stage: a list, and files in a folder, for a team that keeps them in git."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infra.cli.command import Group
from infra.cli.commands.emails.import_templates import import_templates
from infra.cli.options import ADDRESS, Function, json_option, limit_option, stage_option, yes_option
from infra.cli.terminal import confirm, note, progress, show, show_json, show_table

if TYPE_CHECKING:
    from functions.core.access.actor import Actor
    from functions.core.errors import FieldError
    from functions.wiring import Container
    from infra.cli.emails.files import FiledEmail
    from infra.cli.emails.folder import DraftChange, Folder, Push, StageEmail
    from infra.cli.stage import Stage


def _folder(command: Function) -> Function:
    for option in (
        json_option,
        stage_option,
        click.option("--force", is_flag=True, help="overwrite what was changed on the other side"),
    ):
        command = option(command)
    return command


@click.group(
    cls=Group,
    examples=[
        "staffetta emails list",
        "staffetta emails pull emails/",
        "staffetta emails push emails/ --publish --stage prod",
    ],
)
def command() -> None:
    pass


command.add_command(import_templates)


@command.command("list", examples=["staffetta emails list", "staffetta emails list --archived --json"])
@click.option("--archived", is_flag=True, help="list the archived emails")
@limit_option(100)
@stage_option
@json_option
def list_(stage: Stage, limit: int, *, archived: bool, as_json: bool) -> None:
    """List the emails, the last changed first, with the id that a send names."""
    from functions.routes.emails.emails import list_emails

    results = stage.collect(list_emails, limit, query={"archived": archived, "sort": "-updatedAt"})
    if as_json:
        show_json({"results": results})
        return
    rows = [(one["id"], one["state"], one["type"], one["name"], one.get("updatedAt")) for one in results]
    show_table(("ID", "STATE", "TYPE", "NAME", "CHANGED"), rows, empty="No emails.")


@command.command(
    "pull", examples=["staffetta emails pull emails/", "staffetta emails pull emails/ --stage test --force"]
)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@_folder
def pull(stage: Stage, folder: Path, *, force: bool, as_json: bool) -> None:
    """Write the drafts of all emails, and the stored partials, into a folder."""
    from functions.core.errors import Rejected
    from infra.cli.emails.folder import Folder, pulling

    here = Folder(folder)
    pull = pulling(here.emails(), _stage_emails(stage.container), force=force)
    with progress("pull", len(pull.writes)) as advance:
        for email in pull.writes:
            here.write(email)
            note(f"pulled {email.name} ({email.id})")
            advance()
    for email in pull.unchanged:
        here.stamp(email.name, email.id or 0, email.pulled)
    refused = [*pull.refused, *_pull_partials(stage.container, here, force=force)]
    for name in pull.deleted:
        note(f"{name} is not on the stage: it was archived there, or never pushed")
    if as_json:
        results = [{"name": email.name, "id": email.id} for email in pull.writes]
        show_json({"pulled": results, "unchanged": len(pull.unchanged), "missing": pull.deleted})
    else:
        show(f"{len(pull.writes)} pulled, {len(pull.unchanged)} unchanged")
    if refused:
        raise Rejected(refused)


def _pull_partials(container: Container, folder: Folder, *, force: bool) -> list[FieldError]:
    from functions.core.errors import FieldError
    from infra.cli.emails.folder import PARTIALS

    here, refused = folder.partials(), list[FieldError]()
    for name, text in stored_partials(container).items():
        if here.get(name, text) != text and not force:
            refused.append(FieldError(f"{PARTIALS}/{name}", "was changed here: push it, or pull with --force"))
        elif name not in here or here[name] != text:
            folder.write_partial(name, text)
            note(f"pulled {PARTIALS}/{name}")
    return refused


@command.command(
    "push",
    examples=[
        "staffetta emails push emails/ --dry-run",
        "staffetta emails push emails/ --publish --yes --by ci@acme.com",
    ],
)
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--publish", is_flag=True, help="also publish every email of the folder")
@click.option("--dry-run", is_flag=True, help="show what would change, and change nothing")
@click.option("--by", type=ADDRESS, help="email address of the editor")
@yes_option
@_folder
def push(
    stage: Stage,
    folder: Path,
    by: Any,
    *,
    publish: bool,
    dry_run: bool,
    force: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Make the drafts on the stage equal to the folder's files. It shows the changes first, and waits for a yes."""
    from functions.core.access.actor import unrestricted
    from infra.cli.emails.folder import Folder, pushing

    here = Folder(folder)
    emails, partials = here.emails(), here.partials()
    push = pushing(emails, _stage_emails(stage.container), force=force)
    _refuse_archived(stage.container, push)
    stored = stored_partials(stage.container)
    changed = {name: text for name, text in partials.items() if stored.get(name) != text}
    if publish:
        _check(stage.container, emails, partials)
    _show_changes(push, changed, stored, note if as_json else show)
    if dry_run:
        return
    if push.changes or changed or publish:
        confirm(f"Push this to stage {stage.name}?", yes=yes)
    ids = _push(stage, here, push, changed, unrestricted(by.email if by else ""), publish=publish)
    if as_json:
        results = [{"name": change.local.name, "id": id_} for change, id_ in zip(push.changes, ids, strict=True)]
        show_json({"pushed": results, "published": publish, "unchanged": len(push.unchanged)})
    else:
        done = "pushed and published" if publish else "pushed"
        show(f"{len(push.changes)} {done}, {len(push.unchanged)} unchanged")


def _push(
    stage: Stage, folder: Folder, push: Push, partials: Mapping[str, str], by: Actor, *, publish: bool
) -> list[int]:
    """Returns the ids of the changed emails."""
    from functions import wiring
    from functions.core.access.audit import AuditAction
    from infra.cli.emails.files import digest

    for name, text in partials.items():
        stage.get(wiring.templates.partial_library).put(name, text)
        stage.audit(AuditAction.PARTIAL_STORED, name)
    steps = len(push.changes) + (len(push.changes) + len(push.unchanged) if publish else 0)
    with progress("push", steps) as advance:
        ids = []
        for change in push.changes:
            ids.append(_pushed(stage, folder, change, by))
            advance()
        for email, stored in push.unchanged:
            folder.stamp(email.name, stored.id, digest(email.document))
        for email_id in [*ids, *(stored.id for _, stored in push.unchanged)] if publish else []:
            stage.get(wiring.emails.edit_emails).publish(email_id, by)
            stage.audit(AuditAction.EMAIL_PUBLISHED, email_id)
            advance()
    return ids


def _pushed(stage: Stage, folder: Folder, change: DraftChange, by: Actor) -> int:
    """Returns the email's id, which is written into its file."""
    from functions import wiring
    from functions.core.access.audit import AuditAction
    from infra.cli.emails.files import digest

    editor = stage.get(wiring.emails.edit_emails)
    if change.before:
        written = editor.replace_draft(change.before.id, change.document, by, change.before.version)
        stage.audit(AuditAction.EMAIL_CHANGED, written.email.id)
    else:
        written = editor.create(change.document, by, change.local.id)
        stage.audit(AuditAction.EMAIL_CREATED, written.email.id)
    folder.stamp(change.local.name, written.email.id, digest(change.local.document))
    note(f"pushed {change.local.name} ({written.email.id})")
    return written.email.id


def _stage_emails(container: Container) -> dict[int, StageEmail]:
    """Returns every email that authors write and that is not archived, with its draft."""
    from functions import wiring
    from functions.core.emails.email import DRAFT, Subcategory
    from functions.steps.emails.read_emails import with_document
    from infra.cli.emails.folder import StageEmail

    emails = [
        email
        for email in container.get(wiring.adapters.emails.emails).all()
        if email.subcategory is not Subcategory.SMTP_TOKEN and not email.archived_at
    ]
    documents = container.get(wiring.adapters.emails.emails).documents([(email.id, DRAFT) for email in emails])
    return {
        email.id: StageEmail(
            id=email.id, version=email.version, document=with_document(email, DRAFT, document).document
        )
        for email, document in zip(emails, documents, strict=True)
    }


def stored_partials(container: Container) -> dict[str, str]:
    from functions import wiring

    return {
        name: container.get(wiring.templates.partial_library).get(name).text
        for name, bundled in container.get(wiring.templates.partial_library).list()
        if not bundled
    }


def _refuse_archived(container: Container, push: Push) -> None:
    """An id that the stage does not list may belong to an archived email."""
    from functions import wiring
    from functions.core.errors import FieldError, Rejected

    errors = [
        FieldError(change.local.name, f"email {change.local.id} is archived on the stage, or an SMTP token's")
        for change in push.changes
        if change.before is None
        and change.local.id
        and container.get(wiring.adapters.emails.emails).get(change.local.id, consistent=True)
    ]
    if errors:
        raise Rejected(errors)


def _check(container: Container, emails: Sequence[FiledEmail], partials: Mapping[str, str]) -> None:
    """Raises Rejected with every error, before anything is changed."""
    from functions.core.errors import Rejected
    from infra.cli.emails.check import check

    checked = check(container, emails, partials)
    for warning in checked.warnings:
        note(f"warning: {warning}")
    if checked.errors:
        raise Rejected(checked.errors)


def _show_changes(
    push: Push, changed: Mapping[str, str], stored: Mapping[str, str], write: Callable[[str], None]
) -> None:
    from infra.cli.emails.folder import PARTIALS, diff_of

    for change in push.changes:
        write(change.diff())
    if changed:
        before = {f"{PARTIALS}/{name}.mjml": stored[name] for name in changed if name in stored}
        write(diff_of(before, {f"{PARTIALS}/{name}.mjml": text for name, text in changed.items()}))
