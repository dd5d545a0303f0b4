"""Automations of a stage: files of their definitions, publishing, and their runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infra.cli.command import Group
from infra.cli.errors import CommandError
from infra.cli.options import json_option, limit_option, stage_option, yes_option
from infra.cli.terminal import confirm, note, show, show_exactly, show_fields, show_json, show_table

if TYPE_CHECKING:
    from functions.routes.automations.models import AutomationError, AutomationView
    from infra.cli.stage import Stage

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
_HEADINGS = ("ID", "STATUS", "VERSION", "CHANGED", "BY", "NAME")


@click.group(
    cls=Group,
    examples=[
        "staffetta automations check order.yaml",
        "staffetta automations create order.yaml --publish",
        "staffetta automations runs 1",
    ],
)
def command() -> None:
    pass


@command.command("list", examples=["staffetta automations list", "staffetta automations list --json"])
@stage_option
@json_option
def list_(stage: Stage, *, as_json: bool) -> None:
    """List the automations."""
    from functions.routes.automations.automations import list_automations

    results = stage.call(list_automations)
    if as_json:
        show_json(results)
        return
    rows = [
        (one.id, one.status, one.published_version or "", one.updated_at, one.updated_by, one.name)
        for one in results.results
    ]
    show_table(_HEADINGS, rows, empty="No automations.")


@command.command("show", examples=["staffetta automations show 1", "staffetta automations show 1 --json"])
@click.argument("automation_id", metavar="AUTOMATION", type=int)
@stage_option
@json_option
def show_automation(stage: Stage, automation_id: int, *, as_json: bool) -> None:
    """Show an automation in sentences, with the number of runs that passed each step."""
    from functions.routes.automations.automations import check_automation, get_automation

    automation = stage.call(get_automation, path={"automationId": automation_id})
    if as_json:
        show_json(automation)
        return
    checked = stage.call(
        check_automation, json_body={"definition": automation.definition, "automationId": automation.id}
    )
    counts = ", ".join(f"{name} {count:,}" for name, count in automation.counts.items())
    show_fields(
        [
            ("name", automation.name),
            ("status", automation.status),
            ("version", automation.published_version or "not published"),
            ("changed", f"{automation.updated_at} by {automation.updated_by}"),
            ("runs", counts or "none"),
            ("draft", checked.description or "; ".join(_placed(one) for one in checked.errors)),
        ]
    )


@command.command("check", examples=["staffetta automations check order.yaml"])
@click.argument("file", type=FILE)
@stage_option
@json_option
def check(stage: Stage, file: Path, *, as_json: bool) -> None:
    """Check a definition, YAML or JSON, as publishing would. Exits with 1 if it has errors."""
    from functions.routes.automations.automations import check_automation

    result = stage.call(check_automation, json_body={"definition": _text(file)})
    if as_json:
        show_json(result)
    issues = [("", one) for one in result.errors] + [("warning: ", one) for one in result.warnings]
    for kind, one in () if as_json else issues:
        show(f"{file}:{one.line}:{one.column}: {kind}{one.field}: {one.message}")
    if result.errors:
        raise click.exceptions.Exit(1)
    if not as_json:
        show(result.description)


@command.command("starters", examples=["staffetta automations starters", "staffetta automations starters --json"])
@json_option
def list_starters(*, as_json: bool) -> None:
    """List the starters: automations that are ready to publish, with their emails."""
    from functions.adapters.automations import starters as folder
    from functions.core.addresses import Address
    from functions.routes.automations.automations import starters_view

    starters = starters_view(folder.load(name, Address("someone@example.com")) for name in folder.names())
    if as_json:
        show_json(starters)
        return
    rows = [(one.name, ", ".join(map(str, one.email_ids)), one.description) for one in starters.results]
    show_table(("NAME", "EMAILS", "DESCRIPTION"), rows, empty="No starters.")


@command.command(
    "create",
    fields={"definition": "FILE", "from": "--from"},
    examples=[
        "staffetta automations create order.yaml",
        "staffetta automations create order.yaml --publish",
        "staffetta automations create --starter welcome --from 'Acme <hello@mail.acme.com>' --publish",
    ],
)
@click.argument("file", type=FILE, required=False)
@click.option("--starter", metavar="NAME", help="in place of a file: see `staffetta automations starters`")
@click.option("--from", "sender", metavar="ADDRESS", help="sender of the starter's emails, on the stage's domain")
@click.option("--publish", is_flag=True, help="publish it at once")
@stage_option
@json_option
def create(
    stage: Stage, file: Path | None, starter: str | None, sender: str | None, *, publish: bool, as_json: bool
) -> None:
    """Create an automation as a draft, from a file or a starter. A starter's emails are published if they do not exist."""
    from functions.routes.automations.automations import create_automation, create_automation_from_starter

    if (file is None) == (starter is None) or (sender and file):
        raise click.UsageError("give a file, or --starter NAME with or without --from ADDRESS")
    created: AutomationView
    if file:
        created = stage.call(create_automation, json_body={"definition": _text(file)})
    else:
        created = stage.call(create_automation_from_starter, path={"name": starter}, json_body={"from": sender})
    _show(_published(stage, created.id) if publish else created, as_json=as_json)


