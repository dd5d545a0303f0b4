"""Imports a folder of HubSpot templates into a stage: emails as drafts, and partials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infra.cli.command import Command
from infra.cli.errors import REFUSED as REFUSED_CODE
from infra.cli.options import ADDRESS, json_option, stage_option, yes_option
from infra.cli.terminal import confirm, show, show_json

if TYPE_CHECKING:
    from functions.core.access.actor import Actor
    from functions.core.errors import FieldError
    from functions.wiring import Container
    from infra.cli.emails.hubspot_folder import ImportedFile
    from infra.cli.stage import Stage


@click.command(
    "import",
    cls=Command,
    examples=[
        "staffetta emails import theme/ --from 'Acme <hello@acme.com>' --dry-run",
        "staffetta emails import theme/ --from hello@acme.com --subscription news --yes --json",
    ],
)
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--from", "sender", required=True, type=ADDRESS, help="sender, on the stage's domain")
@click.option("--subscription", default="", metavar="TYPE", help="subscription type (default: transactional)")
@click.option("--dry-run", is_flag=True, help="show what each file would become, and change nothing")
@click.option("--by", type=ADDRESS, help="email address of the editor")
@yes_option
@stage_option
@json_option
@click.pass_context
def import_templates(
    context: click.Context,
    stage: Stage,
    folder: Path,
    sender: Any,
    subscription: str,
    by: Any,
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Import a folder of HubSpot's design manager, and show for each file what it became.

    An email becomes a draft, a layout or a partial is stored under its path. A file with errors is refused with all of them, and stores
    nothing. An email of the same name is changed, not created again. The exit code is 1 if a file was refused.
    """
    from functions.core.access.actor import unrestricted
    from infra.cli.emails.hubspot_folder import REFUSED, read_folder

    files = read_folder(folder)
    documents = _checked(stage.container, files, {"fromName": sender.name, "replyTo": sender.email}, subscription)
    ids = dict[str, int]()
    if not dry_run and any(file.is_email or file.is_shared for file in files):
        confirm(f"Import this into stage {stage.name}?", yes=yes)
        ids = _store(stage, files, documents, unrestricted(by.email if by else ""))
    if as_json:
        show_json({"dryRun": dry_run, "files": [_view(file, ids) for file in files]})
    else:
        _show(files, ids)
    if any(file.became == REFUSED for file in files):
        context.exit(REFUSED_CODE)


def _checked(
    container: Container, files: Sequence[ImportedFile], sender: Mapping[str, str], subscription: str
) -> dict[str, dict[str, Any]]:
    """Returns the documents of the emails by their paths. Files with errors are refused."""
    from functions.core.errors import Rejected
    from functions.core.templates.translation import check_part
    from infra.cli.emails.check import check
    from infra.cli.emails.files import FiledEmail
    from infra.cli.emails.hubspot_folder import REFUSED, document

    partials = {file.name: file.text for file in files if file.is_shared}
    documents = {file.path: document(file, sender=sender, subscription=subscription) for file in files if file.is_email}
    for file in files:
        errors: Sequence[FieldError] = ()
        if file.is_email:
            filed = FiledEmail(name=file.path, document=documents[file.path])
            checked = check(container, [filed], partials)
            errors, file.warnings = checked.errors, list(checked.warnings)
        elif file.is_shared:
            try:
                check_part(file.path, file.text, partials.get)
            except Rejected as error:
                errors = error.errors
        if errors:
            file.became, file.errors = REFUSED, list(errors)
    return documents


def _store(
    stage: Stage, files: Sequence[ImportedFile], documents: Mapping[str, dict[str, Any]], by: Actor
) -> dict[str, int]:
    """Returns the ids of the emails by their paths."""
    from functions import wiring
    from functions.core.access.audit import AuditAction

    for file in files:
        if file.is_shared:
            stage.get(wiring.templates.partial_library).put(file.name, file.text)
            stage.audit(AuditAction.PARTIAL_STORED, file.name)
    existing = _emails_by_name(stage.container)
    editor, ids = stage.get(wiring.emails.edit_emails), dict[str, int]()
    for file in files:
        if not file.is_email:
            continue
        before = existing.get(file.label)
        if before:
            written = editor.replace_draft(before[0], documents[file.path], by, before[1])
        else:
            written = editor.create(documents[file.path], by)
        stage.audit(AuditAction.EMAIL_CHANGED if before else AuditAction.EMAIL_CREATED, written.email.id)
        ids[file.path] = written.email.id
    return ids


def _emails_by_name(container: Container) -> dict[str, tuple[int, int]]:
    """Returns the ids and versions of the emails that authors write, by their names."""
    from functions import wiring
    from functions.core.emails.email import Subcategory

    return {
        email.name: (email.id, email.version)
        for email in container.get(wiring.adapters.emails.emails).all()
        if email.subcategory is not Subcategory.SMTP_TOKEN and not email.archived_at
    }


def _view(file: ImportedFile, ids: Mapping[str, int]) -> dict[str, Any]:
    view: dict[str, Any] = {"file": file.path, "became": file.became}
    if file.is_email:
        view |= {"name": file.label, **({"id": ids[file.path]} if file.path in ids else {})}
    if file.is_shared:
        view["partial"] = file.name
    if file.reason:
        view["reason"] = file.reason
    for name, errors in (("errors", file.errors), ("warnings", file.warnings)):
        if errors:
            view[name] = [
                {"where": one.field, "message": one.message, "line": one.line, "column": one.column} for one in errors
            ]
    return view


def _show(files: Sequence[ImportedFile], ids: Mapping[str, int]) -> None:
    for file in files:
        name = f"{file.label!r} {ids.get(file.path, '')}".strip() if file.is_email else ""
        shared = file.name if file.is_shared else ""
        show(f"{file.path}: {file.became} {name or shared or file.reason}".rstrip())
        for error in file.errors:
            show(f"  {error}")
