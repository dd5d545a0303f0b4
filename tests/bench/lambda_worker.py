"""A Lambda worker under measure: a fresh process that runs the real handlers against the stub and reports their processor time.

python -m tests.bench.lambda_worker flow 2000          python -m tests.bench.lambda_worker cold single_send
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import Any

BATCH, EVENTS_BATCH, STREAM_BATCH = 10, 250, 100  # as full as the event source mappings make them under load
WARM_UP = 50
NOW = "2026-11-23T12:00:00.000Z"


@dataclass
class Stage:
    """One step of the flow, measured: processor time of all threads, and its calls to AWS."""

    seconds: float = 0.0
    counts: dict[str, float] = field(default_factory=dict)
    bodies: list[str] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)

    def run(self, handler: Callable[[Any, Any], Any], events: Iterable[Any]) -> None:
        for event in events:
            begun = time.process_time()
            answer = handler(event, _context())
            self.seconds += time.process_time() - begun
            if answer.get("statusCode", 200) != 200 or answer.get("batchItemFailures"):
                raise RuntimeError(f"{handler.__module__} failed: {answer}")
        taken = _taken()
        self.counts, self.bodies, self.changes = taken["counts"], taken["bodies"], taken["changes"]

    def per_message(self, messages: int) -> dict[str, Any]:
        return {
            "us": self.seconds / messages * 1e6,
            "counts": {name: number / messages for name, number in self.counts.items()},
        }


def flow(messages: int) -> dict[str, Any]:
    """Accept, deliver, record and measure so many sends: microseconds and AWS calls per message."""
    _run(range(WARM_UP))
    stages = _run(range(WARM_UP, WARM_UP + messages))
    return {name: stage.per_message(messages) for name, stage in stages.items()}


def _run(numbers: range) -> dict[str, Stage]:
    from tests.bench.mail import request
    from tests.support.events import SEND, http, sqs

    stages = {name: Stage() for name in ("single_send", "deliver", "record", "measure")}
    accept, deliver, record, measure = stages.values()
    key = {"authorization": f"Bearer {os.environ['BENCH_API_KEY']}", "content-type": "application/json"}
    accept.run(_handler("single_send"), [http("POST", SEND, request(number), headers=key) for number in numbers])
    deliver.run(_handler("deliver"), [sqs(*bodies) for bodies in _batches(accept.bodies, BATCH)])
    events = [event for change in deliver.changes for event in _events(change["NewImage"])]
    record.run(_handler("record"), [sqs(*bodies) for bodies in _batches(events, EVENTS_BATCH)])
    changes = _in_turns(accept.changes, deliver.changes, record.changes)
    numbered = [
        {"dynamodb": {"SequenceNumber": str(at), **change}} for at, change in enumerate(changes, time.time_ns())
    ]
    measure.run(_handler("measure"), [{"shardId": "s", "Records": part} for part in _batches(numbered, STREAM_BATCH)])
    return stages


def _events(message: dict[str, Any]) -> Iterator[str]:
    """Yields SES's events of a sent message: its send, its delivery, and for every second message one open."""
    if "ses_message_id" not in message:
        return
    mail = {
        "messageId": message["ses_message_id"]["S"],
        "timestamp": NOW,
        "tags": {"staffetta_send": [message["send_id"]["S"]], "staffetta_recipient": [message["recipient"]["N"]]},
    }
    yield json.dumps({"eventType": "Send", "mail": mail, "send": {}})
    yield json.dumps({"eventType": "Delivery", "mail": mail, "delivery": {"timestamp": NOW, "smtpResponse": "250 ok"}})
    if hash(message["send_id"]["S"]) % 2:
        opened = {"timestamp": NOW, "ipAddress": "192.0.2.1", "userAgent": "Mozilla/5.0"}
        yield json.dumps({"eventType": "Open", "mail": mail, "open": opened})


def cold(name: str) -> dict[str, Any]:
    """Milliseconds of processor time to import a function, and then to do its first piece of work."""
    begun = time.process_time()
    handler = _handler(name)
    imported = time.process_time()
    event, context = json.loads(sys.stdin.read()), _context()
    before = time.process_time()
    handler(event, context)
    ended = time.process_time()
    return {"import": (imported - begun) * 1e3, "first": (ended - before) * 1e3}


def _handler(name: str) -> Callable[[Any, Any], Any]:
    handler: Callable[[Any, Any], Any] = importlib.import_module(f"functions.{name}").handler
    return handler


def _context() -> Any:
    from tests.support.events import CONTEXT

    return CONTEXT


def _taken() -> dict[str, Any]:
    with urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/taken") as answer:  # noqa: S310 - our own stub
        taken: dict[str, Any] = json.load(answer)
    return taken


def _in_turns(*streams: Sequence[Any]) -> list[Any]:
    """The stream has the changes of many sends at once: a batch of it has new messages, claims, outcomes and events."""
    turns = zip_longest(*(_batches(stream, BATCH) for stream in streams), fillvalue=())
    return [change for turn in turns for part in turn for change in part]


def _batches(of: Sequence[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(of)
    while batch := list(islice(rest, size)):
        yield batch


def main() -> None:
    what, argument = sys.argv[1:]
    out, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: PTH123, SIM115 - Lambda's log, which is not read here
    out.write(json.dumps(cold(argument) if what == "cold" else flow(int(argument))))


if __name__ == "__main__":
    main()
