"""What a million runs of one wait and one send cost, besides the mail itself: at most $4."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from functions.adapters import schema
from functions.adapters.account.price_list import price_list
from functions.adapters.automations.runs import DynamoRuns
from functions.core import timestamps
from functions.core.automations.jobs import EventHappened, RunDue
from functions.core.automations.run import RunStatus
from tests.bench.prices import CALL_SECONDS, MILLION
from tests.fakes.automations import MemoryRuns
from tests.support.automation_scenario import ADA, AutomationScenario

TARGET = 4.0
BATCH = 10  # jobs of an invocation, and of a request to SQS: a million runs are no trickle
MEMORY_GB = 0.5  # of the function, as deployed
OF_SEND = ("MemorySends.", "MemoryQueue.", "MemoryContacts.")  # what the mail itself costs
DEFINITION = """
name: Order
trigger: {type: event, event: order_placed}
steps:
  - {id: ten_days, type: wait, time: 10d}
  - {id: review, type: send_email, email: 1001}
"""


@dataclass
class Calls:
    """Counts a worker's calls, as a Life does."""

    counts: Counter[str] = field(default_factory=Counter)

    def guard(self, port: Any) -> Any:
        return _Counted(self.counts, port)


@dataclass
class _Counted:
    counts: Counter[str]
    port: Any

    def __getattr__(self, method: str) -> Any:
        self.counts[f"{type(self.port).__name__}.{method}"] += 1
        return getattr(self.port, method)


@dataclass
class WrittenItems:
    """A client of DynamoDB that stores the items of its writes."""

    items: list[dict[str, Any]] = field(default_factory=list)

    def put_item(self, *, Item: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        self.items.append(Item)
        return {}


@dataclass
class RecordedRuns(MemoryRuns):
    """Stores each write as the table would get it."""

    written: WrittenItems = field(default_factory=WrittenItems)

    def create(self, run: Any, part: str) -> bool:
        DynamoRuns(self.written, "automations", 90).create(run, part)  # type: ignore[arg-type]  # a fake
        return super().create(run, part)

    def save(self, run: Any, part: str) -> bool:
        DynamoRuns(self.written, "automations", 90).save(run, part)  # type: ignore[arg-type]  # a fake
        return super().save(run, part)


def test_a_million_runs_of_one_wait_and_one_send() -> None:
    runs, calls = RecordedRuns(), Calls()
    world = AutomationScenario(runs=runs)
    world.publish(DEFINITION)
    jobs = [EventHappened(id="order-1042", name="order_placed", contact=ADA, at="2026-11-23T12:00:00.000Z")]
    world.do(jobs[0], calls)  # type: ignore[arg-type]  # it guards as a Life does
    ((key, waiting),) = runs.stored.items()
    world.clock.now = timestamps.parse(waiting.due_at or "") + 1
    world.do(RunDue(contact=ADA, part=key[1], at=waiting.due_at or ""), calls)  # type: ignore[arg-type]  # likewise
    assert runs.stored[key].status is RunStatus.ENDED
    own = {call: count for call, count in calls.counts.items() if not call.startswith(OF_SEND)}
    assert own == {"RecordedRuns.get": 2, "RecordedRuns.create": 1, "RecordedRuns.save": 1}
    price = price_of(runs.written.items, reads=own["RecordedRuns.get"], jobs=2, calls=sum(own.values()))
    assert 3 < price <= TARGET


def price_of(items: list[dict[str, Any]], *, reads: int, jobs: int, calls: int) -> float:
    """Returns dollars for a million runs. Each batch of jobs reads the list of automations and adds to the counts once."""
    aws, batches = price_list().aws, jobs / BATCH
    writes = write_units(items) + batches
    seconds = (calls + 2 * batches) * CALL_SECONDS
    per_run = (
        writes * aws.write_units_million
        + (reads + batches) * aws.read_units_million
        + 3 * batches * aws.sqs_million  # put, receive, delete
        + batches * aws.lambda_million
    )
    return per_run + seconds * MEMORY_GB * aws.lambda_gb_second * MILLION


def write_units(items: list[dict[str, Any]]) -> float:
    """Returns what the writes of one run cost: an index is written when the item enters or leaves it."""
    units, before = 0.0, dict[str, Any]()
    for item in items:
        units += math.ceil(size(item) / 1024)
        for index in schema.AUTOMATIONS.indexes:
            units += keys(index, before) != keys(index, item)
        before = item
    return units


def keys(index: schema.Index, item: dict[str, Any]) -> Any:
    values = [item.get(attribute.name) for attribute in (index.partition, index.sort)]
    return values if all(values) else None


def size(item: dict[str, Any]) -> int:
    return sum(len(name) + len(next(iter(value.values()))) for name, value in item.items())