@command.command(
    "push", examples=["staffetta automations push automations", "staffetta automations push automations --publish"]
)
@click.argument("folder", type=FOLDER)
@click.option("--publish", is_flag=True, help="publish each that differs from its published version")
@stage_option
def push(stage: Stage, folder: Path, *, publish: bool) -> None:
    """Push a folder of definitions: each file `<id>.yaml` becomes the draft of its automation."""
    from functions.routes.automations.automations import get_automation, update_automation

    files = sorted(folder.glob("*.yaml"), key=lambda path: path.name)
    if not files:
        raise click.ClickException(f"{folder} has no file *.yaml")
    for file in files:
        if not file.stem.isdecimal():
            raise click.ClickException(
                f"{file}: a file's name is the id of its automation: staffetta automations create {file}"
            )
    for file in files:
        text, path = _text(file), {"automationId": file.stem}
        if stage.call(get_automation, path=path).definition != text:
            stage.call(update_automation, path=path, json_body={"definition": text})
            note(f"{file}: pushed")
        if publish and _differs_from_published(stage, path, text):
            _published(stage, int(file.stem))
            note(f"{file}: published")


@command.command("pull", examples=["staffetta automations pull automations"])
@click.argument("folder", type=FOLDER)
@stage_option
def pull(stage: Stage, folder: Path) -> None:
    """Write the draft of each automation to a file `<id>.yaml` in a folder."""
    from functions.routes.automations.automations import get_automation, list_automations

    folder.mkdir(parents=True, exist_ok=True)
    for one in stage.call(list_automations).results:
        text = stage.call(get_automation, path={"automationId": one.id}).definition
        (folder / f"{one.id}.yaml").write_text(text, "utf-8")
        note(f"{folder / f'{one.id}.yaml'}: {one.name}")


@command.command("publish", examples=["staffetta automations publish 1"])
@click.argument("automation_id", metavar="AUTOMATION", type=int)
@stage_option
@json_option
def publish(stage: Stage, automation_id: int, *, as_json: bool) -> None:
    """Publish the draft. Who is inside finishes on their version."""
    _show(_published(stage, automation_id), as_json=as_json)


@command.command("pause", examples=["staffetta automations pause 1"])
@click.argument("automation_id", metavar="AUTOMATION", type=int)
@stage_option
@json_option
def pause(stage: Stage, automation_id: int, *, as_json: bool) -> None:
    """Let no contact enter. The runs inside go on."""
    from functions.routes.automations.automations import pause_automation

    _show(stage.call(pause_automation, path={"automationId": automation_id}), as_json=as_json)


@command.command("resume", examples=["staffetta automations resume 1"])
@click.argument("automation_id", metavar="AUTOMATION", type=int)
@stage_option
@json_option
def resume(stage: Stage, automation_id: int, *, as_json: bool) -> None:
    """Let contacts enter again."""
    from functions.routes.automations.automations import resume_automation

    _show(stage.call(resume_automation, path={"automationId": automation_id}), as_json=as_json)


@command.command("stop-runs", examples=["staffetta automations stop-runs 1", "staffetta automations stop-runs 1 --yes"])
@click.argument("automation_id", metavar="AUTOMATION", type=int)
@stage_option
@yes_option
def stop_runs(stage: Stage, automation_id: int, *, yes: bool) -> None:
    """Pause an automation, and stop every run in it."""
    from functions.routes.automations.automations import get_automation, stop_automation_runs

    path = {"automationId": automation_id}
    name = stage.call(get_automation, path=path).name
    confirm(f"Stop every run of {name!r} on stage {stage.name}? Their next mails are not sent.", yes=yes)
    stage.call(stop_automation_runs, path=path)
    show(f"{name} is paused, and its runs are being stopped.")


