"""What a million sends cost in AWS besides SES itself: the stub's counts, times the prices of functions/adapters/account/prices.toml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.adapters.account.price_list import price_list
from functions.core.account import cost
from functions.core.account.prices import PlanName, Usage, of_mails

MILLION = 1_000_000

EVENTS = 2.5  # of SES, per send: sent, delivered, every second one opened
MEMORY_MB = {"single_send": 512, "deliver": 1024, "record": 512, "measure": 512}
PROCESSOR_MB = 1769  # of memory come with one whole processor

# Assumed, since a stub cannot measure it: how long AWS takes to answer, and so how long Lambda is paid for waiting; how full batches are.
CALL_SECONDS, SES_SECONDS = 0.005, 0.060
BATCH = {"single_send": 1, "deliver": 10, "record": 250, "measure": 100}
RECEIVED = 10  # messages of a queue at most: Lambda collects a larger batch in several receives
LANES = {"deliver": 10}
LOGGED_KB = {"deliver": 0.4, "record": 0.4}  # a batch's counters
CONTENT_MONTHS = 7 / 30.4  # of what was sent: the default of 7 days
RETENTION_MONTHS = 3.0  # a stage's default retention of sends is 90 days
EVENT_OCTETS, EVENT_MONTHS = 170, 13.1  # one of 1.8 KB in a compressed batch of 100; the 400 days of the default


def ses() -> dict[str, float]:
    """Dollars per million mails, by the plans without a monthly price."""
    plans = (price_list().plan(name) for name in (PlanName.A_LA_CARTE, PlanName.ESSENTIALS))
    return {f"SES {plan.title}": of_mails(plan.per_thousand, MILLION) for plan in plans}


def lines(measured: Mapping[str, Any]) -> dict[str, float]:
    """Dollars per million sends, by AWS's service."""
    priced = cost.service_lines(price_list().aws, usage(measured), MILLION)
    return {line.name: line.amount for line in priced}


def usage(measured: Mapping[str, Any]) -> Usage:
    """What one send uses of AWS."""
    flow = measured["flow"]
    changed = (flow[name]["counts"] for name in ("single_send", "deliver", "record"))
    content_units = flow["deliver"]["counts"].get("content write units", 0)
    changes = sum(counts.get(name, 0) for counts in changed for name in ("PutItem", "UpdateItem"))
    handled = {"single_send": 1.0, "deliver": 1.0, "record": EVENTS, "measure": changes}
    invoked = {name: number / BATCH[name] for name, number in handled.items()}
    written, read = (
        sum(stage["counts"].get(unit, 0) for stage in flow.values()) for unit in ("write units", "read units")
    )
    received = 2 * (handled["deliver"] + handled["record"]) / RECEIVED  # a receive and a delete for each ten
    return Usage(
        http_requests=1,
        write_units=written,
        content_write_units=content_units,
        content_kb_months=measured["content_bytes"] / 1000 * CONTENT_MONTHS,
        read_units=read,
        stored_kb_months=measured["stored_bytes"] / 1000 * RETENTION_MONTHS,
        restorable_kb_months=measured["restorable_bytes"] / 1000 * RETENTION_MONTHS,
        sqs_requests=flow["single_send"]["counts"]["SendMessage"] + received,
        sns_publishes=EVENTS,
        s3_puts=flow["record"]["counts"]["PutObject"],
        archived_kb_months=EVENT_MONTHS * EVENTS * EVENT_OCTETS / 1000,
        lambda_requests=sum(invoked.values()),
        lambda_gb_seconds=sum(_gb_seconds(name, stage) for name, stage in flow.items()),
        logged_kb=sum(kb * invoked[name] for name, kb in LOGGED_KB.items()),
    )


def calls(stage: Mapping[str, Any]) -> float:
    numbers: list[float] = [number for call, number in stage["counts"].items() if not call.endswith(" units")]
    return sum(numbers)


def _gb_seconds(name: str, stage: Mapping[str, Any]) -> float:
    """Per send: its processor time on the share of a processor that the function has, and its waiting, which the mails of a batch share."""
    mails = stage["counts"].get("SendEmail", 0)
    waiting = ((calls(stage) - mails) * CALL_SECONDS + mails * SES_SECONDS) / LANES.get(name, 1)
    working = stage["us"] / 1e6 / min(MEMORY_MB[name] / PROCESSOR_MB, 1)
    seconds: float = waiting + working
    return seconds * MEMORY_MB[name] / 1024
