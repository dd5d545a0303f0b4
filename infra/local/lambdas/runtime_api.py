"""The Lambda Runtime API for one execution environment: returns the next invocation, and accepts its response or error.

Each environment has its own port and not a path prefix: awslambdaric reports init errors through `http.client`, which
refuses an address with a path. The API is AWS's published one:
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

No library serves: AWS's own emulator of this API (aws-lambda-rie) is a Go program and not on PyPI, aws-sam-cli runs it in Docker, and
awslambdaric and pure-lambda-ric are its clients.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field

from aiohttp import web

from infra.local.lambdas.result import PAYLOAD_LIMIT, FunctionError, Result

VERSION = "/2018-06-01/runtime"
CLOSE_LIMIT_S = 0.1  # aiohttp takes 0 for "no limit"


@dataclass(slots=True)
class Invocation:
    """One event in an environment. `taken` resolves when the function starts on it, then `outcome`."""

    payload: bytes
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    taken: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    outcome: asyncio.Future[Result] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def settle(self, result: Result) -> None:
        """Sets the outcome. Only the first one counts: a function may respond at the moment of its timeout."""
        if not self.outcome.done():
            self.outcome.set_result(result)


class RuntimeApi:
    """Serves one execution environment. `ready` resolves when the runtime first polls for work, or fails to start."""

    def __init__(self, function_arn: str, timeout_s: float) -> None:
        self._function_arn = function_arn
        self._timeout_s = timeout_s
        self._next: asyncio.Queue[Invocation] = asyncio.Queue(maxsize=1)
        self._current: Invocation | None = None
        self._server = web.Server(self._handle, access_log=None, handler_cancellation=True)
        self._listener: asyncio.Server | None = None
        self.ready: asyncio.Future[FunctionError | None] = asyncio.get_running_loop().create_future()

    async def start(self) -> str:
        """Listens on a free port of 127.0.0.1. Returns the address in the form of AWS_LAMBDA_RUNTIME_API."""
        self._listener = await asyncio.get_running_loop().create_server(self._server, "127.0.0.1", 0)
        host, port = self._listener.sockets[0].getsockname()
        return f"{host}:{port}"

    async def stop(self) -> None:
        """Closes the port and the runtime's pending poll, which ends a runtime that is still running."""
        if self._listener is not None:
            self._listener.close()
            await self._server.shutdown(timeout=CLOSE_LIMIT_S)

    def offer(self, invocation: Invocation) -> None:
        """Passes the next invocation to the environment, which must be free."""
        self._next.put_nowait(invocation)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        match request.method, request.path.removeprefix(VERSION).strip("/").split("/"):
            case "GET", ["invocation", "next"]:
                return await self._hand_out()
            case "POST", ["invocation", request_id, "response"]:
                return self._take_response(request_id, await request.content.read())
            case "POST", ["invocation", request_id, "error"]:
                return self._take_error(request_id, await request.content.read())
            case "POST", ["init", "error"]:
                return self._take_init_error(await request.content.read())
        return web.json_response({"errorType": "NotFound", "errorMessage": request.path}, status=404)

    async def _hand_out(self) -> web.StreamResponse:
        if not self.ready.done():
            self.ready.set_result(None)
        self._current = invocation = await self._next.get()
        if not invocation.taken.done():
            invocation.taken.set_result(None)
        deadline = time.time() + self._timeout_s
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self._function_arn,
            "Lambda-Runtime-Trace-Id": trace_id(),
        }
        return web.Response(body=invocation.payload, headers=headers, content_type="application/json")

    def _take_response(self, request_id: str, body: bytes) -> web.StreamResponse:
        invocation = self._claim(request_id)
        if invocation is None:
            return _refused(400, "InvalidRequestID", request_id)
        if len(body) > PAYLOAD_LIMIT:
            error = FunctionError("Function.ResponseSizeTooLarge", _too_large(len(body)))
            invocation.settle(Result.failed(request_id, error))
            return _refused(413, "RequestEntityTooLarge", error.message)
        invocation.settle(_answered(request_id, body))
        return _accepted()

    def _take_error(self, request_id: str, body: bytes) -> web.StreamResponse:
        invocation = self._claim(request_id)
        if invocation is None:
            return _refused(400, "InvalidRequestID", request_id)
        invocation.settle(Result.failed(request_id, _error_of(body)))
        return _accepted()

    def _take_init_error(self, body: bytes) -> web.StreamResponse:
        if not self.ready.done():
            self.ready.set_result(_error_of(body))
        return _accepted()

    def _claim(self, request_id: str) -> Invocation | None:
        current = self._current
        return current if current is not None and current.request_id == request_id else None


def trace_id(now: float | None = None) -> str:
    """Returns an X-Ray trace header that is not sampled: nothing here accepts segments."""
    seconds = int(time.time() if now is None else now)
    return f"Root=1-{seconds:08x}-{uuid.uuid4().hex[:24]};Parent={uuid.uuid4().hex[:16]};Sampled=0"


def _answered(request_id: str, body: bytes) -> Result:
    try:
        return Result(request_id, json.loads(body) if body else None)
    except ValueError:
        return Result.failed(request_id, FunctionError("Runtime.InvalidResponse", "The response is not valid JSON"))


def _error_of(body: bytes) -> FunctionError:
    try:
        document = json.loads(body)
        stack = tuple(str(line) for line in document.get("stackTrace") or ())
        return FunctionError(str(document["errorType"]), str(document["errorMessage"]), stack)
    except (ValueError, KeyError, AttributeError, TypeError):
        return FunctionError("Runtime.Unknown", body.decode(errors="replace"))


def _too_large(size: int) -> str:
    return f"Response payload size ({size} bytes) exceeded maximum allowed payload size ({PAYLOAD_LIMIT} bytes)."


def _accepted() -> web.StreamResponse:
    return web.json_response({"status": "OK"}, status=202)


def _refused(status: int, error_type: str, message: str) -> web.StreamResponse:
    return web.json_response({"errorType": error_type, "errorMessage": message}, status=status)
