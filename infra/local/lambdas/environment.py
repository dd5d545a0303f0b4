"""One execution environment: a process and the Runtime API that it polls. It runs one invocation at a time, as in Lambda."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any

from infra.local.lambdas.process import Process, environment_variables
from infra.local.lambdas.result import FunctionError, Result
from infra.local.lambdas.runtime_api import Invocation, RuntimeApi

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.cloud import Cloud
    from infra.local.lambdas.configuration import Configuration
    from infra.local.lambdas.process import Log

INIT_LIMIT_S = (
    10.0  # Lambda stops an init here and repeats it on the invocation's time; here one attempt has the sum of both
)
STOP_GRACE_S = 1.0


class Environment:
    """Runs invocations of one configuration of a function on one version of the code. A `dead` one cannot be used again."""

    def __init__(self, configuration: Configuration, code_version: int, api: RuntimeApi, process: Process) -> None:
        self.configuration = configuration
        self.code_version = code_version
        self._api = api
        self._process = process
        self._busy = False
        self._failed_init = False

    @classmethod
    async def spawn(
        cls,
        cloud: Cloud,
        configuration: Configuration,
        *,
        code_root: Path,
        code_version: int,
        log: Log,
        clock: Path | None = None,
    ) -> Environment:
        """Starts a process with the deployed variables and the credentials of the deployed role."""
        api = RuntimeApi(configuration.arn, configuration.timeout)
        address = await api.start()
        try:
            credentials = await asyncio.to_thread(cloud.credentials_for, configuration.role)
            env = environment_variables(
                configuration,
                credentials,
                region=cloud.region,
                endpoint=cloud.url,
                runtime_api=address,
                code_root=code_root,
                clock=clock,
            )
            process = await Process.spawn(
                configuration.handler, code_root=code_root, env=env, log=lambda line: log(configuration.name, line)
            )
        except BaseException:
            await api.stop()
            raise
        return cls(configuration, code_version, api, process)

    @property
    def pid(self) -> int:
        """The process id of the runtime."""
        return self._process.pid

    @property
    def dead(self) -> bool:
        """Whether it ended, failed to start, or was cancelled in the middle of an invocation."""
        return self._busy or self._failed_init or self._process.exited.done()

    async def started(self) -> FunctionError | None:
        """Waits until the handler is imported. Returns the error if that failed."""
        limit = INIT_LIMIT_S + self.configuration.timeout
        if not self._api.ready.done():
            await _first(self._api.ready, self._process.exited, limit)
        error = self._init_error(limit)
        self._failed_init = error is not None
        return error

    def _init_error(self, limit: float) -> FunctionError | None:
        if self._api.ready.done():
            return self._api.ready.result()
        if self._process.exited.done():
            return _exit_error("", self._process.exited.result())
        return FunctionError("Sandbox.Timedout", f"Error: Init timed out after {limit:.2f} seconds")

    async def invoke(self, payload: bytes) -> Result:
        """Runs one invocation to its outcome: the function's, its timeout, or the end of its process."""
        self._busy = True
        invocation = Invocation(payload)
        error = await self.started()
        if error is None:
            self._api.offer(invocation)
            await self._settle(invocation)
            result = invocation.outcome.result()
            await self._follow(result)
        else:
            await asyncio.wait({self._process.exited}, timeout=STOP_GRACE_S)
            result = Result.failed(invocation.request_id, error)
        self._busy = False
        return self._with_log(result)

    async def _settle(self, invocation: Invocation) -> None:
        exited = self._process.exited
        timeout = self.configuration.timeout
        await _first(invocation.taken, exited, INIT_LIMIT_S)
        await _first(invocation.outcome, exited, timeout)
        prefix = f"RequestId: {invocation.request_id} "
        if exited.done():
            invocation.settle(Result.failed(invocation.request_id, _exit_error(prefix, exited.result())))
        elif not invocation.outcome.done():
            message = f"{prefix}Error: Task timed out after {timeout:.2f} seconds"
            invocation.settle(Result.failed(invocation.request_id, FunctionError("Sandbox.Timedout", message)))
            await self._process.kill()

    async def _follow(self, result: Result) -> None:
        """Kills the runtime if its response was refused: it exits by itself, but maybe after the next invocation arrives."""
        if result.error is not None and result.error.type == "Function.ResponseSizeTooLarge":
            await self._process.kill()

    def _with_log(self, result: Result) -> Result:
        return Result(result.request_id, result.payload, result.error, self._process.lines)

    async def stop(self) -> None:
        """Ends the process. An invocation in progress fails with it."""
        await self._process.stop(STOP_GRACE_S)
        await self._api.stop()


async def _first(awaited: asyncio.Future[Any], exited: asyncio.Future[int], timeout_s: float) -> None:
    await asyncio.wait({awaited, exited}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)


def _exit_error(prefix: str, status: int) -> FunctionError:
    if status < 0:
        reason = f"Runtime exited with error: signal: {signal.strsignal(-status) or -status}".lower()
        reason = reason.replace("runtime", "Runtime", 1)
    elif status > 0:
        reason = f"Runtime exited with error: exit status {status}"
    else:
        reason = "Runtime exited without providing a reason"
    return FunctionError("Runtime.ExitError", f"{prefix}Error: {reason}")
