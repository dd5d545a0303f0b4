"""Moments on the clocks of time zones. A zone's clocks may show a date beyond the calendar's years 1 to 9999, for which Python has no datetime."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from functions.core import timestamps


def local(at: datetime, zone: tzinfo) -> datetime:
    """Returns a moment on a zone's clocks, or on UTC's if the zone's date is beyond the calendar."""
    try:
        return at.astimezone(zone)
    except OverflowError:
        return at.astimezone(UTC)


def moment(clock: datetime, zone: tzinfo) -> float:
    """Returns the second at which a zone's clocks show a time. A second beyond the calendar is its first or last one."""
    return timestamps.within(clock.replace(tzinfo=zone).timestamp())
