"""What a million sends cost in AWS besides SES itself: the stub's counts, times the list prices (us-east-1, July 2026, dollars)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SES = {"SES à la carte": 100.0, "SES Essentials": 160.0}  # per million mails

WRITE_UNIT, READ_UNIT = 0.625, 0.125  # per million, on demand
GB_MONTH = 0.25 + 0.20  # stored, and restorable
SQS_REQUEST, HTTP_REQUEST, SNS_PUBLISH = 0.40, 1.00, 0.50
LAMBDA_REQUEST, LAMBDA_GB_SECOND = 0.20, 13.3334  # per million; arm64
LOG_GB = 0.50
S3_PUT, S3_GB_MONTH = 5.00, 0.023

EVENTS = 2.5  # of SES, per send: sent, delivered, every second one opened
MEMORY_MB = {"authorizer": 512, "single_send": 512, "deliver": 1024, "record": 512, "measure": 512}
PROCESSOR_MB = 1769  # of memory come with one whole processor

# Assumed, since a stub cannot measure it: how long AWS takes to answer, and so how long Lambda is paid for waiting; how full batches are.
CALL_SECONDS, SES_SECONDS = 0.005, 0.060
BATCH = {"authorizer": 1, "single_send": 1, "deliver": 10, "record": 100, "measure": 100}
THREADS = {"deliver": 10}
LOGGED_KB = {"deliver": 0.4, "record": 0.4}  # a batch's counters
RETENTION_MONTHS = 3.0  # a stage's default retention of sends is 90 days
EVENT_OCTETS, EVENT_MONTHS = 170, 13.1  # one of 1.8 KB in a compressed batch of 100; the 400 days of the default


def lines(measured: Mapping[str, Any]) -> dict[str, float]:
    """Dollars per million sends, by AWS's service."""
    flow = measured["flow"]
    changed = (flow[name]["counts"] for name in ("single_send", "deliver", "record"))
    changes = sum(counts.get(name, 0) for counts in changed for name in ("PutItem", "UpdateItem"))
    handled = {"authorizer": 1.0, "single_send": 1.0, "deliver": 1.0, "record": EVENTS, "measure": changes}
    invoked = {name: number / BATCH[name] for name, number in handled.items()}
    written, read = (
        sum(stage["counts"].get(unit, 0) for stage in flow.values()) for unit in ("write units", "read units")
    )
    received = 2 * (invoked["deliver"] + invoked["record"])  # a receive and a delete for each batch
    return {
        "HTTP API": HTTP_REQUEST,
        "DynamoDB writes": WRITE_UNIT * written,
        "DynamoDB reads": READ_UNIT * read,
        "DynamoDB storage": measured["stored_bytes"] / 1000 * RETENTION_MONTHS * GB_MONTH,
        "SNS (SES's events)": SNS_PUBLISH * EVENTS,
        "SQS": SQS_REQUEST * (flow["single_send"]["counts"]["SendMessage"] + received),
        "S3 (events)": S3_PUT * flow["record"]["counts"]["PutObject"]
        + S3_GB_MONTH * EVENT_MONTHS * EVENTS * EVENT_OCTETS / 1000,
        "Lambda requests": LAMBDA_REQUEST * sum(invoked.values()),
        "Lambda time": LAMBDA_GB_SECOND * sum(_gb_seconds(name, stage) for name, stage in flow.items()),
        "Logs": LOG_GB * sum(kb * invoked[name] for name, kb in LOGGED_KB.items()),
    }


def calls(stage: Mapping[str, Any]) -> float:
    numbers: list[float] = [number for call, number in stage["counts"].items() if not call.endswith(" units")]
    return sum(numbers)


def _gb_seconds(name: str, stage: Mapping[str, Any]) -> float:
    """Per send: its processor time on the share of a processor that the function has, and its waiting, which threads share."""
    mails = stage["counts"].get("SendEmail", 0)
    waiting = ((calls(stage) - mails) * CALL_SECONDS + mails * SES_SECONDS) / THREADS.get(name, 1)
    working = stage["us"] / 1e6 / min(MEMORY_MB[name] / PROCESSOR_MB, 1)
    seconds: float = waiting + working
    return seconds * MEMORY_MB[name] / 1024
