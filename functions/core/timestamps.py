"""Points in time: seconds since the epoch inside a step, ISO-8601 text with milliseconds in storage and responses."""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime

_JAVASCRIPT = "%a %b %d %Y %H:%M:%S GMT%z"  # 'Fri Jan 02 2026 04:04:05 GMT+0100 (CET)'
_STORED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
ISO_HOUR = len("2026-11-23T15")
SECOND_END = len("2026-11-23T15:04:05")
FIRST, LAST = -62_135_596_800.0, 253_402_300_799.999  # of the calendar, whose years are 1 to 9999


def iso(seconds: float) -> str:
    """1767312245.678 → '2026-01-02T00:04:05.678Z', to the nearest millisecond. These texts sort in time order. Raises ValueError after
    the year 9999.
    """
    # In whole numbers, because a float of the year 2577 has no exact .244.
    second, millisecond = divmod(round(seconds * 1000), 1000)
    return f"{_to_the_second(second)}.{millisecond:03}Z"


@functools.lru_cache(64)
def _to_the_second(second: int) -> str:
    """Cached: a worker writes the same few seconds over and over."""
    return datetime.fromtimestamp(second, UTC).isoformat()[:SECOND_END]


def parse(text: str) -> float:
    """Any ISO-8601 instant, or what JavaScript's Date prints, → seconds. A time without a zone is UTC. Raises ValueError."""
    if " GMT" in text:
        instant = datetime.strptime(text.partition(" (")[0], _JAVASCRIPT)  # noqa: DTZ007 - the format ends in %z
    else:
        instant = datetime.fromisoformat(text)
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()


def milliseconds(text: str) -> int:
    """Returns milliseconds since the epoch, the format of HubSpot's older APIs."""
    return round(parse(text) * 1000)


def within(seconds: float) -> float:
    """Returns a moment that `iso` can write: the calendar's first or last one for a moment beyond it."""
    return min(max(seconds, FIRST), LAST)


def shifted(text: str, seconds: float) -> str:
    """Returns the time that is some seconds later, or earlier, within the calendar."""
    return iso(within(parse(text) + seconds))


def normalized(text: str) -> str:
    """Any ISO-8601 instant → the one form that we store. SES's events have it already."""
    seconds = parse(text)
    return text if _STORED.fullmatch(text) else iso(seconds)


def hour(text: str) -> str:
    """'2026-01-02T03:04:05.678Z' → '2026-01-02T03', the bucket of the counters."""
    return text[:ISO_HOUR]
