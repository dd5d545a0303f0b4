"""The local stack: the same template and handlers as in AWS, on one machine. It starts all parts in order, and stops them again."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import aiohttp
from aiohttp import web

from functions.core.sending import lifecycle
from functions.core.sending.send import State
from functions.core.tokens.smtp_settings import SmtpEndpoint
from functions.routes.events.table import MESSAGES_PATH
from functions.settings import Settings
from functions.wiring import Container
from infra import ROOT
from infra.local import assembly, certificate, first_credentials, moved_clock, state_file
from infra.local.certificate import Certificate
from infra.local.clock.routes import clock_routes
from infra.local.clock.travel import Travel
from infra.local.cloud import Cloud
from infra.local.event_sources import EventSources
from infra.local.gateway import Gateway
from infra.local.image_cdn import image_cdn
from infra.local.lambdas import Functions
from infra.local.lambdas.invocations import Invocations
from infra.local.mailbox import Mailbox, mailbox_app
from infra.local.ports import HOST, Ports, reserve, url_of
from infra.local.ses import SesSimulator, SmtpServer
from infra.local.smtp_users import SmtpAuthenticator
from infra.local.work import WorkInProgress

REGION = "us-east-1"
PATIENCE_SECONDS = 30  # at the end of the stack, with work that makes no progress
WEBHOOK_SECONDS = 3  # at the end of the stack, for all webhooks: a receiver that does not answer has retries for days
REPORT_SECONDS = 1  # between two reports of what the end waits for
Progress = Callable[[str, float], None]  # a step that is done, and the seconds it took
Waits = Callable[[list[str]], None]  # gets what the end of the stack still waits for


@dataclass(frozen=True, kw_only=True)
class Ready:
    """The addresses and credentials of the running stack."""

    api_url: str
    api_key: str
    aws_url: str
    mailbox_url: str
    smtp_host: str
    smtp_port: int
    smtps_port: int
    smtp_user: str
    smtp_password: str
    smtp_certificate: str
    console_user: str
    console_password: str
    console_link: str  # signs in with one click, once

    def to_json(self) -> str:
        smtp = {
            "host": self.smtp_host,
            "port": self.smtp_port,
            "tlsPort": self.smtps_port,
            "user": self.smtp_user,
            "password": self.smtp_password,
            "certificate": self.smtp_certificate,
        }
        urls = {"apiUrl": self.api_url, "apiKey": self.api_key, "awsUrl": self.aws_url, "mailboxUrl": self.mailbox_url}
        console = {"user": self.console_user, "password": self.console_password, "link": self.console_link}
        return json.dumps({**urls, "smtp": smtp, "console": console})


@asynccontextmanager
async def step(name: str, progress: Progress) -> AsyncIterator[None]:
    """Reports a step and its duration when it is done."""
    began = time.monotonic()
    yield
    progress(name, time.monotonic() - began)


class LocalStack:
    """`async with LocalStack(...)` runs it. Leaving the block finishes the accepted sends and stops all parts."""

    def __init__(
        self, ports: Ports, progress: Progress, waits: Waits = lambda _: None, *, event_sources: str = ""
    ) -> None:
        """`event_sources`: the sources on the account's EventBridge bus whose events may start automations, separated by commas."""
        self._ports = ports
        self._event_sources = event_sources
        self._progress = progress
        self._waits = waits
        self._opened = AsyncExitStack()
        self.unfinished: list[str] = []  # after the end: accepted sends that did not finish in time
        self.undelivered = False  # after the end: webhooks were left
        folder = self._opened.enter_context(tempfile.TemporaryDirectory(prefix="staffetta-clock-"))
        self.clock = moved_clock.created(Path(folder) / "clock")
        self.mailbox = Mailbox(clock=self.clock.now)
        self.ses = SesSimulator(
            region=REGION,
            account_id=Cloud.account_id,
            mailbox=self.mailbox,
            publish=self._publish,
            clock=self.clock.now,
        )
        self.cloud = Cloud(region=REGION, ses=self.ses.wsgi, clock=self.clock)
        self.functions = Functions(self.cloud, ROOT, clock=self.clock.path)
        self.gateway = Gateway(self.cloud, self.functions, clock=self.clock.now)
        self.event_sources = EventSources(self.cloud, self.functions, clock=self.clock.now)
        self.work = WorkInProgress(self.gateway, self.functions, self.event_sources, self.ses)
        self.certificate: Certificate
        self.smtp: SmtpServer
        self.container: Container
        self.travel: Travel
        self.ready: Ready

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._opened.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self._finish()
        finally:
            await self._opened.aclose()

    def _publish(self, topic: str, event: str) -> None:
        self.cloud.publish(topic, event)  # the account is made after the simulator

    async def _start(self) -> None:
        self._ports.check_free()
        async with step("start the local AWS account", self._progress):
            self._open_cloud()
        async with step("synthesize the CDK app", self._progress):
            self._front = self._opened.enter_context(reserve(self._ports.http))
            self._mailbox_front = self._opened.enter_context(reserve(self._ports.mailbox))
            self._smtp_fronts = [
                self._opened.enter_context(reserve(port)) for port in (self._ports.smtp, self._ports.smtps)
            ]
            stacks = await assembly.synthesize(self._addresses(), self._event_sources)
        outputs: dict[str, str] = {}
        for stack in stacks:
            async with step(f"deploy {stack.name}", self._progress):
                outputs |= await asyncio.to_thread(assembly.deploy, self.cloud, stack)
        self.container = self._connect(outputs)
        self.travel = Travel(
            self.clock, self.cloud, self.event_sources, self.functions, self.container.settings, self._rest
        )
        async with step("start the functions", self._progress):
            await self._open_functions()
        async with step("open the gateway, the mailbox and SMTP", self._progress):
            await self._open_doors()

    def _open_cloud(self) -> None:
        self.cloud.start(self._ports.aws)
        self._opened.callback(self.cloud.stop)
        assembly.bootstrap(self.cloud)
        self.ses.start()
        self._opened.callback(self.ses.stop)

    def _addresses(self) -> assembly.Addresses:
        smtp = SmtpEndpoint(HOST, *(front.getsockname()[1] for front in self._smtp_fronts))
        return assembly.Addresses(url_of(self._front), url_of(self._mailbox_front), str(smtp))

    async def _open_functions(self) -> None:
        await self.functions.start()
        self.cloud.invoke = Invocations(self.functions, asyncio.get_running_loop())
        self._opened.push_async_callback(self.functions.stop)
        failed = await self.functions.warm()
        for name, error in failed.items():
            raise assembly.AssemblyError(f"function {name} does not start: {error.message}")
        await self.event_sources.start()
        self._opened.push_async_callback(self.event_sources.stop)

    async def _open_doors(self) -> None:
        self.gateway.app.middlewares.append(image_cdn(self.cloud, self.container.settings.images_bucket))
        api_url = await self._serve(self.gateway.app, self._front)
        pages = mailbox_app(self.mailbox, self.ses, self._history, api_url)
        pages.add_routes(clock_routes(self.clock, self.travel))
        mailbox_url = await self._serve(pages, self._mailbox_front)
        self.ses.tracking_url = mailbox_url
        await self._open_smtp()
        credentials = await asyncio.to_thread(first_credentials.create, self.container)
        self.ready = Ready(
            api_url=api_url,
            aws_url=self.cloud.url,
            mailbox_url=mailbox_url,
            smtp_host=HOST,
            smtp_port=self.smtp.port,
            smtps_port=self.smtp.tls_port,
            smtp_certificate=str(self.certificate.path),
            **dataclasses.asdict(credentials),
        )

    async def _history(self, message: str) -> dict[str, Any] | None:
        """Returns the history of a message that the API answers. Returns None without a history, or while the API closes."""
        headers = {"Authorization": f"Bearer {self.ready.api_key}"}
        async with (
            aiohttp.ClientSession(self.ready.api_url, headers=headers) as http,
            http.get(f"{MESSAGES_PATH}/{message}") as answer,
        ):
            history: dict[str, Any] | None = await answer.json() if answer.ok else None
            return history

    async def _open_smtp(self) -> None:
        folder = state_file.folder()
        try:
            self.certificate = certificate.load_or_create(folder, datetime.now(UTC))
        except OSError as error:
            raise assembly.AssemblyError(
                f"the certificate for SMTP cannot be written to {folder}: {error}; set XDG_STATE_HOME to a writable folder"
            ) from error
        self.smtp = SmtpServer(SmtpAuthenticator(self.cloud, self.ses).authenticate, self.certificate.server_context())
        await self.smtp.start(*self._smtp_fronts)
        self._opened.push_async_callback(self.smtp.stop)

    async def _serve(self, app: web.Application, bound: socket.socket) -> str:
        # A function gets a compressed body as it came: only REST APIs of API Gateway decompress.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2, auto_decompress=False)
        await runner.setup()
        self._opened.push_async_callback(runner.cleanup)
        await web.SockSite(runner, bound).start()
        return url_of(bound)

    def _connect(self, outputs: dict[str, str]) -> Container:
        """Returns the product's own adapters on the deployed resources, in this process."""

        def client(service: str, **_: Any) -> Any:
            return self.cloud.client(service)

        container = Container(Settings.from_env(json.loads(outputs["Settings"])), client)
        container.clock = self.clock
        return container

    async def _finish(self) -> None:
        """Refuses new requests and waits until every accepted send is finished, so that none is lost."""
        self.gateway.closing = True
        try:
            await self.smtp.stop()
            reports = asyncio.create_task(self._report_waits())
            try:
                await self.work.quiet(PATIENCE_SECONDS, webhooks=False)
                self.undelivered = not await self.work.ends_within(WEBHOOK_SECONDS)
            finally:
                reports.cancel()
        finally:  # a second Ctrl-C ends the wait, and the unfinished sends are still reported
            self.unfinished = await asyncio.to_thread(self.pending)

    async def _report_waits(self) -> None:
        """Reports what is left, each time that it changes."""
        reported: list[str] = []
        while True:
            await asyncio.sleep(REPORT_SECONDS)
            work = await asyncio.to_thread(self.work.waiting)
            if work and work != reported:
                reported = work
                self._waits(work)

    async def _rest(self) -> bool:
        """Waits until nothing is left that can be done now. A retry that waits for its time can not."""
        return await self.work.quiet(PATIENCE_SECONDS, later=True)

    def pending(self) -> list[str]:
        """Returns every accepted message without an outcome, scheduled ones too: its send and its address."""
        states = {f":state{number}": {"S": str(state)} for number, state in enumerate(set(State) - lifecycle.FINAL)}
        scan = self.cloud.client("dynamodb").get_paginator("scan")
        pages = scan.paginate(
            TableName=self.container.settings.sends_table,
            FilterExpression=f"#state IN ({', '.join(states)})",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=states,
        )
        return [f"{item['send_id']['S']} to {item['address']['S']}" for page in pages for item in page["Items"]]
