"""Moves a local stack's clock ahead, with a stop at each time at which something is due, so that a second wait begins when the first ends."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from functions.adapters import schema
from functions.core import timestamps
from functions.core.automations import durations

if TYPE_CHECKING:
    from functions.settings import Settings
    from infra.local.cloud import Cloud
    from infra.local.event_sources import EventSources
    from infra.local.lambdas import Functions
    from infra.local.moved_clock import MovedClock

SOON_SECONDS = 60  # a message that a queue delays for longer is a retry, or waits again
RETRY_STOPS = 100  # of one journey, for those
LEAST_SECONDS = 1  # between two stops
BATCH = 1000  # objects of one deletion
_SPANS = r"\+([1-9][0-9]{0,5}[mhdw])+"


class NoRestError(Exception):
    """The stack does not come to rest."""


class ClockWentBackError(ValueError):
    """The time is over already."""


class Travel:
    """`rest` waits until nothing that can be done now is left, and returns False if it does not end."""

    def __init__(
        self,
        clock: MovedClock,
        cloud: Cloud,
        sources: EventSources,
        functions: Functions,
        settings: Settings,
        rest: Callable[[], Awaitable[bool]],
    ) -> None:
        self._clock = clock
        self._cloud = cloud
        self._sources = sources
        self._functions = functions
        self._settings = settings
        self._rest = rest
        self._journey = asyncio.Lock()

    async def to(self, target: float) -> int:
        """Moves the clock to a time and returns the number of stops. Raises ClockWentBackError, or NoRestError."""
        async with self._journey:
            if target < self._clock():
                raise ClockWentBackError(f"it is {timestamps.iso(self._clock())} already")
            retries_apart = (target - self._clock()) / RETRY_STOPS
            stops = 0
            await self._settle()
            while self._clock() < target:
                due = await asyncio.to_thread(self._next_due, retries_apart)
                await self._jump(min(target, max(due, self._clock() + LEAST_SECONDS)))
                stops += 1
            await asyncio.to_thread(self._expire)
            await self._settle()
            return stops

    async def back(self) -> None:
        """Sets the clock to the machine's. What was swept ahead is swept again; times that were stored stay."""
        async with self._journey:
            await self._settle()
            self._clock.move(0.0)
            await asyncio.to_thread(self._delete_marks)
            self._sources.schedules.restart()
            await self._functions.restart()

    async def _jump(self, time: float) -> None:
        self._clock.move(self._clock.moved + time - self._clock())
        self._sources.wake()
        await self._settle()

    async def _settle(self) -> None:
        if not await self._rest():
            raise NoRestError("the stack does not come to rest: see its log, and `staffetta doctor --stage local`")

    def _next_due(self, retries_apart: float) -> float:
        """Returns the next time at which a stored item is due or a queue has a message."""
        now = self._clock()
        queued = (
            at if at <= now + SOON_SECONDS else max(at, now + retries_apart) for at in self._cloud.received_later()
        )
        return min((at for at in (*queued, *self._stored()) if at > now), default=float("inf"))

    def _stored(self) -> Iterator[float]:
        settings = self._settings
        for table, index in (
            (settings.sends_table, schema.BY_DUE),
            (settings.automations_table, schema.RUNS_BY_DUE),
        ):
            for item in self._scan(table, IndexName=index.name):
                yield timestamps.parse(item["due_at"]["S"])
        broadcasts = self._cloud.client("dynamodb").query(
            TableName=settings.audience_table,
            KeyConditionExpression="#list = :due",
            ExpressionAttributeNames={"#list": schema.AUDIENCE.partition.name},
            ExpressionAttributeValues={":due": {"S": schema.BROADCASTS_DUE}},
        )
        for item in broadcasts["Items"]:
            yield timestamps.parse(item["part"]["S"].partition("#")[0])

    def _expire(self) -> None:
        """Deletes what is past its time to live or its bucket's days, which AWS does within days."""
        dynamodb = self._cloud.client("dynamodb")
        for name in dynamodb.list_tables()["TableNames"]:
            description = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
            if description["TimeToLiveStatus"] == "ENABLED":
                self._expire_items(name, description["AttributeName"])
        for bucket in self._cloud.client("s3").list_buckets()["Buckets"]:
            self._expire_objects(bucket["Name"])

    def _expire_items(self, table: str, attribute: str) -> None:
        dynamodb = self._cloud.client("dynamodb")
        keys = [key["AttributeName"] for key in dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]]
        over = self._scan(
            table,
            FilterExpression="#expires < :now",
            ExpressionAttributeNames={"#expires": attribute},
            ExpressionAttributeValues={":now": {"N": str(int(self._clock()))}},
        )
        for item in over:
            dynamodb.delete_item(TableName=table, Key={name: item[name] for name in keys})

    def _expire_objects(self, bucket: str) -> None:
        s3 = self._cloud.client("s3")
        try:
            rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        except s3.exceptions.ClientError:  # it has no rule
            return
        for rule in rules:
            if days := rule.get("Expiration", {}).get("Days"):
                over = self._clock.now() - timedelta(days=days)
                prefix = rule.get("Prefix") or rule.get("Filter", {}).get("Prefix", "")
                pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
                objects = [each for page in pages for each in page.get("Contents", [])]
                keys = [{"Key": each["Key"]} for each in objects if each["LastModified"].astimezone(UTC) < over]
                for start in range(0, len(keys), BATCH):
                    s3.delete_objects(Bucket=bucket, Delete={"Objects": keys[start : start + BATCH]})

    def _delete_marks(self) -> None:
        """Deletes the marks of how far the sweeps looked, and the rate limiters: each is of a time that is not yet."""
        dynamodb, settings = self._cloud.client("dynamodb"), self._settings
        for name in (schema.DUE, schema.RUNS_DUE, schema.SEND_QUOTA):
            dynamodb.delete_item(TableName=settings.metrics_table, Key={"subject": {"S": name}, "bucket": {"S": name}})
        for item in self._scan(settings.tokens_table):
            if item["id"]["S"].startswith(schema.bucket("")):
                dynamodb.delete_item(TableName=settings.tokens_table, Key={"id": item["id"]})

    def _scan(self, table: str, **options: Any) -> list[dict[str, Any]]:
        pages = self._cloud.client("dynamodb").get_paginator("scan").paginate(TableName=table, **options)
        return [item for page in pages for item in page["Items"]]


def target(text: str, now: float) -> float:
    """'+3d' or '+1d12h' from now, or a time like '2026-12-24T09:00Z' → seconds. Raises ValueError."""
    if re.fullmatch(_SPANS, text):
        return now + sum(durations.seconds(part) for part in re.findall(durations.PATTERN, text[1:]))
    return timestamps.parse(text)
