"""Polls the source of every deployed event source mapping, as soon as a call adds to that source."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from infra.local.event_sources.mapping import Mapping, read_mappings
from infra.local.event_sources.queue import QueuePoller
from infra.local.event_sources.schedules import Schedules
from infra.local.event_sources.stream import StreamPoller

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from infra.local.cloud import CallRecord, Cloud
    from infra.local.event_sources.poller import Poller
    from infra.local.lambdas import Functions

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
DRAIN_INTERVAL_S = 0.02

_log = logging.getLogger(__name__)


class EventSources:
    """Moves events until stopped. `schedules` fires the deployed schedules."""

    def __init__(
        self, cloud: Cloud, functions: Functions, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._cloud = cloud
        self._functions = functions
        self._pollers: dict[str, Poller] = {}
        self._hints = 0
        self._noticed: deque[CallRecord] = deque()
        self._notified = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._following: asyncio.Task[None] | None = None
        self.schedules = Schedules(cloud, functions, clock=clock)
        cloud.subscribe(self._notice)

    async def start(self) -> None:
        """Starts a poller for every deployed mapping, and from now on for every new one."""
        self._notified = False
        self._loop = asyncio.get_running_loop()
        await self.refresh()
        self._following = asyncio.create_task(self._follow_changes())
        await self.schedules.start()

    async def stop(self) -> None:
        """Stops at once. Records in flight are delivered again by the rules of their source."""
        self._loop = None
        await self.schedules.stop()
        if self._following is not None:
            self._following.cancel()
            await asyncio.wait({self._following})
        await asyncio.gather(*(poller.stop() for poller in self._pollers.values()))
        self._pollers.clear()

    async def refresh(self) -> None:
        """Reads the mappings again: starts pollers of new ones, stops those of deleted ones, and updates changed settings.

        Raises UnsupportedMapping.
        """
        deployed = await asyncio.to_thread(read_mappings, self._cloud)
        removed = [self._pollers.pop(identifier) for identifier in self._pollers.keys() - deployed.keys()]
        await asyncio.gather(*(poller.stop() for poller in removed))
        for identifier, mapping in deployed.items():
            self._follow(identifier, mapping)

    @property
    def finished(self) -> int:
        """How many records were taken off their sources so far. A batch that fails again and again adds none."""
        return sum(poller.finished for poller in tuple(self._pollers.values()))

    def idle(self, ignored: Collection[str] = (), *, later: bool = False) -> bool:
        """Returns whether no record is in flight and every source is empty: no message is visible, delayed, in flight or unread.

        `ignored` are functions whose sources do not count. With `later`, a message that no function can receive yet does not count. Waits for the account's lock. Any thread may call it.
        """
        before = self._activity()
        pollers = [poller for poller in self._enabled() if poller.mapping.function not in ignored]
        if self._changed.is_set() or self.schedules.inflight or any(poller.busy for poller in pollers):
            return False
        # Reads of different sources are no snapshot: the result holds only if nothing moved between them.
        return all(poller.settled(later=later) for poller in pollers) and self._activity() == before

    @property
    def functions(self) -> set[str]:
        """The functions that have a source, by ARN."""
        return {poller.mapping.function for poller in self._enabled()}

    def waiting(self) -> set[str]:
        """Returns the functions that have records in flight or left in their sources. Blocks as `idle` does."""
        return {poller.mapping.function for poller in self._enabled() if not poller.settled()}

    def _enabled(self) -> list[Poller]:
        return [poller for poller in tuple(self._pollers.values()) if poller.mapping.enabled]

    def wake(self) -> None:
        """Polls every source and reads the clock now. Call it from the event loop's thread only."""
        for poller in self._pollers.values():
            poller.wake()
        self.schedules.fire_due()

    async def drain(self, deadline_s: float) -> bool:
        """Waits until idle. Returns False if the deadline comes first."""
        end = time.monotonic() + deadline_s
        while not await asyncio.to_thread(self.idle):
            if time.monotonic() >= end:
                return False
            await asyncio.sleep(DRAIN_INTERVAL_S)
        return True

    def _activity(self) -> tuple[int, int]:
        return self._hints, sum(poller.invocations for poller in tuple(self._pollers.values()))

    def _follow(self, identifier: str, mapping: Mapping) -> None:
        poller = self._pollers.get(identifier)
        if poller is not None:
            poller.mapping = mapping
            poller.wake()
            return
        poller_class = QueuePoller if mapping.of_queue else StreamPoller
        self._pollers[identifier] = poller = poller_class(self._cloud, self._functions, mapping)
        poller.start()

    async def _follow_changes(self) -> None:
        while True:
            await self._changed.wait()
            try:
                await self.refresh()
            except Exception:  # noqa: BLE001  an unsupported deployment must not end the task
                _log.exception("the deployed event source mappings cannot be read")
            self._changed.clear()

    def _notice(self, call: CallRecord) -> None:
        """Wakes the pollers that a finished call concerns. Any thread may call it."""
        loop, name = self._loop, (call.service, call.operation)
        if loop is None:
            return
        if call.service in DEPLOYING and not call.operation.startswith(("Get", "List", "Describe")):
            self._hints += 1
            loop.call_soon_threadsafe(self._look_again)
        elif name in QUEUE_CALLS or name in TABLE_CALLS:
            self._hints += 1
            self._noticed.append(call)
            if not self._notified:
                self._notified = True
                loop.call_soon_threadsafe(self._wake_noticed)

    def _look_again(self) -> None:
        self._changed.set()
        self.schedules.wake()

    def _wake_noticed(self) -> None:
        """Reads the calls after the flag's end: a call that comes between is read here, and again notified."""
        self._notified = False
        while self._noticed:
            self._wake(self._noticed.popleft())

    def _wake(self, call: CallRecord) -> None:
        resources = [resource for _, resource in call.grants] if call.service in {"sqs", "dynamodb"} else []
        for poller in self._pollers.values():
            if poller.mapping.of_queue == (call.service != "dynamodb") and _concerns(resources, poller.mapping):
                poller.wake()


def _concerns(resources: list[str], mapping: Mapping) -> bool:
    """Returns whether a call may concern the mapping. An administrator's call names no resources, so it may concern any source."""
    return not resources or any(
        mapping.source == resource or mapping.source.startswith(f"{resource}/stream/") for resource in resources
    )
