"""The gateway: selects a request's deployed route, calls its function, and turns the function's payload into the response."""

from __future__ import annotations

import asyncio
import logging
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web
from multidict import CIMultiDict

from infra.local.gateway.cors import preflight, with_cors
from infra.local.gateway.deployed import DeployedApi, UnsupportedApi, read_api
from infra.local.gateway.event import GatewayRequest, integration_event
from infra.local.gateway.invoke_permissions import InvokeDenied, InvokePermissions
from infra.local.gateway.response import (
    NOT_FOUND,
    SERVER_ERROR,
    TOO_LARGE,
    UNAVAILABLE,
    GatewayResponse,
    MalformedResponse,
    parse_response,
)
from infra.local.gateway.routing import select
from infra.local.lambdas import FunctionThrottled, InvocationRefused, PayloadTooLarge, UnknownFunction
from infra.local.lambdas.runtime_api import trace_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.cloud import CallRecord, Cloud
    from infra.local.gateway.routing import Match
    from infra.local.lambdas import Functions, Result

BODY_LIMIT = 10 * 1024 * 1024
ABSOLUTE = re.compile(r"^[a-z][a-z0-9+.-]*://[^/?]*", re.IGNORECASE)  # a proxy's form of the request target

_log = logging.getLogger(__name__)


class FunctionFailed(Exception):
    """The function behind the route raised, crashed or timed out: 500."""


ANSWERS: dict[type[Exception], GatewayResponse] = {
    FunctionFailed: SERVER_ERROR,
    InvokeDenied: SERVER_ERROR,
    UnknownFunction: SERVER_ERROR,
    InvocationRefused: UNAVAILABLE,
    MalformedResponse: SERVER_ERROR,
    PayloadTooLarge: TOO_LARGE,
    FunctionThrottled: UNAVAILABLE,
}


class Gateway:
    """Serves `app`. Set `closing` to refuse new requests with 503 while the `inflight` ones finish."""

    def __init__(
        self,
        cloud: Cloud,
        functions: Functions,
        api_id: str | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._cloud = cloud
        self._functions = functions
        self._api_id = api_id
        self._clock = clock
        self._api: DeployedApi | None = None
        self._changes = 0  # deployments so far, and how many of them `_api` reflects
        self._read_changes = -1
        self._reading = asyncio.Lock()
        self._invocations: set[asyncio.Task[Result]] = set()
        self._permissions = InvokePermissions(cloud)
        self.closing = False
        self.inflight = 0
        # aiohttp's router decides nothing: one handler reads the path as it was sent.
        self.app = web.Application()
        self.app.router.add_route("*", "/{path:(?s:.*)}", self._serve)
        cloud.subscribe(self._notice)

    async def refresh(self) -> DeployedApi:
        """Returns the deployed API, read again if it changed. Raises UnsupportedApi."""
        async with self._reading:
            while self._api is None or self._read_changes != self._changes:
                self._read_changes = self._changes
                self._api = None
                self._permissions.clear()
                self._api = await asyncio.to_thread(read_api, self._cloud, self._api_id)
            return self._api

    def _notice(self, call: CallRecord) -> None:
        """Reads the routes again at the next request if this call may have changed them. Any thread may call it."""
        deploys = call.service in {"apigatewayv2", "cloudformation", "lambda"}
        if deploys and not call.operation.startswith(("Get", "List", "Describe")):
            self._changes += 1

    async def _serve(self, incoming: web.Request) -> web.Response:
        self.inflight += 1
        try:
            body = await _read(incoming)
            request = _request(incoming, body or b"", self._clock())
            if self.closing:
                return _response(UNAVAILABLE, request)
            return _response(TOO_LARGE if body is None else await self._answer(request), request)
        finally:
            self.inflight -= 1

    async def _answer(self, request: GatewayRequest) -> GatewayResponse:
        try:
            api = await self.refresh()
        except UnsupportedApi:
            _log.exception("the deployed API is not supported by the local gateway")
            return SERVER_ERROR
        return preflight(api.cors, request) or with_cors(api.cors, request, await self._route(api, request))

    async def _route(self, api: DeployedApi, request: GatewayRequest) -> GatewayResponse:
        match = select(api.routes, request.method, request.path)
        if match is None:
            return NOT_FOUND
        try:
            return await self._integrate(api, request, match)
        except tuple(ANSWERS) as error:
            answer = ANSWERS[type(error)]
            if answer is SERVER_ERROR:
                _log.error("%s %s: %s", request.method, request.raw_path, error)
            return answer

    async def _integrate(self, api: DeployedApi, request: GatewayRequest, match: Match) -> GatewayResponse:
        integration = api.integrations[match.route.integration]
        await self._permissions.check_route(integration.function, api.id, match.route)
        event = integration_event(request, match, account_id=self._cloud.account_id, api_id=api.id)
        # The function continues to run after the gateway's timeout, as in AWS.
        invocation = asyncio.create_task(self._functions.invoke(integration.function, event))
        self._invocations.add(invocation)
        invocation.add_done_callback(self._invocations.discard)
        done, _ = await asyncio.wait({invocation}, timeout=integration.timeout_s)
        if not done:
            return UNAVAILABLE
        result = invocation.result()
        if result.error is not None:
            raise FunctionFailed(f"{integration.function}: {result.error.type}: {result.error.message}")
        return parse_response(result.payload)


async def _read(incoming: web.Request) -> bytes | None:
    """Reads the body. Returns None if it is over the limit."""
    body = bytearray()
    async for chunk in incoming.content.iter_any():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return bytes(body)


def _request(incoming: web.Request, body: bytes, at: datetime) -> GatewayRequest:
    path, _, query = ABSOLUTE.sub("", incoming.raw_path, count=1).partition("?")
    source_ip = incoming.remote or "127.0.0.1"
    port = incoming.url.port or 80
    added = (
        ("x-amzn-trace-id", trace_id().partition(";")[0]),
        ("x-forwarded-for", source_ip),
        ("x-forwarded-port", str(port)),
        ("x-forwarded-proto", incoming.scheme),
    )
    return GatewayRequest(
        method=incoming.method,
        path=path or "/",
        query=query,
        headers=[*incoming.headers.items(), *added],
        body=body,
        source_ip=source_ip,
        at=at,
        protocol=f"HTTP/{incoming.version.major}.{incoming.version.minor}",
    )


def _response(answer: GatewayResponse, request: GatewayRequest) -> web.Response:
    headers = CIMultiDict(answer.headers)
    headers["apigw-requestid"] = request.id
    return web.Response(status=answer.status, headers=headers, body=answer.body)
