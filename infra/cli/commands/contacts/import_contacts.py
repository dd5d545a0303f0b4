"""Import contacts: upload a file, wait until its lines are imported, and show what became of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra.cli.command import Command
from infra.cli.errors import CommandError
from infra.cli.options import json_option, listed_pairs, stage_option
from infra.cli.terminal import progress, show, show_fields, show_json, show_table

if TYPE_CHECKING:
    from functions.routes.contacts.import_models import ImportView
    from infra.cli.stage import Stage

IMPORT_SECONDS = 1.0  # between two looks at an import
ERROR_ROWS = 20
DATE_FORMATS = ("MONTH_DAY_YEAR", "DAY_MONTH_YEAR", "YEAR_MONTH_DAY")


@click.command(
    "import",
    cls=Command,
    fields={"uploadId": "FILE"},
    examples=[
        "staffetta contacts import people.csv",
        "staffetta contacts import people.csv --map 'Vorname=firstname' --map 'Mail=email' --list 3",
        "staffetta contacts import guests.csv --new-list Guests",
        "staffetta contacts import gone.csv --opt-out '*' --errors errors.csv",
    ],
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--name", default="", help="default: the file's name")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    callback=listed_pairs,
    metavar="COLUMN=PROPERTY",
    help="the columns to import; default: each column by the name or label of a property; several columns of one name in the order of the file",
)
@click.option("--date-format", type=click.Choice(DATE_FORMATS), default=DATE_FORMATS[-1], help="of dates in the file")
@click.option("--list", "list_id", type=int, metavar="LIST", help="add the contacts to this list")
@click.option("--new-list", metavar="NAME", help="create this list and add the contacts to it")
@click.option("--opt-out", default="", metavar="TYPE", help="a subscription type that the contacts leave; * for all")
@click.option(
    "--errors", "errors_file", type=click.Path(dir_okay=False, path_type=Path), help="write the bad lines there, as CSV"
)
@click.option("--no-wait", is_flag=True, help="do not wait until it is done")
@stage_option
@json_option
def import_contacts(
    stage: Stage,
    file: Path,
    *,
    name: str,
    mapping: dict[str, list[str]] | None,
    date_format: str,
    list_id: int | None,
    new_list: str | None,
    opt_out: str,
    errors_file: Path | None,
    no_wait: bool,
    as_json: bool,
) -> None:
    """Import contacts from a CSV file. A repeated import changes nothing.

    UTF-8, UTF-16 and Windows-1252 are recognised, and a comma, semicolon, tab or | as the delimiter. Bad lines are reported with their numbers.
    """
    from functions.core.csv_table import rows_to_csv
    from functions.routes.contacts.imports import create_import_of_upload, list_import_errors
    from infra.cli.upload import upload_file

    body = {
        "upload_id": upload_file(stage, file),
        "name": name or file.name,
        "mapping": mapping,
        "date_format": date_format,
        "list_id": list_id,
        "new_list": new_list,
        "opt_out": opt_out,
    }
    one = stage.call(create_import_of_upload, body=body)
    if not no_wait:
        one = _ended(stage, one)
    count = one.metadata.counters["ERRORS"]
    errors = stage.collect(list_import_errors, count, path={"importId": one.id}) if count else []
    rows = [(each.source_data.line_number, each.column, each.error_type, each.error_message) for each in errors]
    if errors_file:
        errors_file.write_text(rows_to_csv([("line", "property", "code", "reason"), *rows]), "utf-8")
    if as_json:
        show_json({"import": one, "errors": errors})
    else:
        _show_import(one, [] if errors_file else rows)
    if one.state == "FAILED":
        raise CommandError(one.reason)


def _ended(stage: Stage, one: ImportView) -> ImportView:
    """Waits until an import is done, failed or canceled."""
    from functions.routes.contacts.imports import get_import

    with progress("lines") as advance:
        lines = 0
        while one.state in {"STARTED", "PROCESSING"}:
            time.sleep(IMPORT_SECONDS)
            one = stage.call(get_import, path={"importId": one.id})
            advance(one.metadata.counters["TOTAL_ROWS"] - lines, text=one.state.lower())
            lines = one.metadata.counters["TOTAL_ROWS"]
    return one


def _show_import(one: ImportView, errors: Sequence[Sequence[object]]) -> None:
    counters = one.metadata.counters
    show_fields(
        [
            ("id", one.id),
            ("state", one.state),
            ("reason", one.reason),
            ("encoding", one.metadata.file_encoding),
            ("list", ", ".join(joined.list_id for joined in one.metadata.object_lists)),
            ("lines", counters["TOTAL_ROWS"]),
            ("created", counters["CREATED_OBJECTS"]),
            ("updated", counters["UPDATED_OBJECTS"]),
            ("errors", counters["ERRORS"]),
        ]
    )
    if errors:
        show()
        show_table(("LINE", "PROPERTY", "CODE", "REASON"), errors[:ERROR_ROWS], empty="")
