"""Broadcasts of a stage: one email, sent once to many."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infra.cli.command import Group
from infra.cli.errors import CommandError
from infra.cli.options import ADDRESS, INSTANT, json_option, limit_option, pairs, stage_option, yes_option
from infra.cli.terminal import confirm, note, progress, show, show_exactly, show_fields, show_json, show_table

if TYPE_CHECKING:
    from functions.routes.broadcasts.models import BroadcastCheckView, BroadcastView
    from infra.cli.stage import Stage

POLL_SECONDS = 1.0
PROBLEM_ROWS = 20
_OVER = {"DONE", "CANCELED", "PAUSED"}


@click.group(
    cls=Group,
    examples=[
        "staffetta broadcast create 100000000007 --list 3 --exclude-list 4",
        "staffetta broadcast check BROADCAST_ID",
        "staffetta broadcast send BROADCAST_ID",
    ],
)
def command() -> None:
    pass


@command.command("list", examples=["staffetta broadcast list", "staffetta broadcast list --limit 5 --json"])
@limit_option(20)
@stage_option
@json_option
def list_(stage: Stage, limit: int, *, as_json: bool) -> None:
    """List the broadcasts, the newest first."""
    from functions.routes.broadcasts.broadcasts import list_broadcasts

    results = stage.collect(list_broadcasts, limit)
    if as_json:
        show_json({"results": results})
        return
    rows = [(one.id, one.state, _sent(one), one.email_id, one.name, one.send_at or one.started_at) for one in results]
    show_table(("ID", "STATE", "HANDED", "EMAIL", "NAME", "AT"), rows, empty="No broadcasts.")


@command.command("show", examples=["staffetta broadcast show BROADCAST_ID"])
@click.argument("broadcast_id", metavar="BROADCAST")
@stage_option
@json_option
def show_broadcast(stage: Stage, broadcast_id: str, *, as_json: bool) -> None:
    """Show a broadcast and its progress."""
    _show(_get(stage, broadcast_id), as_json=as_json)


@command.command(
    "create",
    fields={
        "customProperties": "--property",
        "to.contactIlsLists.include": "--list",
        "to.contactIlsLists.exclude": "--exclude-list",
        "to.contactIds.include": "--contact",
        "to.contactIds.exclude": "--exclude-contact",
        "to.file": "--file",
    },
    examples=[
        "staffetta broadcast create 100000000007 --list 3",
        "staffetta broadcast create 100000000007 --file people.csv --property year=2027",
        "staffetta broadcast create 100000000007 --list 3 --at 2027-01-31T09:00:00 --local-time --time-zone Europe/Rome",
    ],
)
@click.argument("email_id", metavar="EMAIL", type=int)
@click.option("--name", default="", help="default: the email's id")
@click.option("--list", "lists", multiple=True, type=int, metavar="LIST", help="the id of a list")
@click.option("--contact", "contacts", multiple=True, metavar="CONTACT", help="an address, or a contact's id")
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="a CSV file with a column email; its other columns are custom properties",
)
@click.option(
    "--exclude-list", "exclude_lists", multiple=True, type=int, metavar="LIST", help="its members get no mail"
)
@click.option("--exclude-contact", "exclude_contacts", multiple=True, metavar="CONTACT", help="gets no mail")
@click.option(
    "--property", "custom", multiple=True, callback=pairs, metavar="NAME=VALUE", help="a custom property for everyone"
)
@click.option("--at", "send_at", type=INSTANT, metavar="TIME", help="when `send` sends it; default: at once")
@click.option("--local-time", is_flag=True, help="--at is the time on each recipient's clock")
@click.option("--time-zone", default="UTC", help="of recipients without the property hs_timezone")
@stage_option
@json_option
def create(
    stage: Stage,
    email_id: int,
    lists: tuple[int, ...],
    contacts: tuple[str, ...],
    file: Path | None,
    exclude_lists: tuple[int, ...],
    exclude_contacts: tuple[str, ...],
    custom: dict[str, str] | None,
    *,
    as_json: bool,
    **chosen: object,
) -> None:
    """Create a broadcast as a draft. EMAIL is the id of a published `batch` email."""
    from functions.routes.broadcasts.broadcasts import create_broadcast
    from infra.cli.upload import upload_file

    to = {
        "contactIlsLists": {"include": list(lists), "exclude": list(exclude_lists)},
        "contactIds": {"include": list(contacts), "exclude": list(exclude_contacts)},
        "file": upload_file(stage, file) if file else "",
    }
    body = {**chosen, "email_id": email_id, "to": to, "custom_properties": custom or {}}
    _show(stage.call(create_broadcast, body=body), as_json=as_json)


@command.command(
    "check", examples=["staffetta broadcast check BROADCAST_ID", "staffetta broadcast check BROADCAST_ID --json"]
)
@click.argument("broadcast_id", metavar="BROADCAST")
@stage_option
@json_option
def check(stage: Stage, broadcast_id: str, *, as_json: bool) -> None:
    """Count the recipients before anything is sent, and who would get no mail, and why."""
    result = _check(stage, broadcast_id)
    if as_json:
        show_json(result)
    else:
        _show_check(result)
    if result.error:
        raise CommandError(result.error)


@command.command("preview", examples=["staffetta broadcast preview BROADCAST_ID"])
@click.argument("broadcast_id", metavar="BROADCAST")
@stage_option
@json_option
def preview(stage: Stage, broadcast_id: str, *, as_json: bool) -> None:
    """Show the mails of the first ten recipients."""
    from functions.routes.broadcasts.broadcasts import preview_broadcast

    previews = stage.call(preview_broadcast, path={"broadcastId": broadcast_id})
    if as_json:
        show_json(previews)
        return
    for one in previews.results:
        show_fields([("to", one.email), ("subject", one.subject), ("error", one.error)])
        show()
        show(one.text)
        show()


@command.command("test", examples=["staffetta broadcast test BROADCAST_ID you@acme.com"])
@click.argument("broadcast_id", metavar="BROADCAST")
@click.argument("to", type=ADDRESS, nargs=-1, required=True)
@stage_option
@json_option
def test(stage: Stage, broadcast_id: str, to: tuple[Any, ...], *, as_json: bool) -> None:
    """Send a test mail with the first recipient's properties. TO are up to ten addresses."""
    from functions.routes.broadcasts.broadcasts import test_broadcast

    body = {"to": [one.email for one in to]}
    sent = stage.call(test_broadcast, path={"broadcastId": broadcast_id}, body=body)
    if as_json:
        show_json(sent)
        return
    for address, status_id in zip(to, sent.status_ids, strict=True):
        show(f"{status_id}  {address.email}")


