"""API keys of a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from functions.core.access.scopes import SCOPES
from functions.steps.access.authenticate import CACHE_SECONDS
from infra.cli.command import Group
from infra.cli.errors import CommandError
from infra.cli.options import ADDRESS, WordsType, json_option, stage_option, yes_option
from infra.cli.terminal import confirm, note, show, show_json, show_table

if TYPE_CHECKING:
    from functions.routes.access.models import ApiKeyView
    from infra.cli.stage import Stage

ID_PREFIX = 12  # characters of a key's id: enough to distinguish keys


@click.group(cls=Group, examples=["staffetta keys list", "staffetta keys create --name shop --owner you@acme.com"])
def command() -> None:
    pass


@command.command(
    "create",
    examples=[
        "staffetta keys create --name shop --owner you@acme.com",
        "staffetta keys create --name shop --owner you@acme.com --scopes transactional-email,marketing-email",
    ],
)
@click.option("--name", required=True, help="what the key is for")
@click.option("--owner", required=True, type=ADDRESS, help="owner's email address")
@click.option(
    "--scopes", type=WordsType(SCOPES), default=",".join(SCOPES), metavar="SCOPE,...", help="what the key may do"
)
@stage_option
@json_option
def create(stage: Stage, name: str, owner: Any, scopes: tuple[str, ...], *, as_json: bool) -> None:
    """Create a key and show it once."""
    from functions.routes.access.api_keys import create_api_key

    created = stage.call(create_api_key, body={"name": name, "owner": owner.email, "scopes": scopes})
    if as_json:
        show_json(created)
    else:
        show(created.key)
    note(f"The key {created.name!r} is shown only this once: only its hash is stored.")


@command.command("list", examples=["staffetta keys list", "staffetta keys list --json"])
@stage_option
@json_option
def list_(stage: Stage, *, as_json: bool) -> None:
    """List all keys, including revoked ones."""
    from functions.routes.access.api_keys import list_api_keys

    results = stage.call(list_api_keys)
    if as_json:
        show_json(results)
        return
    show_table(("ID", "PREFIX", "NAME", "OWNER", "SCOPES", "STATE"), map(_row, results.results), empty="No API keys.")


@command.command("rename", examples=["staffetta keys rename 3f2a9c01d4e5 web-shop"])
@click.argument("key")
@click.argument("name")
@stage_option
@json_option
def rename(stage: Stage, key: str, name: str, *, as_json: bool) -> None:
    """Rename a key. KEY is its id, the beginning of it, or its prefix, as `staffetta keys list` shows them."""
    from functions.routes.access.api_keys import rename_api_key

    before = find_key(stage, key)
    renamed = stage.call(rename_api_key, path={"keyId": before.id}, body={"name": name})
    if as_json:
        show_json(renamed)
    else:
        show(f"The key {renamed.prefix}... is now named {renamed.name!r}. It was named {before.name!r}.")


@command.command(
    "revoke", examples=["staffetta keys revoke 3f2a9c01d4e5", "staffetta keys revoke stf_Ab3dEf --stage test --yes"]
)
@click.argument("key")
@stage_option
@yes_option
def revoke(stage: Stage, key: str, *, yes: bool) -> None:
    """Revoke a key. KEY is its id, the beginning of it, or its prefix, as `staffetta keys list` shows them."""
    from functions.routes.access.api_keys import revoke_api_key

    results = find_key(stage, key)
    confirm(f"Revoke the key {results.prefix}... ({results.name!r}) of stage {stage.name}?", yes=yes)
    stage.call(revoke_api_key, path={"keyId": results.id})
    show(
        f"The key {results.prefix}... ({results.name!r}) is revoked. It is refused everywhere within {CACHE_SECONDS} seconds."
    )


def find_key(stage: Stage, text: str) -> ApiKeyView:
    """Finds a key by its id, the beginning of it, or its prefix. Raises CommandError unless it is exactly one."""
    from functions.routes.access.api_keys import list_api_keys

    keys = stage.call(list_api_keys).results
    matches = [key for key in keys if key.id.startswith(text) or key.prefix == text.removesuffix("...")]
    if len(matches) != 1:
        raise CommandError(
            f"{len(matches) or 'no'} API key{'s match' if matches else ' matches'} {text!r}: see `staffetta keys list`"
        )
    return matches[0]


def _row(key: ApiKeyView) -> tuple[object, ...]:
    used = f"last used {key.last_used_at}" if key.last_used_at else "never used"
    state = f"REVOKED {key.revoked_at}" if key.revoked_at else used
    return key.id[:ID_PREFIX], f"{key.prefix}...", key.name, key.owner, ",".join(key.scopes), state
