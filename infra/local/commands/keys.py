"""API keys of a deployed stage."""

from __future__ import annotations

import argparse

from functions import wiring
from functions.core import timestamps
from functions.core.access.audit import AuditAction
from functions.ports.access import ApiKey, ApiKeys
from functions.routes.http.route import SCOPES
from functions.steps.access.authenticate import CACHE_SECONDS
from functions.steps.access.create_api_key import checked_name
from infra import deployed
from infra.local.commands.terminal import add_stage, address, show

ID_SHOWN = 12  # characters of a key's id: enough to tell keys apart


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a key and show it once")
    listing = actions.add_parser("list", help="every key, revoked ones too")
    rename = actions.add_parser("rename", help="give a key another name")
    revoke = actions.add_parser("revoke", help=f"end a key: within {CACHE_SECONDS} seconds it is refused everywhere")
    for action in (create, listing, rename, revoke):
        add_stage(action)
    for action in (rename, revoke):
        action.add_argument(
            "key", help="its id, the beginning of it, or its prefix, as `staffetta keys list` shows them"
        )
    rename.add_argument("name", help="what the key is for")
    create.add_argument("--name", required=True, help="what the key is for")
    create.add_argument("--owner", required=True, type=address, help="the email address of whoever answers for it")
    create.add_argument("--scopes", nargs="+", choices=SCOPES, default=list(SCOPES), help="what it may do (all)")
    create.set_defaults(run=_create)
    listing.set_defaults(run=_list)
    rename.set_defaults(run=_rename)
    revoke.set_defaults(run=_revoke)


def _create(options: argparse.Namespace) -> None:
    container = deployed.container(options.stage)
    secret, key = container.get(wiring.access.create_api_key)(options.name, options.owner.email, tuple(options.scopes))
    told = {"name": key.name, "owner": key.owner, "scopes": " ".join(key.scopes)}
    container.get(wiring.access.audit_log)(AuditAction.KEY_MADE, deployed.caller_arn(), key.secret_id, **told)
    show(f"{secret}\nThis is the only time that the key {key.name!r} is shown: it is stored as a hash.")


def _list(options: argparse.Namespace) -> None:
    for key in deployed.container(options.stage).get(wiring.adapters.api_keys).all():
        used = f"last used {key.last_used_at}" if key.last_used_at else "never used"
        state = f"REVOKED {key.revoked_at}" if key.revoked_at else used
        show(
            f"{key.secret_id[:ID_SHOWN]}  {key.prefix}...  {key.name!r} of {key.owner}: {', '.join(key.scopes)}; {state}"
        )


def _rename(options: argparse.Namespace) -> None:
    container = deployed.container(options.stage)
    key = _the_key(container.get(wiring.adapters.api_keys), options.key)
    name = checked_name(options.name)
    container.get(wiring.adapters.api_keys).rename(key.secret_id, name)
    container.get(wiring.access.audit_log)(AuditAction.KEY_RENAMED, deployed.caller_arn(), key.secret_id, name=name)
    show(f"The key {key.prefix}... is named {name!r} now; it was {key.name!r}.")


def _revoke(options: argparse.Namespace) -> None:
    container = deployed.container(options.stage)
    key = _the_key(container.get(wiring.adapters.api_keys), options.key)
    container.get(wiring.adapters.api_keys).revoke(key.secret_id, timestamps.iso(container.clock()))
    container.get(wiring.access.audit_log)(AuditAction.KEY_REVOKED, deployed.caller_arn(), key.secret_id, name=key.name)
    show(f"The key {key.prefix}... ({key.name!r}) is revoked: within {CACHE_SECONDS} seconds it is refused everywhere.")


def _the_key(api_keys: ApiKeys, text: str) -> ApiKey:
    """Raises LookupError where no key, or more than one, is meant."""
    meant = [key for key in api_keys.all() if key.secret_id.startswith(text) or key.prefix == text.removesuffix("...")]
    if len(meant) != 1:
        raise LookupError(f"{len(meant) or 'no'} keys are meant by {text!r}: see `staffetta keys list`")
    return meant[0]