@command.command(
    "send",
    examples=[
        "staffetta broadcast send BROADCAST_ID",
        "staffetta broadcast send BROADCAST_ID --at 2027-01-31T09:00:00Z --yes",
    ],
)
@click.argument("broadcast_id", metavar="BROADCAST")
@click.option("--at", "send_at", type=INSTANT, metavar="TIME", help="replaces the broadcast's time")
@click.option("--no-check", is_flag=True, help="do not count the recipients first")
@click.option("--no-wait", is_flag=True, help="do not show the progress until it is done")
@stage_option
@yes_option
@json_option
def send(
    stage: Stage, broadcast_id: str, send_at: str | None, *, no_check: bool, no_wait: bool, yes: bool, as_json: bool
) -> None:
    """Check a broadcast, show the count, and send it at once or at its time."""
    from functions.routes.broadcasts.broadcasts import send_broadcast

    recipients = "an unknown number of"
    if not no_check:
        result = _check(stage, broadcast_id)
        recipients = f"{result.deliverable:,}"
        if not as_json:
            _show_check(result)
        if result.error:
            raise CommandError(result.error)
    confirm(f"Send to {recipients} recipients of stage {stage.name}?", yes=yes)
    started = stage.call(send_broadcast, path={"broadcastId": broadcast_id}, body={"send_at": send_at})
    if started.state != "SCHEDULED" and not no_wait:
        started = _follow(stage, broadcast_id)
    _show(started, as_json=as_json)


@command.command("follow", examples=["staffetta broadcast follow BROADCAST_ID"])
@click.argument("broadcast_id", metavar="BROADCAST")
@stage_option
@json_option
def follow(stage: Stage, broadcast_id: str, *, as_json: bool) -> None:
    """Show the progress of a broadcast until it is done, canceled or paused."""
    _show(_follow(stage, broadcast_id), as_json=as_json)


@command.command("pause", examples=["staffetta broadcast pause BROADCAST_ID --reason 'a typo'"])
@click.argument("broadcast_id", metavar="BROADCAST")
@click.option("--reason", default="", help="for people")
@stage_option
@json_option
def pause(stage: Stage, broadcast_id: str, reason: str, *, as_json: bool) -> None:
    """Pause a broadcast: no further mail goes out."""
    from functions.routes.broadcasts.broadcasts import pause_broadcast

    paused = stage.call(pause_broadcast, path={"broadcastId": broadcast_id}, body={"reason": reason})
    _show(paused, as_json=as_json)


@command.command("resume", examples=["staffetta broadcast resume BROADCAST_ID"])
@click.argument("broadcast_id", metavar="BROADCAST")
@stage_option
@json_option
def resume(stage: Stage, broadcast_id: str, *, as_json: bool) -> None:
    """Resume a paused broadcast."""
    from functions.routes.broadcasts.broadcasts import resume_broadcast

    _show(stage.call(resume_broadcast, path={"broadcastId": broadcast_id}), as_json=as_json)


