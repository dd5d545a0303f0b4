"""Checks of emails: of a stage, or in files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra.cli.command import Command
from infra.cli.errors import REFUSED, CommandError
from infra.cli.options import json_option, stage_option
from infra.cli.terminal import note, show, show_json

if TYPE_CHECKING:
    from functions.core.errors import FieldError
    from functions.routes.templates.models import EmailCheck, TemplateIssue
    from infra.cli.emails.files import FiledEmail
    from infra.cli.emails.folder import Folder
    from infra.cli.stage import Stage


@click.command(
    cls=Command,
    examples=[
        "staffetta check 1001",
        "staffetta check emails/receipt.mjml",
        "staffetta check emails/ --stage test --json",
    ],
)
@click.argument("target")
@stage_option
@json_option
@click.pass_context
def command(context: click.Context, stage: Stage, target: str, *, as_json: bool) -> None:
    """Check what publishing would report, and publish nothing. TARGET is an email's id, a file or a folder of emails.

    Sub-folders are checked too. Files are checked with the partials of their folder, or of the nearest one above it, and the settings
    of the stage. The exit code is 1 if there are errors.
    """
    path = Path(target)
    if path.exists():
        checked = _check_files(stage, path)
    elif target.isdecimal():
        checked = _check_draft(stage, int(target))
    else:
        raise CommandError(f"{target} does not exist, and it is not the id of an email")
    if as_json:
        show_json(checked)
    else:
        _show(checked)
    if not checked.publishable:
        context.exit(REFUSED)


def _check_draft(stage: Stage, email_id: int) -> EmailCheck:
    from functions.routes.emails.checks import check_email

    return stage.call(check_email, path={"emailId": email_id})


def _check_files(stage: Stage, path: Path) -> EmailCheck:
    from functions.routes.templates.models import EmailCheck
    from infra.cli.emails.check import check
    from infra.cli.emails.folder import Folder

    folder = Folder(path if path.is_dir() else path.parent)
    checked = check(stage.container, _emails(folder, path), _partials(folder.path))
    return EmailCheck(
        publishable=not checked.errors,
        errors=[_view(error) for error in checked.errors],
        warnings=[_view(error) for error in checked.warnings],
    )


def _emails(folder: Folder, path: Path) -> list[FiledEmail]:
    """Raises CommandError if there is no email."""
    emails = folder.emails() if path.is_dir() else folder.emails_of(path.name.partition(".")[0])
    if not emails:
        raise CommandError(f"there is no email in {path}: it is a file of HTML or MJML that begins with a front matter")
    return emails


def _partials(path: Path) -> dict[str, str]:
    from infra.cli.emails.folder import PARTIALS, Folder

    places = (path, *path.resolve().parents)
    return Folder(next((place for place in places if (place / PARTIALS).is_dir()), path)).partials()


def _view(error: FieldError) -> TemplateIssue:
    from functions.routes.templates.models import TemplateIssue

    return TemplateIssue(
        where=error.field, message=error.message, code=error.code, line=error.line, column=error.column
    )


def _show(checked: EmailCheck) -> None:
    for kind, errors in (("error", checked.errors), ("warning", checked.warnings)):
        for error in errors:
            place = f", line {error.line}, column {error.column}" if error.line else ""
            show(f"{kind}: {error.where}{place}: {error.message}")
    note(f"{len(checked.errors)} errors, {len(checked.warnings)} warnings")
