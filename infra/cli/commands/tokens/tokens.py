"""SMTP tokens of a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import asdict

from functions.core.tokens.smtp_settings import PROGRAMS, SmtpEndpoint, SmtpSettings
from functions.steps.tokens.reset_smtp_password import GRACE_MAX
from infra.cli.command import Group
from infra.cli.errors import CommandError, camel_case
from infra.cli.options import ADDRESS, INSTANT, json_option, limit_option, stage_option, yes_option
from infra.cli.terminal import confirm, note, show, show_json, show_table

if TYPE_CHECKING:
    from functions.core.tokens.smtp_token import SmtpToken
    from functions.routes.tokens.models import SmtpApiTokenView
    from functions.steps.tokens.create_smtp_token import SmtpCredentials
    from infra.cli.options import Function
    from infra.cli.stage import Stage


def _settings_options(command: Function) -> Function:
    for option in (
        click.option("--port", type=click.IntRange(1, 65535), help="SMTP port (default 587; the local stack's own)"),
        click.option("--host", help="SMTP host (default: SES's in the stage's region; the local stack's own)"),
        click.option("--snippet", type=click.Choice(sorted(PROGRAMS)), help="show the settings for this program too"),
    ):
        command = option(command)
    return command


@click.group(cls=Group, examples=["staffetta tokens list", "staffetta tokens create --name till --owner you@acme.com"])
def command() -> None:
    pass


@command.command(
    "create",
    examples=[
        "staffetta tokens create --name till --owner you@acme.com",
        "staffetta tokens create --name till --owner you@acme.com --snippet postfix --expires 2027-01-31",
        "staffetta tokens create --name blog --owner you@acme.com --domain news.acme.com",
    ],
)
@click.option("--name", required=True, help="what the token is for")
@click.option("--owner", required=True, type=ADDRESS, help="owner's email address")
@click.option("--create-contact", is_flag=True, help="create a contact for each new recipient")
@click.option("--domain", default="", help="domain of its From addresses (default: the deployment's)")
@click.option("--expires", "expires_at", type=INSTANT, help="when the token expires (default: never)")
@_settings_options
@stage_option
@json_option
def create(
    stage: Stage,
    name: str,
    owner: Any,
    domain: str,
    expires_at: str | None,
    snippet: str | None,
    host: str | None,
    port: int | None,
    *,
    create_contact: bool,
    as_json: bool,
) -> None:
    """Create a token and show its SMTP settings once."""
    from functions import wiring
    from functions.core.access.audit import AuditAction
    from functions.steps.tokens.create_smtp_token import TokenRequest

    request = TokenRequest(
        name=name,
        create_contact=create_contact,
        created_by=owner.email,
        expires_at=expires_at,
        domain=domain.lower(),
    )
    issued = stage.get(wiring.tokens.create_smtp_token)(request, stage.actor)
    _show_once(_settings(stage, issued, host, port), snippet, as_json=as_json)  # first: nothing else has the password
    stage.audit(AuditAction.TOKEN_MADE, issued.token.campaign_id, name=issued.token.name)


@command.command("list", examples=["staffetta tokens list", "staffetta tokens list --json"])
@limit_option(1000)
@stage_option
@json_option
def list_(stage: Stage, limit: int, *, as_json: bool) -> None:
    """List the active tokens, with what they sent today."""
    from functions.routes.tokens.smtp_tokens import list_smtp_tokens

    tokens = stage.collect(list_smtp_tokens, limit)
    if as_json:
        show_json({"results": tokens})
        return
    headings = ("USER", "NAME", "OWNER", "EMAIL ID", "SENT TODAY", "LAST USED", "EXPIRES")
    show_table(headings, map(_row, tokens), empty="No SMTP tokens.")


_GRACE_ADVICE = "--grace 3600 keeps the old ones valid for an hour"


@command.command(
    "reset",
    examples=["staffetta tokens reset AKIAIOSFODNN7EXAMPLE --grace 3600", "staffetta tokens reset AKIA... --yes"],
)
@click.argument("token")
@click.option(
    "--grace",
    type=click.IntRange(0, GRACE_MAX),
    default=0,
    help="seconds for which the old user name and password still work (recommended)",
)
@_settings_options
@stage_option
@json_option
@yes_option
def reset(
    stage: Stage,
    token: str,
    grace: int,
    snippet: str | None,
    host: str | None,
    port: int | None,
    *,
    as_json: bool,
    yes: bool,
) -> None:
    """Give a token a new user name and a new password and show them once: programs need both. TOKEN is its SMTP user name, or an
    earlier one.
    """
    from functions import wiring
    from functions.core.access.audit import AuditAction

    results = _find(stage, token)
    until = f"work for {grace} more seconds" if grace else f"stop working now ({_GRACE_ADVICE})"
    confirm(
        f"Reset the token {results.name!r} of stage {stage.name}? Its user name and its password both change. The old ones {until}.",
        yes=yes,
    )
    changed = stage.get(wiring.tokens.reset_smtp_password)(token, stage.actor, grace)
    _show_once(_settings(stage, changed, host, port), snippet, as_json=as_json, former_user=changed.former_key_id)
    note(changed.user_name_change)
    if not grace:
        note(f"Next time, {_GRACE_ADVICE}.")
    stage.audit(AuditAction.TOKEN_RESET, changed.token.campaign_id, name=changed.token.name, grace_seconds=grace)


@command.command(
    "delete", examples=["staffetta tokens delete AKIAIOSFODNN7EXAMPLE", "staffetta tokens delete AKIA... --yes"]
)
@click.argument("token")
@stage_option
@yes_option
def delete(stage: Stage, token: str, *, yes: bool) -> None:
    """Delete a token. TOKEN is its SMTP user name, or an earlier one. Deleting it again finishes what was interrupted."""
    from functions.routes.tokens.smtp_tokens import delete_smtp_token

    results = _find(stage, token)
    confirm(f"Delete the token {results.name!r} of stage {stage.name}? Its password stops working.", yes=yes)
    stage.call(delete_smtp_token, path={"tokenId": token})
    show(f"The token {results.name!r} is deleted. Its password no longer works.")


def _find(stage: Stage, key_id: str) -> SmtpToken:

    from functions import wiring

    token = stage.get(wiring.adapters.tokens.smtp_tokens).by_key(key_id)
    if token is None:
        raise CommandError(f"no SMTP token has the user name {key_id!r}: see `staffetta tokens list`")
    return token


def _row(token: SmtpApiTokenView) -> tuple[object, ...]:
    used = f"{token.last_used_at} from {token.last_source}" if token.last_used_at else "never"
    expires = token.expires_at or "never"
    name, owner, email = token.campaign_name, token.created_by, token.email_campaign_id
    return token.id, name, owner, email, token.messages_today or 0, used, expires


def _settings(stage: Stage, credentials: SmtpCredentials, host: str | None, port: int | None) -> SmtpSettings:
    server = SmtpEndpoint.parse(stage.container.settings.smtp_server)
    return SmtpSettings(
        host=host or server.host,
        port=port or server.port,
        tls_port=server.tls_port,
        user=credentials.token.key_id,
        password=credentials.password,
        domain=credentials.token.domain or stage.container.settings.domain,
    )


def _show_once(settings: SmtpSettings, snippet: str | None, *, as_json: bool, **added: str) -> None:
    if as_json:
        show_json({camel_case(name): value for name, value in (asdict(settings) | added).items()})
    else:
        show(settings.block())
        if snippet:
            show(f"\n{settings.snippet(snippet)}\n")
    note("The password is shown only this once: it is not stored. It can take some seconds until it works.")
