"""The `staffetta` command: run the service on this machine, and set up a deployed stage."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from functions.adapters import starters
from functions.core import addresses, instants
from functions.core.addresses import Address
from functions.core.errors import Rejected
from functions.ports import ApiKey, ApiKeys
from functions.routes import openapi
from functions.routes.table import SCOPES
from functions.steps.authorize import CACHE_SECONDS
from functions.steps.issue_key import checked_name
from infra import deployed
from infra.local import welcome
from infra.local.assembly import AssemblyError
from infra.local.stack import LocalStack, PortBusyError, Ports, Ready, step
from infra.local.welcome import WelcomeError

ID_SHOWN = 12  # characters of a key's id: enough to tell keys apart


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (AssemblyError, PortBusyError, WelcomeError, deployed.NotDeployedError, LookupError, Rejected) as fault:
        sys.exit(f"staffetta: {fault}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="staffetta", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_local(commands.add_parser("local", help="run the whole service on this machine"))
    _add_keys(commands.add_parser("keys", help="API keys of a deployed stage"))
    commands.add_parser("openapi", help="print the API's OpenAPI document").set_defaults(run=_print_openapi)
    _add_redrive(commands.add_parser("redrive", help="put a deployed stage's dead letters back into its send queue"))
    _add_starters(commands.add_parser("starters", help="starter emails: list them, publish one on a deployed stage"))
    return parser


def _add_local(parser: argparse.ArgumentParser) -> None:
    for name, default, what in (
        ("http", 8080, "the API"),
        ("smtp", 2587, "SMTP"),
        ("mailbox", 8025, "the mailbox page"),
        ("aws", 4566, "the AWS endpoint"),
    ):
        parser.add_argument(
            f"--{name}-port", type=_port, default=default, help=f"of {what} (%(default)s; 0: any free one)"
        )
    parser.add_argument("--ready-file", type=Path, help="gets the addresses and the key as JSON once all is ready")
    parser.add_argument("--no-welcome", action="store_true", help="skip the first send")
    parser.add_argument("--verbose", action="store_true", help="show what the functions log")
    parser.set_defaults(run=_local)


def _add_keys(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a key and show it once")
    listing = actions.add_parser("list", help="every key, revoked ones too")
    rename = actions.add_parser("rename", help="give a key another name")
    revoke = actions.add_parser("revoke", help=f"end a key: within {CACHE_SECONDS} seconds it is refused everywhere")
    for action in (create, listing, rename, revoke):
        _add_stage(action)
    for action in (rename, revoke):
        action.add_argument(
            "key", help="its id, the beginning of it, or its prefix, as `staffetta keys list` shows them"
        )
    rename.add_argument("name", help="what the key is for")
    create.add_argument("--name", required=True, help="what the key is for")
    create.add_argument("--owner", required=True, type=_address, help="the email address of whoever answers for it")
    create.add_argument("--scopes", nargs="+", choices=SCOPES, default=list(SCOPES), help="what it may do (all)")
    create.set_defaults(run=_create_key)
    listing.set_defaults(run=_list_keys)
    rename.set_defaults(run=_rename_key)
    revoke.set_defaults(run=_revoke_key)


def _add_starters(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="the starters there are").set_defaults(run=_list_starters)
    publish = actions.add_parser("publish", help="compile a starter and make it the live revision of its email")
    _add_stage(publish)
    publish.add_argument("name", help="as `staffetta starters list` shows it")
    publish.add_argument("--from", dest="sender", required=True, type=_address, help="'Acme <receipts@mail.acme.com>'")
    publish.set_defaults(run=_publish_starter)


def _add_redrive(parser: argparse.ArgumentParser) -> None:
    _add_stage(parser)
    parser.set_defaults(run=_redrive)


def _add_stage(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stage", default="prod", help="the deployed stage (%(default)s)")


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:  # noqa: PLR2004 - TCP's highest port
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: expected 0 to 65535")
    return int(text)


def _address(text: str) -> Address:
    try:
        return addresses.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _local(options: argparse.Namespace) -> None:
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.ERROR, format="%(levelname)s %(name)s: %(message)s"
    )
    asyncio.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    ports = Ports(http=options.http_port, smtp=options.smtp_port, mailbox=options.mailbox_port, aws=options.aws_port)
    stack = LocalStack(ports, _show_step)
    running = asyncio.create_task(_run(stack, options))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        _show(_farewell(stack))


async def _run(stack: LocalStack, options: argparse.Namespace) -> None:
    """Until it is cancelled."""
    async with stack:
        async with step("publish the starter receipt", _show_step):
            starter = await asyncio.to_thread(welcome.publish_starter, stack.wiring)
        if not options.no_welcome:
            async with step("send a first mail through the gateway", _show_step):
                await welcome.first_send(stack.ready, starter)
        _write_ready(options.ready_file, stack.ready)
        _show(welcome.guide(stack.ready, starter))
        try:
            await asyncio.Event().wait()
        finally:
            _show("\nFinishing what was accepted ...")


def _farewell(stack: LocalStack) -> str:
    if stack.unfinished:
        return "\n".join(("Ended. NOT finished, and lost with this stack:", *stack.unfinished))
    return "Ended. Every accepted send is finished."


def _write_ready(path: Path | None, ready: Ready) -> None:
    """In one piece: whoever waits for the file must never read half of it."""
    if path:
        part = path.with_name(path.name + ".part")
        part.write_text(ready.to_json(), "utf-8")
        part.replace(path)


def _create_key(options: argparse.Namespace) -> None:
    wiring = deployed.wiring(options.stage)
    secret, key = wiring.key_issue(options.name, options.owner.email, tuple(options.scopes))
    _show(f"{secret}\nThis is the only time that the key {key.name!r} is shown: it is stored as a hash.")


def _list_keys(options: argparse.Namespace) -> None:
    for key in deployed.wiring(options.stage).api_keys.all():
        used = f"last used {key.last_used_at}" if key.last_used_at else "never used"
        state = f"REVOKED {key.revoked_at}" if key.revoked_at else used
        _show(
            f"{key.secret_id[:ID_SHOWN]}  {key.prefix}...  {key.name!r} of {key.owner}: {', '.join(key.scopes)}; {state}"
        )


def _rename_key(options: argparse.Namespace) -> None:
    api_keys = deployed.wiring(options.stage).api_keys
    key = _the_key(api_keys, options.key)
    name = checked_name(options.name)
    api_keys.rename(key.secret_id, name)
    _show(f"The key {key.prefix}... is named {name!r} now; it was {key.name!r}.")


def _revoke_key(options: argparse.Namespace) -> None:
    wiring = deployed.wiring(options.stage)
    key = _the_key(wiring.api_keys, options.key)
    wiring.api_keys.revoke(key.secret_id, instants.iso(wiring.clock()))
    _show(
        f"The key {key.prefix}... ({key.name!r}) is revoked: within {CACHE_SECONDS} seconds it is refused everywhere."
    )


def _the_key(api_keys: ApiKeys, text: str) -> ApiKey:
    """Raises LookupError where no key, or more than one, is meant."""
    meant = [key for key in api_keys.all() if key.secret_id.startswith(text) or key.prefix == text.removesuffix("...")]
    if len(meant) != 1:
        raise LookupError(f"{len(meant) or 'no'} keys are meant by {text!r}: see `staffetta keys list`")
    return meant[0]


def _list_starters(options: argparse.Namespace) -> None:
    for name in starters.names():
        starter = starters.load(name, Address("someone@example.com"))
        _show(f"{name}  (emailId {starter.draft.email_id}): {starter.description}")


def _publish_starter(options: argparse.Namespace) -> None:
    starter = starters.load(options.name, options.sender)
    revision = deployed.wiring(options.stage).publication(starter.draft)
    _show(f"emailId {revision.email_id}, revision {revision.number}: {revision.name}")


def _print_openapi(options: argparse.Namespace) -> None:
    _show(json.dumps(openapi.document(), indent=2))


def _redrive(options: argparse.Namespace) -> None:
    redriven = deployed.wiring(options.stage).redrive()
    for verdict, number in redriven.items():
        _show(f"{number}  {verdict}")
    if not redriven:
        _show("There are no dead letters.")


def _show_step(name: str, seconds: float) -> None:
    _show(f"  {name:<42} {seconds:5.1f} s")


_show: Callable[[str], None] = lambda text: print(text, flush=True)  # noqa: E731, T201 - a command speaks on standard output

if __name__ == "__main__":
    main()
