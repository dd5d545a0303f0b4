"""The moment of a wall-clock time in each recipient's time zone."""

from __future__ import annotations

import functools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from functions.core import timestamps, zones

PROPERTY = "hs_timezone"  # HubSpot's, whose values are like `america_slash_new_york`
EARLIEST = timedelta(hours=14)  # before UTC, the first zone has the time


def zone_name(text: str) -> str | None:
    """'america_slash_new_york', 'America/New_York' → 'America/New_York'. Returns None for any other text."""
    return _names().get(text.strip().lower().replace("_slash_", "/"))


def moment(wall_clock: str, zone: str) -> str:
    """Returns the instant at which the clocks of a zone show a UTC text's time. A time that a change of the clocks skips is the hour after."""
    clock = datetime.fromtimestamp(timestamps.parse(wall_clock), UTC)
    return timestamps.iso(zones.moment(clock, ZoneInfo(zone)))


def first_moment(wall_clock: str) -> str:
    """Returns when the first zone has the time."""
    return timestamps.shifted(wall_clock, -EARLIEST.total_seconds())


@functools.cache
def _names() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}