@command.command("delete", examples=["staffetta automations delete 1", "staffetta automations delete 1 --yes"])
@click.argument("automation_id", metavar="AUTOMATION", type=int)
@stage_option
@yes_option
def delete(stage: Stage, automation_id: int, *, yes: bool) -> None:
    """Delete an automation that is not active, with its versions."""
    from functions.routes.automations.automations import delete_automation, get_automation

    path = {"automationId": automation_id}
    name = stage.call(get_automation, path=path).name
    confirm(f"Delete the automation {name!r} of stage {stage.name}, with its versions?", yes=yes)
    stage.call(delete_automation, path=path)
    show(f"{name} is deleted.")


@command.command("diagram", examples=["staffetta automations diagram 1 > order.svg"])
@click.argument("automation_id", metavar="AUTOMATION", type=int)
@stage_option
def show_diagram(stage: Stage, automation_id: int) -> None:
    """Print an automation as SVG, with the number of runs that passed each step."""
    from functions.routes.automations.automations import get_automation_diagram

    show_exactly(stage.call(get_automation_diagram, path={"automationId": automation_id}).html)


@command.command(
    "runs", examples=["staffetta automations runs 1", "staffetta automations runs --contact ada@example.net --json"]
)
@click.argument("automation_id", metavar="[AUTOMATION]", type=int, required=False)
@click.option("--contact", metavar="EMAIL", help="the runs of one contact, with everything that each did")
@limit_option(50)
@stage_option
@json_option
def runs(stage: Stage, automation_id: int | None, contact: str | None, limit: int, *, as_json: bool) -> None:
    """List the runs of an automation, or of a contact."""
    from functions.routes.automations.runs import list_automation_runs, list_contact_runs

    if (automation_id is None) == (contact is None):
        raise click.UsageError("give an automation's id, or --contact EMAIL")
    if contact:
        results = stage.call(list_contact_runs, path={"email": contact}).results
    else:
        results = stage.collect(list_automation_runs, limit, path={"automationId": automation_id})
    if as_json:
        show_json({"results": results})
        return
    rows = [(run.id, run.status, run.entered_at, run.waits_until or "", run.step, run.contact) for run in results]
    show_table(("RUN", "STATUS", "ENTERED", "WAITS UNTIL", "STEP", "CONTACT"), rows, empty="No runs.")
    for run in results if contact else ():
        show(f"\n{run.id}")
        show_table(("AT", "STEP", "WHAT"), [(one.at, one.step, one.note) for one in run.history], empty="")


@command.command("stop", examples=["staffetta automations stop ada@example.net RUN_ID"])
@click.argument("contact", metavar="EMAIL")
@click.argument("run_id", metavar="RUN")
@stage_option
@json_option
def stop(stage: Stage, contact: str, run_id: str, *, as_json: bool) -> None:
    """Stop one run of a contact."""
    from functions.routes.automations.runs import stop_run

    run = stage.call(stop_run, path={"email": contact, "runId": run_id})
    show_json(run) if as_json else show(f"The run is {run.status}.")


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is not UTF-8") from error


def _published(stage: Stage, automation_id: int) -> AutomationView:
    from functions.routes.automations.automations import publish_automation

    published = stage.call(publish_automation, path={"automationId": automation_id})
    for warning in published.warnings:
        note(f"warning: {_placed(warning)}")
    return published


def _placed(issue: AutomationError) -> str:
    return f"{issue.field}, line {issue.line}, column {issue.column}: {issue.message}"


def _differs_from_published(stage: Stage, path: dict[str, Any], text: str) -> bool:
    from functions.routes.automations.automations import list_automation_versions

    versions = stage.call(list_automation_versions, path=path).results
    return not versions or versions[0].definition != text


def _show(automation: AutomationView, *, as_json: bool) -> None:
    if as_json:
        show_json(automation)
        return
    version = f", version {automation.published_version}" if automation.published_version else ""
    show(f"{automation.id}  {automation.name}: {automation.status}{version}")
