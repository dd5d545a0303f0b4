"""The pump: follows every deployed event source mapping, woken by the calls that put something into a source."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from infra.local.pump.mapping import Mapping, read_mappings
from infra.local.pump.queue import QueuePoller
from infra.local.pump.schedules import Schedules
from infra.local.pump.stream import StreamPoller

if TYPE_CHECKING:
    from infra.local.cloud import Call, Cloud
    from infra.local.lambdas import Functions
    from infra.local.pump.poller import Poller

QUEUE_CALLS = frozenset(
    {
        ("sqs", "SendMessage"),
        ("sqs", "SendMessageBatch"),
        ("sqs", "ChangeMessageVisibility"),
        ("sqs", "ChangeMessageVisibilityBatch"),
        ("sns", "Publish"),
        ("sns", "PublishBatch"),
        ("events", "PutEvents"),
    }
)
TABLE_CALLS = frozenset(
    ("dynamodb", operation)
    for operation in (
        *("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"),
        *("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"),
    )
)
DEPLOYING = frozenset({"lambda", "cloudformation", "scheduler"})
DRAIN_LOOK_S = 0.02

_log = logging.getLogger(__name__)


class Pump:
    """Moves events until stopped. `schedules` are the clockwork beside the sources."""

    def __init__(self, cloud: Cloud, functions: Functions) -> None:
        self._cloud = cloud
        self._functions = functions
        self._pollers: dict[str, Poller] = {}
        self._hints = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._following: asyncio.Task[None] | None = None
        self.schedules = Schedules(cloud, functions)
        cloud.subscribe(self._notice)

    async def start(self) -> None:
        """Follow what is deployed, and from now on what becomes deployed."""
        self._loop = asyncio.get_running_loop()
        await self.refresh()
        self._following = asyncio.create_task(self._follow_changes())
        await self.schedules.start()

    async def stop(self) -> None:
        """Stop at once; what is under way comes again by the rules of its source."""
        self._loop = None
        await self.schedules.stop()
        if self._following is not None:
            self._following.cancel()
            await asyncio.wait({self._following})
        await asyncio.gather(*(poller.stop() for poller in self._pollers.values()))
        self._pollers.clear()

    async def refresh(self) -> None:
        """Read the mappings again: follow new ones, drop deleted ones, tell pollers of changed settings.

        Raises UnsupportedMapping.
        """
        deployed = await asyncio.to_thread(read_mappings, self._cloud)
        gone = [self._pollers.pop(identifier) for identifier in self._pollers.keys() - deployed.keys()]
        await asyncio.gather(*(poller.stop() for poller in gone))
        for identifier, mapping in deployed.items():
            self._follow(identifier, mapping)

    @property
    def finished(self) -> int:
        """How many records were taken off their sources so far. A batch that fails again and again adds none."""
        return sum(poller.finished for poller in tuple(self._pollers.values()))

    def idle(self) -> bool:
        """Nothing under way and nothing left in any followed source: not visible, delayed, in flight or unread.

        Makes calls to the account, so it blocks for some milliseconds; any thread may ask.
        """
        before = self._activity()
        pollers = [poller for poller in tuple(self._pollers.values()) if poller.mapping.enabled]
        if self._changed.is_set() or self.schedules.inflight or any(poller.busy for poller in pollers):
            return False
        # Two looks at different sources are no snapshot: it counts only when nothing moved between them.
        return all(poller.settled() for poller in pollers) and self._activity() == before

    async def drain(self, deadline_s: float) -> bool:
        """Wait until idle; False when that is not so within the deadline."""
        end = time.monotonic() + deadline_s
        while not await asyncio.to_thread(self.idle):
            if time.monotonic() >= end:
                return False
            await asyncio.sleep(DRAIN_LOOK_S)
        return True

    def _activity(self) -> tuple[int, int]:
        return self._hints, sum(poller.invocations for poller in tuple(self._pollers.values()))

    def _follow(self, identifier: str, mapping: Mapping) -> None:
        poller = self._pollers.get(identifier)
        if poller is not None:
            poller.mapping = mapping
            poller.wake()
            return
        kind = QueuePoller if mapping.of_queue else StreamPoller
        self._pollers[identifier] = poller = kind(self._cloud, self._functions, mapping)
        poller.start()

    async def _follow_changes(self) -> None:
        while True:
            await self._changed.wait()
            try:
                await self.refresh()
            except Exception:  # noqa: BLE001  a deployment that we cannot follow must not end the pump
                _log.exception("the deployed event source mappings cannot be followed")
            self._changed.clear()

    def _notice(self, call: Call) -> None:
        """Called from any thread, after every call: hand on what concerns us."""
        loop, name = self._loop, (call.service, call.operation)
        if loop is None:
            return
        if call.service in DEPLOYING and not call.operation.startswith(("Get", "List", "Describe")):
            self._hints += 1
            loop.call_soon_threadsafe(self._look_again)
        elif name in QUEUE_CALLS or name in TABLE_CALLS:
            self._hints += 1
            loop.call_soon_threadsafe(self._wake, call)

    def _look_again(self) -> None:
        self._changed.set()
        self.schedules.wake()

    def _wake(self, call: Call) -> None:
        resources = [resource for _, resource in call.grants] if call.service in {"sqs", "dynamodb"} else []
        for poller in self._pollers.values():
            if poller.mapping.of_queue == (call.service != "dynamodb") and _concerns(resources, poller.mapping):
                poller.wake()


def _concerns(resources: list[str], mapping: Mapping) -> bool:
    """An administrator's call names no resources: it may concern any source."""
    return not resources or any(
        mapping.source == resource or mapping.source.startswith(f"{resource}/stream/") for resource in resources
    )