@command.command("cancel", examples=["staffetta broadcast cancel BROADCAST_ID --yes"])
@click.argument("broadcast_id", metavar="BROADCAST")
@stage_option
@yes_option
@json_option
def cancel(stage: Stage, broadcast_id: str, *, yes: bool, as_json: bool) -> None:
    """Cancel a broadcast for good: no further mail goes out."""
    from functions.routes.broadcasts.broadcasts import cancel_broadcast

    confirm(f"Cancel broadcast {broadcast_id} of stage {stage.name}? It cannot be resumed.", yes=yes)
    _show(stage.call(cancel_broadcast, path={"broadcastId": broadcast_id}), as_json=as_json)


@command.command(
    "report",
    examples=["staffetta broadcast report BROADCAST_ID > report.csv", "staffetta broadcast report BROADCAST_ID --json"],
)
@click.argument("broadcast_id", metavar="BROADCAST")
@stage_option
@json_option
def report(stage: Stage, broadcast_id: str, *, as_json: bool) -> None:
    """Print each recipient with what became of it, as CSV. The recipients are stored for 14 days."""
    from functions.core.csv_table import rows_to_csv
    from functions.routes.broadcasts.broadcasts import list_broadcast_recipients
    from functions.steps.broadcasts.report import HEADINGS
    from infra.cli.stage import pages_of

    total = _get(stage, broadcast_id).progress.recipients
    results: list[Any] = []
    if not as_json:
        show_exactly(rows_to_csv([HEADINGS]))
    path = {"broadcastId": broadcast_id}
    with progress("recipients", total=total) as advance:
        for rows in pages_of(lambda after: stage.call(list_broadcast_recipients, path=path, query={"after": after})):
            if as_json:
                results += rows
            else:
                show_exactly(rows_to_csv(_row(one) for one in rows))
            advance(len(rows))
    if as_json:
        show_json({"results": results})


def _row(one: Any) -> tuple[object, ...]:
    return one.email, one.line, one.outcome, one.result, one.reason, one.status_id, one.at


def _get(stage: Stage, broadcast_id: str) -> BroadcastView:
    from functions.routes.broadcasts.broadcasts import get_broadcast

    return stage.call(get_broadcast, path={"broadcastId": broadcast_id})


def _check(stage: Stage, broadcast_id: str) -> BroadcastCheckView:
    from functions.routes.broadcasts.broadcasts import check_broadcast, get_broadcast_check

    path = {"broadcastId": broadcast_id}
    result = stage.call(check_broadcast, path=path)
    with progress("checking") as advance:
        counted = 0
        while not result.done:
            time.sleep(POLL_SECONDS)
            result = stage.call(get_broadcast_check, path=path)
            advance(result.recipients - counted)
            counted = result.recipients
    return result


def _follow(stage: Stage, broadcast_id: str) -> BroadcastView:
    broadcast = _get(stage, broadcast_id)
    with progress("sending", total=broadcast.progress.recipients) as advance:
        handed = 0
        while broadcast.state not in _OVER:
            now = broadcast.progress.handed
            advance(now - handed, total=broadcast.progress.recipients, text=broadcast.state.lower())
            handed = now
            time.sleep(POLL_SECONDS)
            broadcast = _get(stage, broadcast_id)
    return broadcast


def _sent(one: BroadcastView) -> str:
    return f"{one.progress.handed:,} of {one.progress.recipients:,}"


def _show(one: BroadcastView, *, as_json: bool) -> None:
    if as_json:
        show_json(one)
        return
    show_fields(
        [
            ("id", one.id),
            ("state", one.state),
            ("name", one.name),
            ("email", one.email_id),
            ("lists", ", ".join(map(str, one.to.contact_ils_lists.include)) if one.to.contact_ils_lists else ""),
            ("file", one.to.file),
            ("time", one.send_at and f"{one.send_at}{' on each clock' if one.local_time else ''}"),
            ("started", one.started_at),
            ("ended", one.ended_at),
            ("handed", _sent(one) if one.progress.pages else ""),
            ("outcomes", ", ".join(f"{number:,} {name}" for name, number in one.progress.outcomes.items())),
            ("unreadable lines", one.unreadable_lines or ""),
            ("reason", one.reason),
        ]
    )


def _show_check(result: BroadcastCheckView) -> None:
    show_fields(
        [
            ("recipients", f"{result.recipients:,}"),
            ("get the mail", f"{result.deliverable:,}"),
            ("lack a property", f"{result.missing_properties:,}" if result.missing_properties else ""),
            ("unreadable lines", f"{result.unreadable:,}" if result.unreadable else ""),
            ("SES may drop", f"{result.suppressed:,}" if result.suppressed else ""),
            *((f"refused: {result}", f"{number:,}") for result, number in result.refused.items()),
        ]
    )
    first = result.problems[:PROBLEM_ROWS]
    if first:
        show()
        show_table(("LINE", "EMAIL", "PROBLEM"), [(one.line, one.email, one.message) for one in first], empty="")
    rest = len(result.problems) - len(first) + result.more_problems
    if rest:
        note(f"and {rest:,} more problems: --json lists the first {len(result.problems):,}")
