"""Sending of a stage: quota, bounce rates, pauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from functions.core.emails.pause import DEFAULT_REASON
from infra.cli.command import Group
from infra.cli.options import Function, json_option, stage_option
from infra.cli.terminal import note, show, show_fields, show_json, show_table

if TYPE_CHECKING:
    from functions.routes.account.models import PauseAnswer, PauseView, RatesView, SendingView, SesAccountView
    from infra.cli.stage import Stage

MARKETING = "all marketing mail"


def _what(command: Function) -> Function:
    for option in (
        click.option("--all", "everything", is_flag=True, help="all marketing mail, in place of one email"),
        click.argument("email_id", metavar="[EMAIL]", type=int, required=False),
    ):
        command = option(command)
    return command


@click.group(cls=Group, examples=["staffetta sending status", "staffetta sending pause 1001 --reason 'wrong prices'"])
def command() -> None:
    pass


@command.command("status", examples=["staffetta sending status", "staffetta sending status --json"])
@stage_option
@json_option
def status(stage: Stage, *, as_json: bool) -> None:
    """Show SES's view of the account, bounce and complaint rates, and pauses."""
    from functions.routes.account.sending import get_sending_status

    observed = stage.call(get_sending_status)
    if as_json:
        show_json(observed)
        return
    show_fields(
        [
            ("SES", _ses(observed.ses)),
            (MARKETING, f"{_rates(observed.not_transactional)}; {_pause(observed.pause)}"),
        ]
    )
    show()
    _show_emails(observed)


@command.command(
    "pause", examples=["staffetta sending pause 1001 --reason 'wrong prices'", "staffetta sending pause --all"]
)
@_what
@click.option("--reason", default=DEFAULT_REASON, help="shown in the status of refused sends")
@stage_option
@json_option
def pause(stage: Stage, email_id: int | None, reason: str, *, everything: bool, as_json: bool) -> None:
    """Reject the sends of an email, or all marketing mail, until `staffetta sending resume`."""
    from functions.routes.account.sending import pause_sending

    body = {**_target(email_id, everything=everything), "reason": reason}
    _show_answer(stage.call(pause_sending, body=body), email_id, as_json=as_json)


@command.command("resume", examples=["staffetta sending resume 1001", "staffetta sending resume --all"])
@_what
@stage_option
@json_option
def resume(stage: Stage, email_id: int | None, *, everything: bool, as_json: bool) -> None:
    """End a pause."""
    from functions.routes.account.sending import resume_sending

    answer = stage.call(resume_sending, body=_target(email_id, everything=everything))
    _show_answer(answer, email_id, as_json=as_json)
    if answer.pause:
        note("Messages that were accepted before the pause may be dead letters now: see `staffetta redrive`.")


def _target(email_id: int | None, *, everything: bool) -> dict[str, object]:
    if (email_id is None) != everything:
        raise click.UsageError("give either an EMAIL or --all")
    return {"all": True} if everything else {"email_id": email_id}


def _show_answer(answer: PauseAnswer, email_id: int | None, *, as_json: bool) -> None:
    if as_json:
        show_json(answer)
    else:
        show(f"{MARKETING if email_id is None else f'email {email_id}'}: {_pause(answer.pause)}")


def _show_emails(view: SendingView) -> None:
    rows = [
        (
            email.email_id,
            email.name,
            "transactional" if email.transactional else "marketing",
            email.rates.sent,
            f"{email.rates.bounce_rate:g} %",
            f"{email.rates.complaint_rate:g} %",
            _pause(email.pause),
        )
        for email in view.emails
    ]
    headings = ("EMAIL", "NAME", "KIND", "SENT", "BOUNCED", "COMPLAINED", "PAUSE")
    show_table(headings, rows, empty="No email was sent since yesterday, and none is paused.")


def _pause(pause: PauseView | None) -> str:
    if pause is None:
        return "never paused"
    if pause.resumed_at:
        return f"resumed on {pause.resumed_at} by {pause.resumed_by}"
    return f"PAUSED since {pause.at} by {pause.by}: {pause.reason}"


def _ses(account: SesAccountView | None) -> str:
    if account is None:
        return "not read yet: the sweeper reads it every 5 minutes"
    may = "sends" if account.sending_enabled else "MAY NOT SEND"
    day = "unlimited" if account.max_24_hours is None else f"{account.sent_last_24_hours} of {account.max_24_hours}"
    sandbox = ", in the SANDBOX (to verified recipients only)" if account.sandbox else ""
    return f"{may}{sandbox}, {account.enforcement_status}; {account.max_per_second:g} a second; in 24 hours {day} ({account.fetched_at})"


def _rates(rates: RatesView) -> str:
    return f"{rates.sent} sent, {rates.bounce_rate:g} % bounced, {rates.complaint_rate:g} % complained"
