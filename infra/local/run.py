"""Runs the local stack until it is interrupted."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from infra.local import private_file, state_file, welcome
from infra.local.ports import Ports
from infra.local.stack import REGION, LocalStack, Progress, step
from infra.local.state_file import RunningStack

Show = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Options:
    ports: Ports
    ready_file: Path | None  # gets the addresses and the key as JSON when everything runs
    sandbox: bool  # SES sends to verified recipients only, after the first mail
    welcome: bool  # send a first mail
    event_sources: str = ""  # of the EventBridge bus, separated by commas, whose events may start automations
    verbose: bool  # print the functions' logs


def run(options: Options, show: Show) -> None:
    """Raises AssemblyError, PortBusyError or WelcomeError."""
    level = logging.INFO if options.verbose else logging.ERROR
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    asyncio.run(_until_interrupted(options, show))


async def _until_interrupted(options: Options, show: Show) -> None:
    def progress(name: str, seconds: float) -> None:
        show(f"  {name:<42} {seconds:5.1f} s")

    def waits(work: list[str]) -> None:
        show(f"  still waiting for {', '.join(work)}")

    stack = LocalStack(options.ports, progress, waits, event_sources=options.event_sources)
    running = asyncio.create_task(_serve(stack, options, show, progress))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        show(_farewell(stack))


async def _serve(stack: LocalStack, options: Options, show: Show, progress: Progress) -> None:
    """Runs until it is cancelled."""
    async with stack:
        async with step("publish the starter receipt", progress):
            starter = await asyncio.to_thread(welcome.publish_starter, stack.container)
        if options.welcome:
            async with step("send a first mail through the gateway", progress):
                await welcome.first_send(stack.ready, starter)
        stack.ses.account.production_access = not options.sandbox
        with _announced(stack, options.ready_file):
            show(welcome.guide(stack.ready, starter))
            try:
                await asyncio.Event().wait()
            finally:
                show("\nFinishing the accepted sends, their events and their webhooks. Ctrl-C again ends at once.")


@contextmanager
def _announced(stack: LocalStack, ready_file: Path | None) -> Iterator[None]:
    """`--stage local` finds the stack for as long as it takes requests. The ready file stays: it is its caller's."""
    ready = stack.ready
    running = RunningStack(
        pid=os.getpid(),
        started_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        region=REGION,
        aws_url=ready.aws_url,
        api_url=ready.api_url,
        mailbox_url=ready.mailbox_url,
        clock_file=str(stack.clock.path),
        smtp_host=ready.smtp_host,
        smtp_port=ready.smtp_port,
        smtps_port=ready.smtps_port,
        smtp_certificate=ready.smtp_certificate,
    )
    with state_file.written(running):
        if ready_file:
            private_file.write(ready_file, ready.to_json())
        yield


def _farewell(stack: LocalStack) -> str:
    webhooks = ["Some webhooks were NOT delivered: their receivers did not answer."] if stack.undelivered else []
    if stack.unfinished:
        return "\n".join((*webhooks, "Ended. NOT finished, and lost with this stack:", *stack.unfinished))
    return "\n".join((*webhooks, "Ended. Every accepted send is finished."))
