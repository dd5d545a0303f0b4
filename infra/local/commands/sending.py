"""Whether a deployed stage may send, how its mail fares, and what is paused."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from functions import wiring
from functions.core.emails.pause import Pause
from functions.routes.account.models import PauseView, RatesView, SendingView, SesAccountView
from functions.routes.account.sending import BY_HAND, view
from infra import deployed
from infra.local.commands.terminal import add_stage, show


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    status = actions.add_parser("status", help="what SES says of the account, rates of bounces and complaints, pauses")
    pause = actions.add_parser("pause", help="refuse the sends of an email, or of all that is not transactional")
    resume = actions.add_parser("resume", help="end a pause")
    for action in (status, pause, resume):
        add_stage(action)
    for action in (pause, resume):
        what = action.add_mutually_exclusive_group(required=True)
        what.add_argument("email", nargs="?", type=int, help="the id of an email")
        what.add_argument("--all", action="store_true", help="all mail that is not transactional")
    pause.add_argument("--reason", default=BY_HAND, help="which the status of refused sends tells (%(default)s)")
    status.set_defaults(run=_status)
    pause.set_defaults(run=_pause)
    resume.set_defaults(run=_resume)


def _status(options: argparse.Namespace) -> None:
    container = deployed.container(options.stage)
    seen = container.get(wiring.account.monitor_reputation).report(transactional=True)
    for line in _lines(
        view(seen, container.get(wiring.adapters.quota_store).get(), container.get(wiring.adapters.emails).all())
    ):
        show(line)


def _pause(options: argparse.Namespace) -> None:
    pausing = deployed.container(options.stage).get(wiring.account.pause_sending)
    show(f"{_what(options)}: {_told(pausing.pause(options.email, options.reason, deployed.caller_arn()))}")


def _resume(options: argparse.Namespace) -> None:
    pause = (
        deployed.container(options.stage).get(wiring.account.pause_sending).resume(options.email, deployed.caller_arn())
    )
    show(f"{_what(options)}: {_told(pause)}")
    if pause:
        show("What it kept from going out after it was accepted is in the dead letters: see `staffetta redrive`.")


def _what(options: argparse.Namespace) -> str:
    return "all mail that is not transactional" if options.all else f"email {options.email}"


def _told(pause: Pause | PauseView | None) -> str:
    if pause is None:
        return "never paused"
    if pause.resumed_at:
        return f"resumed on {pause.resumed_at} by {pause.resumed_by}"
    return f"PAUSED since {pause.at} by {pause.by}: {pause.reason}"


def _lines(sending: SendingView) -> Iterator[str]:
    yield f"SES: {_ses(sending.ses)}"
    yield f"all mail that is not transactional: {_rates(sending.not_transactional)}; {_told(sending.pause)}"
    for email in sending.emails:
        kind = "transactional, " if email.transactional else ""
        yield f"email {email.email_id} {email.name!r}: {kind}{_rates(email.rates)}; {_told(email.pause)}"


def _ses(account: SesAccountView | None) -> str:
    if account is None:
        return "not asked yet: the sweep does so every 5 minutes"
    may = "sends" if account.sending_enabled else "MAY NOT SEND"
    day = "unlimited" if account.max_24_hours is None else f"{account.sent_last_24_hours} of {account.max_24_hours}"
    return f"{may}, {account.enforcement_status}; {account.max_per_second:g} a second; in 24 hours {day} ({account.fetched_at})"


def _rates(rates: RatesView) -> str:
    return f"{rates.sent} sent, {rates.bounce_rate:g} % bounced, {rates.complaint_rate:g} % complained"
