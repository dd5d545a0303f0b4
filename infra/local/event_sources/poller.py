"""The base of queue and stream pollers: a task that polls whenever it is woken, and at a slow tick."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from infra.local.lambdas import FunctionError, InvocationRefused, Result

if TYPE_CHECKING:
    from infra.local.cloud import Cloud
    from infra.local.event_sources.mapping import Mapping
    from infra.local.lambdas import JSON, Functions

SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.02, 0.05  # between two polls: many wake-ups must not cause many polls

_log = logging.getLogger(__name__)


def next_pause(pause: float, *, woken: bool) -> float:
    """Returns the next pause after this one. It grows while the source is woken in each of them: larger batches cost less per record."""
    return min(2 * pause, LONGEST_PAUSE_S) if woken else SHORTEST_PAUSE_S


class Poller(ABC):
    """Polls the source of one mapping. `mapping` may be replaced while it runs; the source stays the same."""

    tick_s: float  # how long it waits if it is not woken

    def __init__(self, cloud: Cloud, functions: Functions, mapping: Mapping) -> None:
        self._cloud = cloud
        self._functions = functions
        self.mapping = mapping
        self.invocations = 0  # started since the beginning
        self.inflight = 0
        self.finished = 0  # records that were taken off the source
        self._awake = asyncio.Event()
        self._awake.set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Starts to poll the source."""
        self._task = asyncio.create_task(self._run(), name=f"poll {self.mapping.source}")

    async def stop(self) -> None:
        """Stops at once. Records in flight are delivered again later, as after a crash."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def wake(self) -> None:
        """Polls the source now. Call it from the event loop's thread only."""
        self._awake.set()

    @abstractmethod
    async def work(self) -> None:
        """Delivers the available records."""

    @property
    def busy(self) -> bool:
        """Whether something is under way. Makes no call to the account."""
        return self.inflight > 0

    @abstractmethod
    def settled(self, *, later: bool = False) -> bool:
        """Returns whether the source is empty and no record is in flight. With `later`, delayed messages do not count. Waits for the account's lock; any thread may call it."""

    async def _run(self) -> None:
        pause = SHORTEST_PAUSE_S
        while True:
            pause = next_pause(pause, woken=self._awake.is_set())
            # Python 3.11's wait_for swallows a stop in the moment of a wake.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.tick_s):
                    await self._awake.wait()
            self._awake.clear()
            if self.mapping.enabled:
                await self._try()
            await asyncio.sleep(pause)

    async def _try(self) -> None:
        try:
            await self.work()
        except Exception:  # noqa: BLE001  an error of one poll must not end the poller
            # The source is being deleted, or a filter pattern is wrong: log it and poll again at the next tick.
            _log.exception("%s: polling failed", self.mapping.source)

    async def _invoke(self, records: list[JSON], **context: JSON) -> Result:
        """Invokes the function with records and the other fields of its event. A refused invocation counts as a failure."""
        self.invocations += 1
        self.inflight += 1
        try:
            return await self._functions.invoke(self.mapping.function, {"Records": records, **context})
        except InvocationRefused as refusal:
            _log.warning("%s: not invoked: %s", self.mapping.function, refusal)
            return Result.failed("", FunctionError(type(refusal).__name__, str(refusal)))
        finally:
            self.inflight -= 1
