"""One awslambdaric process: the deployed environment variables and none of ours, its output line by line, its exit status.

If the parent dies, the process ends by itself: its poll of the Runtime API fails and awslambdaric exits.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from infra.local.moved_clock import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from infra.local.cloud import Credentials
    from infra.local.lambdas.configuration import Configuration

Log: TypeAlias = "Callable[[str, str], None]"  # function name, line

MAX_LINES = 100
LONGEST_LINE = 1024 * 1024  # bytes; a longer line is passed on in pieces
RUNTIME = "infra.local.function_runtime"
INHERITED = ("PATH", "HOME", "LANG")


def environment_variables(
    configuration: Configuration,
    credentials: Credentials,
    *,
    region: str,
    endpoint: str,
    runtime_api: str,
    code_root: Path,
    clock: Path | None = None,
) -> dict[str, str]:
    """Returns the complete environment of a function's process. Deployed variables cannot override the ones that Lambda reserves."""
    stream = datetime.now(UTC).strftime("%Y/%m/%d/[$LATEST]") + runtime_api.rpartition(":")[2]
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        **dict(configuration.variables),
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_LAMBDA_FUNCTION_NAME": configuration.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration.memory),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{configuration.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_LAMBDA_LOG_FORMAT": "Text",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{configuration.runtime}",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "AWS_ENDPOINT_URL": endpoint,
        # The function must not read a developer's profile from HOME, nor search a metadata service for a missing key.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "_HANDLER": configuration.handler,
        "LAMBDA_TASK_ROOT": str(code_root),
        "PYTHONPATH": str(code_root),
        "TZ": "UTC",
        **({VARIABLE: str(clock)} if clock else {}),
    }


class Process:
    """A running awslambdaric. `exited` resolves to the exit status once its output is read to the end."""

    def __init__(self, process: asyncio.subprocess.Process, log: Callable[[str], None]) -> None:
        self._process = process
        self._log = log
        self._lines: deque[str] = deque(maxlen=MAX_LINES)
        self.exited = asyncio.create_task(self._watch())

    @classmethod
    async def spawn(
        cls, handler: str, *, code_root: Path, env: Mapping[str, str], log: Callable[[str], None]
    ) -> Process:
        """Starts the runtime client in its own session: Ctrl-C in the terminal does not reach it, and we stop it."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", RUNTIME, handler),
            cwd=code_root,
            env=env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LONGEST_LINE,
            start_new_session=True,
        )
        return cls(process, log)

    @property
    def pid(self) -> int:
        """The process id, which is also the process group's."""
        return self._process.pid

    @property
    def lines(self) -> tuple[str, ...]:
        """The last lines that it printed."""
        return tuple(self._lines)

    async def stop(self, grace_s: float) -> None:
        """Ends the process and its children: SIGTERM, and SIGKILL after the grace period."""
        self._signal(signal.SIGTERM)
        await asyncio.wait({self.exited}, timeout=grace_s)
        await self.kill()

    async def kill(self) -> None:
        """Ends the process and its children at once."""
        self._signal(signal.SIGKILL)
        await self.exited

    def _signal(self, number: signal.Signals) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    async def _watch(self) -> int:
        reading = asyncio.create_task(self._read())
        status = await self._process.wait()
        # A child that outlives the runtime may hold the pipe open, so do not wait for the end of the output.
        await asyncio.wait({reading}, timeout=0.2)
        reading.cancel()
        return status

    async def _read(self) -> None:
        assert self._process.stdout is not None  # noqa: S101  spawned with PIPE
        while text := await self._read_line():
            for line in _readable(text):
                self._lines.append(line)
                self._log(line)

    async def _read_line(self) -> bytes:
        assert self._process.stdout is not None  # noqa: S101  spawned with PIPE
        try:
            return await self._process.stdout.readuntil()
        except asyncio.IncompleteReadError as end:
            return end.partial
        except asyncio.LimitOverrunError as over:
            return await self._process.stdout.read(over.consumed)


def _readable(text: bytes) -> list[str]:
    """Splits a log event into lines: Lambda's runtime joins a traceback with carriage returns and no-break spaces."""
    return text.decode(errors="replace").rstrip("\r\n").replace("\u00a0", " ").split("\r")
