"""Lambda's Invoke: a function that invokes another one, and waits for its answer."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from infra.local.cloud.wsgi import WsgiResponse
from infra.local.lambdas.result import InvocationRefused

if TYPE_CHECKING:
    from infra.local.lambdas.functions import Functions

TIMEOUT_SECONDS = 900  # Lambda's longest


class Invocations:
    """Called in the thread of a request, while the functions belong to the event loop."""

    def __init__(self, functions: Functions, loop: asyncio.AbstractEventLoop) -> None:
        self._functions, self._loop = functions, loop

    def __call__(self, name: str, payload: bytes) -> WsgiResponse:
        running = asyncio.run_coroutine_threadsafe(
            self._functions.invoke(name, json.loads(payload or b"{}")), self._loop
        )
        try:
            result = running.result(TIMEOUT_SECONDS)
        except InvocationRefused as refusal:
            error = json.dumps({"Type": "User", "Message": str(refusal)}).encode()
            return WsgiResponse(
                404, (("content-type", "application/json"), ("x-amzn-errortype", "ResourceNotFoundException")), error
            )
        failed = (("x-amz-function-error", "Unhandled"),) if result.error else ()
        return WsgiResponse(200, (("content-type", "application/json"), *failed), json.dumps(result.payload).encode())
