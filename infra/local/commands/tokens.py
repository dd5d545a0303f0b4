"""SMTP tokens of a deployed stage."""

from __future__ import annotations

import argparse

from functions import wiring
from functions.core import timestamps
from functions.core.access.audit import AuditAction
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from functions.ports.tokens import SmtpTokens
from functions.steps.tokens.create_smtp_token import SmtpCredentials, TokenRequest
from functions.steps.tokens.reset_smtp_password import GRACE_MAX
from functions.wiring import Container
from infra import deployed
from infra.config import LOCAL
from infra.local.commands import smtp_settings
from infra.local.commands.smtp_settings import PROGRAMS, SmtpSettings
from infra.local.commands.terminal import add_stage, address, show


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a token, and show its settings once")
    listing = actions.add_parser("list", help="every token")
    reset = actions.add_parser("reset", help="give a token a new user name and password, and show them once")
    delete = actions.add_parser("delete", help="end a token: its password works no more")
    for action in (create, listing, reset, delete):
        add_stage(action)
    for action in (reset, delete):
        action.add_argument("token", help="its SMTP user name, or an earlier one")
    for action in (create, reset):
        _add_shown(action)
    create.add_argument("--name", required=True, help="what the token is for")
    create.add_argument("--owner", required=True, type=address, help="the email address of whoever answers for it")
    create.add_argument("--create-contact", action="store_true", help="make a contact of each new recipient")
    create.add_argument("--expires", type=_instant, help="when it ends by itself: 2027-01-31T00:00:00Z")
    reset.add_argument("--grace", type=_seconds, default=0, help="seconds that the old password works still (0)")
    create.set_defaults(run=_create)
    listing.set_defaults(run=_list)
    reset.set_defaults(run=_reset)
    delete.set_defaults(run=_delete)


def _add_shown(action: argparse.ArgumentParser) -> None:
    action.add_argument("--snippet", choices=sorted(PROGRAMS), help="show the settings for this program too")
    action.add_argument("--host", help="of the SMTP endpoint (SES's in the stage's region; of `make run`: 127.0.0.1)")
    action.add_argument("--port", type=int, help="where it speaks STARTTLS (587; of `make run`: 2587)")


def _create(options: argparse.Namespace) -> None:
    container = deployed.container(options.stage)
    asked = TokenRequest(
        name=options.name,
        create_contact=options.create_contact,
        created_by=options.owner.email,
        expires_at=options.expires,
    )
    issued = container.get(wiring.tokens.create_smtp_token)(asked)
    _show_once(container, issued, options)  # first of all: nothing else knows the password
    _note(container, AuditAction.TOKEN_MADE, issued.token)


def _list(options: argparse.Namespace) -> None:
    for token in deployed.container(options.stage).get(wiring.adapters.smtp_tokens).all():
        if token.state is TokenState.ACTIVE:
            used = f"last used {token.used_at} from {token.last_source}" if token.used_at else "never used"
            until = f"; ends {token.expires_at}" if token.expires_at else ""
            show(
                f"{token.key_id}  {token.name!r} of {token.created_by}, emailCampaignId {token.campaign_id}; {used}{until}"
            )


def _reset(options: argparse.Namespace) -> None:
    container = deployed.container(options.stage)
    made = container.get(wiring.tokens.reset_smtp_password)(options.token, options.grace)
    _show_once(container, made, options)
    _note(container, AuditAction.TOKEN_RESET, made.token)


def _delete(options: argparse.Namespace) -> None:
    container = deployed.container(options.stage)
    token = _the_token(container.get(wiring.adapters.smtp_tokens), options.token)
    container.get(wiring.tokens.delete_smtp_token)(token.campaign_id)
    _note(container, AuditAction.TOKEN_DELETED, token)
    show(f"The token {token.name!r} is ended: its password works no more.")


def _note(container: Container, action: AuditAction, token: SmtpToken) -> None:
    container.get(wiring.access.audit_log)(action, deployed.caller_arn(), str(token.campaign_id), name=token.name)


def _the_token(tokens: SmtpTokens, key_id: str) -> SmtpToken:
    """A deleted one too: its end may have to be finished. Raises LookupError."""
    token = tokens.by_key(key_id)
    if token is None:
        raise LookupError(f"there is no SMTP token with the id {key_id!r}: see `staffetta tokens list`")
    return token


def _show_once(container: Container, made: SmtpCredentials, options: argparse.Namespace) -> None:
    local = options.stage == LOCAL
    aws = f"email-smtp.{container.settings.region}.amazonaws.com"
    settings = SmtpSettings(
        host=options.host or (smtp_settings.LOCAL_HOST if local else aws),
        port=options.port or (smtp_settings.LOCAL_STARTTLS_PORT if local else smtp_settings.STARTTLS_PORT),
        tls_port=smtp_settings.LOCAL_TLS_PORT if local else smtp_settings.TLS_PORT,
        user=made.token.key_id,
        password=made.password,
        domain=container.settings.domain,
    )
    show(settings.block())
    if options.snippet:
        show(f"\n{settings.snippet(options.snippet)}\n")
    show("This is the only time that the password is shown: it is stored nowhere. It may take some seconds to work.")


def _instant(text: str) -> str:
    try:
        return timestamps.normalized(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an instant like 2027-01-31T00:00:00Z") from None


def _seconds(text: str) -> int:
    if not text.isdecimal() or int(text) > GRACE_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to {GRACE_MAX}")
    return int(text)
