"""EventBridge Scheduler: fires the deployed schedules at functions and queues, on an injected clock."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from infra.local.event_sources.schedule_expressions import At, UnsupportedSchedule, timetable
from infra.local.lambdas import InvocationRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.cloud import Cloud
    from infra.local.event_sources.schedule_expressions import Timetable
    from infra.local.lambdas import Functions

LONGEST_SLEEP_S = 60.0  # a laptop's clock jumps when it wakes from sleep

ACTIONS = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage"}
"""What the schedule's role must allow, by the target's service."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeployedSchedule:
    """One enabled schedule. If `deletes` is true, the schedule is deleted after its last firing."""

    arn: str
    name: str
    group: str
    times: Timetable
    target: str
    role: str
    input: str
    deletes: bool

    @classmethod
    def deployed(cls, response: dict[str, Any]) -> DeployedSchedule:
        """Reads a GetSchedule response. Raises UnsupportedSchedule."""
        target = response["Target"]["Arn"]
        if target.split(":")[2] not in ACTIONS:
            raise UnsupportedSchedule(f"{response['Name']}: target {target} is neither a function nor a queue")
        return cls(
            arn=response["Arn"],
            name=response["Name"],
            group=response["GroupName"],
            times=timetable(response["ScheduleExpression"], response.get("ScheduleExpressionTimezone") or "UTC"),
            target=target,
            role=response["Target"]["RoleArn"],
            input=response["Target"].get("Input") or "{}",
            deletes=response.get("ActionAfterCompletion") == "DELETE",
        )


class Schedules:
    """Fires each schedule when it is due. Retries and dead letters of targets are not simulated: a failure is logged."""

    def __init__(
        self, cloud: Cloud, functions: Functions, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._cloud = cloud
        self._functions = functions
        self._clock = clock
        self._next: dict[DeployedSchedule, datetime | None] = {}
        self._awake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None

    @property
    def inflight(self) -> int:
        """The number of firings in progress."""
        return len(self._running)

    async def start(self) -> None:
        """Starts to fire schedules."""
        await self.refresh()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stops at once."""
        tasks = {task for task in (self._task, *self._running) if task is not None}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def wake(self) -> None:
        """Reads the schedules again, since they may have changed. Call it from the event loop's thread only."""
        self._awake.set()

    async def refresh(self) -> None:
        """Reads the schedules again. An unchanged schedule keeps its next firing."""
        now = self._clock()
        deployed = await asyncio.to_thread(self._read)
        self._next = {
            schedule: self._next[schedule] if schedule in self._next else _first(schedule, now) for schedule in deployed
        }

    def restart(self) -> None:
        """Counts each schedule's next firing from now, since the clock went back."""
        now = self._clock()
        self._next = {schedule: schedule.times.after(now) for schedule in self._next}

    def fire_due(self) -> None:
        """Fires the schedules that are due, each at most once, however late it is."""
        now = self._clock()
        for schedule, at in tuple(self._next.items()):
            if at is not None and at <= now:
                self._next[schedule] = schedule.times.after(now)
                firing = asyncio.create_task(self._fire(schedule, at))
                self._running.add(firing)
                firing.add_done_callback(self._running.discard)

    async def _run(self) -> None:
        while True:
            self.fire_due()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._until_next_s()):  # wait_for may swallow a stop, see Poller
                    await self._awake.wait()
                self._awake.clear()
                await self.refresh()

    def _until_next_s(self) -> float:
        waits = [(at - self._clock()).total_seconds() for at in self._next.values() if at is not None]
        return max(0.0, min([LONGEST_SLEEP_S, *waits]))

    async def _fire(self, schedule: DeployedSchedule, at: datetime) -> None:
        try:
            await self._send(schedule, _with_attributes(schedule, at))
        except Exception:  # noqa: BLE001  one schedule's failure must not stop the others
            _log.exception("schedule %s failed", schedule.name)
        if schedule.deletes and self._next.get(schedule) is None:
            await asyncio.to_thread(
                self._cloud.client("scheduler").delete_schedule, Name=schedule.name, GroupName=schedule.group
            )

    async def _send(self, schedule: DeployedSchedule, body: str) -> None:
        service = schedule.target.split(":")[2]
        action = ACTIONS[service]
        if not await asyncio.to_thread(self._cloud.allows, schedule.role, action, schedule.target):
            _log.error(
                "schedule %s: its role %s does not allow %s on %s",
                schedule.name,
                schedule.role,
                action,
                schedule.target,
            )
            return
        if service == "sqs":
            await asyncio.to_thread(self._enqueue, schedule.target, body)
            return
        try:
            result = await self._functions.invoke(schedule.target, json.loads(body))
        except InvocationRefused as refusal:
            _log.warning("schedule %s: %s", schedule.name, refusal)
            return
        if result.error is not None:
            _log.warning("schedule %s: %s: %s", schedule.name, result.error.type, result.error.message)

    def _enqueue(self, queue_arn: str, body: str) -> None:
        sqs = self._cloud.client("sqs")
        url = sqs.get_queue_url(QueueName=queue_arn.rpartition(":")[2])["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=body)

    def _read(self) -> list[DeployedSchedule]:
        client = self._cloud.client("scheduler")
        pages = client.get_paginator("list_schedules").paginate()
        entries = [entry for page in pages for entry in page["Schedules"]]
        responses = [client.get_schedule(Name=entry["Name"], GroupName=entry["GroupName"]) for entry in entries]
        return [DeployedSchedule.deployed(response) for response in responses if response["State"] == "ENABLED"]


def _first(schedule: DeployedSchedule, now: datetime) -> datetime | None:
    """Returns the first firing. A one-time schedule still fires if its time passed before the stack read it."""
    return schedule.times.when if isinstance(schedule.times, At) else schedule.times.after(now)


def _with_attributes(schedule: DeployedSchedule, at: datetime) -> str:
    """Returns the input with Scheduler's context attributes replaced by their values."""
    attributes = {
        "<aws.scheduler.schedule-arn>": schedule.arn,
        "<aws.scheduler.scheduled-time>": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "<aws.scheduler.execution-id>": uuid.uuid4().hex,
        "<aws.scheduler.attempt-number>": "1",
    }
    text = schedule.input
    for attribute, value in attributes.items():
        text = text.replace(attribute, value)
    return text
