"""The whole service on this machine."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
from pathlib import Path

from infra.local import welcome
from infra.local.commands.terminal import show
from infra.local.stack import LocalStack, Ports, Ready, step


def add(parser: argparse.ArgumentParser) -> None:
    for name, default, what in (
        ("http", 8080, "the API"),
        ("smtp", 2587, "SMTP with STARTTLS"),
        ("mailbox", 8025, "the mailbox page"),
        ("aws", 4566, "the AWS endpoint"),
    ):
        parser.add_argument(
            f"--{name}-port", type=_port, default=default, help=f"of {what} (%(default)s; 0: any free one)"
        )
    parser.add_argument(
        "--smtps-port", type=_port, help="of SMTP within TLS (2465, or any free one where that of SMTP is any free one)"
    )
    parser.add_argument("--ready-file", type=Path, help="gets the addresses and the key as JSON once all is ready")
    parser.add_argument("--no-welcome", action="store_true", help="skip the first send")
    parser.add_argument("--verbose", action="store_true", help="show what the functions log")
    parser.set_defaults(run=_local)


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:  # noqa: PLR2004 - TCP's highest port
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: expected 0 to 65535")
    return int(text)


def _smtps_port(options: argparse.Namespace) -> int:
    """A stack that was told to take any free ports takes no fixed one: several may run at once."""
    if options.smtps_port is not None:
        return int(options.smtps_port)
    return 2465 if options.smtp_port else 0


def _local(options: argparse.Namespace) -> None:
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.ERROR, format="%(levelname)s %(name)s: %(message)s"
    )
    asyncio.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    ports = Ports(
        http=options.http_port,
        smtp=options.smtp_port,
        smtps=_smtps_port(options),
        mailbox=options.mailbox_port,
        aws=options.aws_port,
    )
    stack = LocalStack(ports, _show_step)
    running = asyncio.create_task(_run(stack, options))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        show(_farewell(stack))


async def _run(stack: LocalStack, options: argparse.Namespace) -> None:
    """Until it is cancelled."""
    async with stack:
        async with step("publish the starter receipt", _show_step):
            starter = await asyncio.to_thread(welcome.publish_starter, stack.container)
        if not options.no_welcome:
            async with step("send a first mail through the gateway", _show_step):
                await welcome.first_send(stack.ready, starter)
        _write_ready(options.ready_file, stack.ready)
        show(welcome.guide(stack.ready, starter))
        try:
            await asyncio.Event().wait()
        finally:
            show("\nFinishing what was accepted ...")


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


def _show_step(name: str, seconds: float) -> None:
    show(f"  {name:<42} {seconds:5.1f} s")
