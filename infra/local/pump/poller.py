"""What queue and stream pollers share: a task that works whenever it is woken, and at a slow tick."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from infra.local.lambdas import FunctionError, InvocationRefused, Result

if TYPE_CHECKING:
    from infra.local.cloud import Cloud
    from infra.local.lambdas import JSON, Functions
    from infra.local.pump.mapping import Mapping

BREATH_S = 0.02  # between two looks at an idle source: a burst of hints for others must not become a burst of polls

_log = logging.getLogger(__name__)


class Poller(ABC):
    """Follows one mapping. `mapping` may be replaced while it runs; the source stays the same."""

    tick_s: float  # how long it waits without being woken

    def __init__(self, cloud: Cloud, functions: Functions, mapping: Mapping) -> None:
        self._cloud = cloud
        self._functions = functions
        self.mapping = mapping
        self.invocations = 0  # started since the beginning
        self.inflight = 0
        self.finished = 0  # records that were taken off the source
        self._woken = asyncio.Event()
        self._woken.set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow the source."""
        self._task = asyncio.create_task(self._run(), name=f"poll {self.mapping.source}")

    async def stop(self) -> None:
        """Stop at once; what is under way comes again, as after a crash."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def wake(self) -> None:
        """Look at the source now. From the event loop's thread only."""
        self._woken.set()

    @abstractmethod
    async def work(self) -> None:
        """Take what there is."""

    @property
    def busy(self) -> bool:
        """Whether something is under way. Makes no call to the account."""
        return self.inflight > 0

    @abstractmethod
    def settled(self) -> bool:
        """Nothing is left at the source and nothing under way. Blocks on calls to the account; any thread."""

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self.tick_s)
            self._woken.clear()
            if self.mapping.enabled:
                await self._try()
            await asyncio.sleep(BREATH_S)

    async def _try(self) -> None:
        try:
            await self.work()
        except Exception:  # noqa: BLE001  a poller outlives what one look at its source raises
            # A source that is being deleted or a pattern that is wrong: say so, and look again at the next tick.
            _log.exception("%s: polling failed", self.mapping.source)

    async def _invoke(self, records: list[JSON], **context: JSON) -> Result:
        """Invoke the function with records (and what else its event tells); being refused counts as failing."""
        self.invocations += 1
        self.inflight += 1
        try:
            return await self._functions.invoke(self.mapping.function, {"Records": records, **context})
        except InvocationRefused as refusal:
            _log.warning("%s: not invoked: %s", self.mapping.function, refusal)
            return Result.failed("", FunctionError(type(refusal).__name__, str(refusal)))
        finally:
            self.inflight -= 1
