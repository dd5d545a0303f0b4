"""A broadcast under measure: a fresh process that prepares, sends, records and settles it on the stub, one page after the other.

python -m tests.bench.broadcast_worker 100000
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.request
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from functions import broadcast, measure, record, wiring
from functions.adapters import schema
from functions.core.broadcasts.broadcast import Audience, Broadcast
from functions.core.broadcasts.jobs import Job, PageJob, PrepareJob
from functions.core.broadcasts.lifecycle import BroadcastState
from tests.bench.peak_memory import peak_mb
from tests.support.events import CONTEXT, sqs

EVENTS_BATCH, STREAM_BATCH = 250, 1000  # as full as the event source mappings make them under load
NOW = "2026-11-23T12:00:00.000Z"
FILE, BROADCAST = "bench-file", "bench-broadcast"
CHUNK = 10_000  # lines of the file that are written at once


def main(recipients: int) -> dict[str, Any]:
    """Returns processor time and calls per recipient, the fixed calls, and the most memory that the worker had."""
    container = wiring.container()
    container.get(wiring.adapters.broadcasts.broadcast_files).s3().put_object(
        Bucket=container.settings.payload_bucket, Key=schema.upload_key(FILE), Body=_file(recipients)
    )
    container.get(wiring.adapters.broadcasts.broadcast_store).create(_broadcast())
    _taken()
    fixed, counts, seconds = Counter[str](), Counter[str](), Counter[str]()
    jobs: deque[Job] = deque([PrepareJob(BROADCAST)])
    hottest: dict[str, int] = {}
    queue = container.get(wiring.adapters.broadcasts.broadcast_queue)
    while jobs:
        job = jobs.popleft()
        taken = _run("broadcast", broadcast.handler, [msgspec.json.encode(job).decode()], seconds)
        for follower in map(queue.open, taken["bodies"]):
            if isinstance(follower, PageJob) and follower.settling:
                jobs.appendleft(follower)  # a page is settled before the next one begins: its messages are deleted then
            else:
                jobs.append(follower)
        (counts if isinstance(job, PageJob) else fixed).update(taken["counts"])
        changes = taken["changes"]
        if changes:
            recorded = _record(changes, seconds)
            counts.update(recorded["counts"])
            counts.update(_measure([*changes, *recorded["changes"]], seconds)["counts"])
        if isinstance(job, PageJob) and job.settling:
            hottest = dict(_get("/settled"))
    done = container.get(wiring.adapters.broadcasts.broadcast_pages).progress(BROADCAST)
    return {
        "recipients": recipients,
        "outcomes": dict(done.outcomes),
        "us": {name: spent / recipients * 1e6 for name, spent in seconds.items()},
        "counts": {name: number / recipients for name, number in counts.items()},
        "fixed": dict(fixed),
        "memory_mb": peak_mb(),
        "hottest": {key: units / recipients for key, units in hottest.items()},
    }


def _file(recipients: int) -> bytes:
    lines = (f"customer-{number}@example.net,A-{number},EUR {number % 90}.00" for number in range(recipients))
    return "\n".join(["email,order,total", *lines]).encode()


def _broadcast() -> Broadcast:
    return Broadcast(
        id=BROADCAST,
        name="bench",
        email_id=7,
        revision=1,
        audience=Audience(file=FILE),
        created_at=NOW,
        created_by="bench",
        started_at=NOW,
        custom={"lines": [{"id": "sku-1", "name": "Café", "price": "EUR 1.50"}]},
        state=BroadcastState.PREPARING,
    )


def _run(name: str, handler: Any, bodies: list[str], seconds: Counter[str]) -> Any:
    return _handle(name, handler, sqs(*bodies), seconds)


def _handle(name: str, handler: Any, event: Mapping[str, Any], seconds: Counter[str]) -> Any:
    begun = time.process_time()
    answer = handler(event, CONTEXT)
    seconds[name] += time.process_time() - begun  # type: ignore[assignment]  # a counter of fractions
    if answer.get("batchItemFailures"):
        raise RuntimeError(f"{name} failed: {answer}")
    return _taken()


def _record(changes: list[Any], seconds: Counter[str]) -> Any:
    events = [event for change in changes if "OldImage" not in change for event in _events(change["NewImage"])]
    taken: dict[str, Any] = {"counts": Counter(), "changes": []}
    for bodies in _batches(events, EVENTS_BATCH):
        one = _run("record", record.handler, list(bodies), seconds)
        taken["counts"].update(one["counts"])
        taken["changes"] += one["changes"]
    return taken


def _measure(changes: list[Any], seconds: Counter[str]) -> Any:
    numbered = [
        {"dynamodb": {"SequenceNumber": str(at), **change}} for at, change in enumerate(changes, time.time_ns())
    ]
    taken: dict[str, Any] = {"counts": Counter()}
    for part in _batches(numbered, STREAM_BATCH):
        one = _handle("measure", measure.handler, {"shardId": "s", "Records": part}, seconds)
        taken["counts"].update(one["counts"])
    return taken


def _events(message: Mapping[str, Any]) -> Iterator[str]:
    """Yields SES's Send and Delivery event of a message that a worker claimed."""
    tags = {
        "staffetta_send": [message["send_id"]["S"]],
        "staffetta_recipient": [message["recipient"]["N"]],
        "staffetta_broadcast": [BROADCAST],
    }
    ses_message_id = f"0100019a{message['send_id']['S']}-000000"
    mail = {"messageId": ses_message_id, "timestamp": NOW, "tags": tags}
    yield json.dumps({"eventType": "Send", "mail": mail, "send": {}})
    yield json.dumps({"eventType": "Delivery", "mail": mail, "delivery": {"timestamp": NOW, "smtpResponse": "250 ok"}})


def _batches(items: list[Any], size: int) -> Iterator[list[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _taken() -> Any:
    return _get("/taken")


def _get(path: str) -> Any:
    with urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + path) as answer:  # noqa: S310 - our own stub
        return json.load(answer)


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: PTH123, SIM115 - Lambda's log, which is not read here
    out.write(json.dumps(main(int(sys.argv[1]))))
