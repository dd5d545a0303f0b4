"""The figures of broadcasts as a table: the same per recipient at any size, with what is fixed printed apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from functions.adapters.account.price_list import price_list
from functions.core.account import cost
from functions.core.account.prices import Usage
from tests.bench import prices

WRITE_UNITS, DYNAMODB_DOLLARS = 4.0, 3.0  # targets: per recipient, and per million
MEMORY_GROWTH = 1.2  # of the largest to the smallest broadcast
RATE, PARTITION = 5000, 1000  # recipients a second; write units that one partition takes a second
SHARE = 0.1  # of a partition that any key may get at that rate
EVENTS_BATCH, STREAM_BATCH, PAGE, JOBS = 250, 1000, 1000, 2  # a page is sent by one job, and settled by another
EVENTS = 2  # of SES, per recipient
_NO_CALLS = ("units",)


def text(measured: Sequence[Mapping[str, Any]]) -> str:
    parts = [*_sizes(measured), *_fixed(measured[-1]), *_hottest(measured[-1]), *_price(measured[-1])]
    return "\n" + "\n".join(parts) + "\n"


def dynamodb_dollars(one: Mapping[str, Any]) -> float:
    """Reads and writes of a million recipients."""
    aws, counts = price_list().aws, one["counts"]
    return float(counts["write units"] * aws.write_units_million + counts["read units"] * aws.read_units_million)


def _sizes(measured: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "Broadcast, per recipient  CPU us   AWS calls   DynamoDB write, read units   $ per million   memory MB"
    least = min(one["memory_mb"] for one in measured)
    for one in measured:
        counts, dollars = one["counts"], dynamodb_dollars(one)
        verdict = _verdict(
            counts["write units"] <= WRITE_UNITS
            and dollars <= DYNAMODB_DOLLARS
            and one["memory_mb"] <= MEMORY_GROWTH * least
        )
        yield (
            f"  {one['recipients']:<21,}{sum(one['us'].values()):>9,.0f}{_calls(counts):>12.2f}"
            f"{counts['write units']:>18.2f},{counts['read units']:>6.2f}{dollars:>18.2f}{one['memory_mb']:>12.0f}   {verdict}"
        )


def _fixed(one: Mapping[str, Any]) -> Iterator[str]:
    """Preparing a page is fixed for the recipients, and grows with the pages."""
    fixed = one["fixed"]
    yield (
        f"  its audience as pages: {_calls(fixed):,.0f} calls, {fixed['write units']:,.0f} write and {fixed['read units']:,.0f} "
        f"read units for {one['recipients']:,} recipients"
    )


def _hottest(one: Mapping[str, Any]) -> Iterator[str]:
    """Writes per second of the busiest keys at the rate."""
    for key, share in list(one["hottest"].items())[:3]:
        units = share * RATE
        yield f"  {key:<60}{units:>8.0f} write units a second at {RATE:,} recipients a second   {_verdict(units <= SHARE * PARTITION)}"


def _price(one: Mapping[str, Any]) -> Iterator[str]:
    yield "A million recipients      dollars besides SES's own"
    lines = list(cost.service_lines(price_list().aws, _usage(one), prices.MILLION))
    for line in lines:
        yield f"  {line.name:<21}{line.amount:>9.2f}"
    yield f"  {'total':<21}{sum(line.amount for line in lines):>9.2f}"


def _usage(one: Mapping[str, Any]) -> Usage:
    counts, us = one["counts"], one["us"]
    invoked = {"broadcast": JOBS / PAGE, "record": EVENTS / EVENTS_BATCH, "measure": 2 / STREAM_BATCH}
    waiting = (prices.SES_SECONDS + _calls(counts) * prices.CALL_SECONDS) / prices.LANES["deliver"]
    memory = {"broadcast": 1024, "record": 512, "measure": 512}
    seconds = {name: us[name] / 1e6 / min(mb / prices.PROCESSOR_MB, 1) for name, mb in memory.items()}
    seconds["broadcast"] += waiting
    return Usage(
        http_requests=0,
        write_units=counts["write units"],
        content_write_units=0,
        content_kb_months=0,
        read_units=counts["read units"],
        stored_kb_months=STORED_KB * prices.RETENTION_MONTHS,
        restorable_kb_months=(STORED_KB - ENTRY_KB) * prices.RETENTION_MONTHS,
        sqs_requests=3 * JOBS / PAGE + 2 * EVENTS / prices.RECEIVED,
        sns_publishes=EVENTS,
        s3_puts=counts.get("PutObject", 0),
        archived_kb_months=prices.EVENT_MONTHS * EVENTS * prices.EVENT_OCTETS / 1000,
        lambda_requests=sum(invoked.values()),
        lambda_gb_seconds=sum(seconds[name] * mb / 1024 for name, mb in memory.items()),
        logged_kb=prices.LOGGED_KB["record"] * invoked["record"],
    )


STORED_KB = 1.1  # of a message with its entry in the index by address
ENTRY_KB = 0.2  # of that entry


def _calls(counts: Mapping[str, float]) -> float:
    return sum(number for name, number in counts.items() if not name.endswith(_NO_CALLS))


def _verdict(reached: bool) -> str:
    return "reached" if reached else "MISSED"
