"""Support for tests of the local functions, gateway and event sources: ways to deploy into an account, and in-process functions."""

from __future__ import annotations

import asyncio
import io
import time
import zipfile
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from infra.local.event_sources import EventSources
from infra.local.lambdas import FunctionError, FunctionThrottled, Result, UnknownFunction, function_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from infra.local.cloud import Cloud

T = TypeVar("T")
PATIENCE_S = 15.0


def run(scenario: Coroutine[Any, Any, T]) -> T:
    """Runs one scenario on its own event loop. A scenario that hangs fails."""

    async def bounded() -> T:
        return await asyncio.wait_for(scenario, 6 * PATIENCE_S)

    return asyncio.run(bounded())


async def eventually(condition: Callable[[], bool]) -> None:
    """Waits for a condition that becomes true in another task or process."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        await asyncio.sleep(0.005)


def archive() -> bytes:
    """Returns a zip as Lambda requires one. Its content does not matter here."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zip_file:
        zip_file.writestr("nothing.py", "")
    return buffer.getvalue()


def deploy_function(cloud: Cloud, name: str, handler: str = "functions.f.handler", **settings: Any) -> str:
    """Deploys a function with its own role and returns its ARN."""
    iam = cloud.client("iam")
    role = iam.create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    configuration = {"Handler": handler, "Runtime": "python3.13", "Timeout": 5, "MemorySize": 256} | settings
    response = cloud.client("lambda").create_function(
        FunctionName=name, Role=role, Code={"ZipFile": archive()}, **configuration
    )
    arn: str = response["FunctionArn"]
    return arn


def deploy_queue(cloud: Cloud, name: str, **attributes: str) -> tuple[str, str]:
    """Creates a queue and returns its URL and ARN."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def deploy_table(cloud: Cloud, name: str) -> str:
    """Creates a table keyed by `id` with a stream of both images and returns the stream's ARN."""
    response = cloud.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    arn: str = response["TableDescription"]["LatestStreamArn"]
    return arn


class Handlers:
    """Functions as plain callables of the event, in place of `Functions`. A raising handler is a failing function, and one that raises
    FunctionThrottled is throttled.
    """

    def __init__(self, capacity: int = 2, **handlers: Callable[[Any], Any]) -> None:
        self.handlers = handlers
        self.events: dict[str, list[Any]] = defaultdict(list)
        self._capacity = capacity

    def capacity(self, name: str) -> int:
        return self._capacity

    async def invoke(self, name: str, event: Any) -> Result:
        called = function_name(name)
        if called not in self.handlers:
            raise UnknownFunction(called)
        event = msgspec.json.decode(msgspec.json.encode(event))
        self.events[called].append(event)
        try:
            answer = self.handlers[called](event)
            return Result("r", await answer if asyncio.iscoroutine(answer) else answer)
        except FunctionThrottled:
            raise
        except Exception as error:  # noqa: BLE001  as the runtime does
            return Result.failed("r", FunctionError(type(error).__name__, str(error)))


@asynccontextmanager
async def polling(cloud: Cloud, functions: Handlers) -> AsyncIterator[EventSources]:
    event_sources = EventSources(cloud, functions)  # type: ignore[arg-type]  # a fake
    await event_sources.start()
    try:
        yield event_sources
    finally:
        await event_sources.stop()
