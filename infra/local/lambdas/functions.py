"""Invokes deployed functions. Environments are created on demand, and retired when their code or configuration is outdated.

The code comes from the source tree, not from the deployed archive, which is built for another processor.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import msgspec

from infra.local.lambdas.code import Code
from infra.local.lambdas.configuration import Configuration, function_name, read_deployed
from infra.local.lambdas.environment import Environment
from infra.local.lambdas.result import (
    PAYLOAD_LIMIT,
    FunctionThrottled,
    InvocationRefused,
    PayloadTooLarge,
    UnknownFunction,
)

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.cloud import CallRecord, Cloud
    from infra.local.lambdas.process import Log
    from infra.local.lambdas.result import JSON, FunctionError, Result

MAX_ENVIRONMENTS = 2  # of one function without reserved concurrency: enough to cause races, few enough for a laptop


def log_line(function: str, line: str) -> None:
    """Logs a line of a function's output to the logger of its name. This is the default."""
    logging.getLogger(f"staffetta.lambda.{function}").info("%s", line)


class _Pool:
    """The environments of one configuration of a function. Invocations beyond its capacity wait in order."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.capacity = MAX_ENVIRONMENTS if configuration.reserved is None else configuration.reserved
        self.slots = asyncio.Semaphore(self.capacity)
        self.idle: list[Environment] = []


class Functions:
    """Invokes deployed functions, each in its own processes. Belongs to the event loop that started it."""

    def __init__(
        self,
        cloud: Cloud,
        code_root: Path,
        *,
        log: Log = log_line,
        check_interval_s: float = 0.5,
        clock: Path | None = None,
    ) -> None:
        """`clock` is the file of a MovedClock; without it, the functions read the machine's."""
        self._cloud = cloud
        self._log = log
        self._clock = clock
        self._code = Code(code_root, interval_s=check_interval_s)
        self._pools: dict[str, _Pool] = {}
        self._environments: set[Environment] = set()
        self._stale = True
        self._running = False
        self._refreshing = asyncio.Lock()
        cloud.subscribe(self._notice)

    async def start(self) -> None:
        """Reads the deployed functions. Processes start on the first invocation, or by `warm`."""
        self._running = True
        await self.refresh()

    async def stop(self) -> None:
        """Ends every process within two seconds. Invocations in progress fail."""
        self._running = False
        await asyncio.gather(*(self._retire(environment) for environment in tuple(self._environments)))

    async def refresh(self) -> None:
        """Reads the deployed configurations again and retires the environments of older ones."""
        async with self._refreshing:
            self._stale = False
            deployed = await read_deployed(self._cloud)
            old = self._pools
            self._pools = {
                name: self._reuse_or_create(old.get(name), configuration) for name, configuration in deployed.items()
            }
            replaced = [pool for name, pool in old.items() if self._pools.get(name) is not pool]
            await self._retire_all([environment for pool in replaced for environment in pool.idle])

    async def warm(self) -> dict[str, FunctionError]:
        """Starts one environment of every deployed function. Returns the errors by function name."""
        pools = await self._deployed()
        errors = await asyncio.gather(*(self._warm(pool) for pool in pools.values()))
        return {name: error for name, error in zip(pools, errors, strict=True) if error is not None}

    async def restart(self) -> None:
        """Retires the environments that are idle, with what each has stored in memory."""
        idle = [environment for pool in self._pools.values() for environment in pool.idle]
        for pool in self._pools.values():
            pool.idle.clear()
        await self._retire_all(idle)

    def capacity(self, name: str) -> int:
        """Returns how many environments the function (by name or ARN) may have, or 0 if it is not deployed."""
        pool = self._pools.get(function_name(name))
        return 0 if pool is None else pool.capacity

    def step(self, name: str) -> str:
        """Returns the name of the Lambda file of the function (by name or ARN), as `deliver`."""
        return self._pools[function_name(name)].configuration.handler.split(".")[-2]

    async def invoke(self, name: str, event: JSON) -> Result:
        """Invokes by name or ARN and waits for the outcome.

        Raises InvocationRefused if no function ran. A cancelled call ends its environment too.
        """
        payload = msgspec.json.encode(event)
        if len(payload) > PAYLOAD_LIMIT:
            message = f"{len(payload)} bytes of payload; Lambda accepts at most {PAYLOAD_LIMIT}"
            raise PayloadTooLarge(message)
        pool = await self._pool(function_name(name))
        async with pool.slots:
            environment = await self._environment(pool)
            try:
                return await environment.invoke(payload)
            finally:
                await self._give_back(pool, environment)

    async def _pool(self, name: str) -> _Pool:
        pool = (await self._deployed()).get(name)
        if pool is None:
            message = f"no function named {name} is deployed; deployed are: {', '.join(sorted(self._pools)) or 'none'}"
            raise UnknownFunction(message)
        if pool.capacity == 0:
            message = f"{name} has a reserved concurrency of 0"
            raise FunctionThrottled(message)
        return pool

    async def _deployed(self) -> dict[str, _Pool]:
        if not self._running:
            message = "functions are not running: start() was not called, or stop() was"
            raise InvocationRefused(message)
        if self._stale:
            await self.refresh()
        return self._pools

    async def _environment(self, pool: _Pool) -> Environment:
        """Returns a free environment on the current code, else a new one."""
        version = self._code.version()
        while pool.idle:
            environment = pool.idle.pop()
            if environment.code_version == version and not environment.dead:
                return environment
            await self._retire(environment)
        return await self._spawn(pool.configuration, version)

    async def _spawn(self, configuration: Configuration, version: int) -> Environment:
        environment = await Environment.spawn(
            self._cloud,
            configuration,
            code_root=self._code.root,
            code_version=version,
            log=self._log,
            clock=self._clock,
        )
        self._environments.add(environment)
        return environment

    async def _give_back(self, pool: _Pool, environment: Environment) -> None:
        current = self._pools.get(pool.configuration.name) is pool and self._running
        if current and not environment.dead:
            pool.idle.append(environment)
        else:
            await self._retire(environment)

    async def _warm(self, pool: _Pool) -> FunctionError | None:
        if pool.capacity == 0 or pool.idle:
            return None
        async with pool.slots:
            environment = await self._environment(pool)
            try:
                return await environment.started()
            finally:
                await self._give_back(pool, environment)

    async def _retire_all(self, environments: list[Environment]) -> None:
        await asyncio.gather(*(self._retire(environment) for environment in environments))

    async def _retire(self, environment: Environment) -> None:
        await environment.stop()
        self._environments.discard(environment)

    @staticmethod
    def _reuse_or_create(pool: _Pool | None, deployed: Configuration) -> _Pool:
        return pool if pool is not None and pool.configuration == deployed else _Pool(deployed)

    def _notice(self, call: CallRecord) -> None:
        """Reads the configurations again at the next invoke if this call may have changed one. Any thread may call it."""
        if call.service in {"lambda", "cloudformation"} and not call.operation.startswith(("Get", "List", "Describe")):
            self._stale = True
