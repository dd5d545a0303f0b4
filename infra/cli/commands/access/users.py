"""The people of a stage's console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from functions.core.access.roles import Role
from functions.i18n.languages import NAMES, SOURCE
from infra.cli.command import Group
from infra.cli.errors import CommandError
from infra.cli.options import ADDRESS, json_option, stage_option, yes_option
from infra.cli.terminal import confirm, note, show, show_json, show_table

if TYPE_CHECKING:
    from infra.cli.stage import Stage

ROLE = click.Choice([str(role) for role in Role])


@click.group(cls=Group, examples=["staffetta users list", "staffetta users invite you@acme.com --show"])
def command() -> None:
    pass


@command.command(
    "invite",
    examples=[
        "staffetta users invite you@acme.com --show",
        "staffetta users invite ada@acme.com --role editor --language it --stage prod",
    ],
)
@click.argument("email", type=ADDRESS)
@click.option("--role", type=ROLE, default=str(Role.ADMINISTRATOR), show_default=True, help="what the person may do")
@click.option(
    "--language", type=click.Choice(list(NAMES)), default=SOURCE, show_default=True, help="the language of the mail"
)
@click.option("--show", "show_link", is_flag=True, help="mail nothing, and print the link instead, once")
@stage_option
@json_option
def invite(stage: Stage, email: Any, role: str, language: str, *, show_link: bool, as_json: bool) -> None:
    """Invite a person to the console, by a mailed link that sets their password. A new account in SES's sandbox cannot mail every
    address: use --show there.
    """
    from functions import wiring

    step = stage.get(wiring.access.manage_users)
    invitation = step.invite(email.email, Role(role), stage.actor, mail=not show_link, language=language)
    if invitation.refusal:
        raise CommandError(f"the mail is refused: {invitation.refusal}. Use --show, and send the link yourself")
    if as_json:
        fields = {"email": invitation.user.email, "role": role}
        show_json({**fields, "link": invitation.link} if show_link else fields)
    elif show_link:
        show(invitation.link)
    else:
        show(f"{invitation.user.email} is invited as {role}")
    if show_link:
        note("The link sets the password, works once within seven days, and is shown only this once.")


@command.command("list", examples=["staffetta users list", "staffetta users list --json"])
@stage_option
@json_option
def list_(stage: Stage, *, as_json: bool) -> None:
    """List all users."""
    from functions import wiring

    users = stage.get(wiring.access.manage_users).all(stage.actor)
    if as_json:
        show_json({"results": [_fields(user) for user in users]})
        return
    rows = [(user.email, user.role, user.signed_in_at or ("" if user.joined_at else "invited")) for user in users]
    show_table(("EMAIL", "ROLE", "LAST SIGN-IN"), rows, empty="No users: staffetta users invite you@acme.com --show")


@command.command("role", examples=["staffetta users role ada@acme.com administrator"])
@click.argument("email", type=ADDRESS)
@click.argument("role", type=ROLE)
@stage_option
def role(stage: Stage, email: Any, role: str) -> None:
    """Change what a person may do. It counts at once."""
    from functions import wiring

    user = stage.get(wiring.access.manage_users).change_role(email.email, Role(role), stage.actor)
    show(f"{user.email} is {user.role}")


@command.command("sign-out", examples=["staffetta users sign-out ada@acme.com"])
@click.argument("email", type=ADDRESS)
@stage_option
def sign_out(stage: Stage, email: Any) -> None:
    """End every session of a person at once."""
    from functions import wiring

    stage.get(wiring.access.manage_users).sign_out(email.email, stage.actor)
    show(f"{email.email} is signed out everywhere")


@command.command("remove", examples=["staffetta users remove ada@acme.com --yes"])
@click.argument("email", type=ADDRESS)
@yes_option
@stage_option
def remove(stage: Stage, email: Any, *, yes: bool) -> None:
    """Remove a person. What they made stays."""
    from functions import wiring

    confirm(f"Remove {email.email} from the console of stage {stage.name}? Their sessions end at once.", yes=yes)
    stage.get(wiring.access.manage_users).remove(email.email, stage.actor)
    show(f"{email.email} is removed")


def _fields(user: Any) -> dict[str, Any]:
    return {
        "email": user.email,
        "role": str(user.role),
        "invitedAt": user.invited_at,
        "invitedBy": user.invited_by,
        "joinedAt": user.joined_at,
        "signedInAt": user.signed_in_at,
        "secondFactor": user.second_factor,
    }
