"""The instants of a list's filters: a date, or now and today with an offset, in a time zone."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from functions.core import timestamps
from functions.core.contacts.lists.list_filters import DatePoint, NowReference, TimeOfDay, TimeOffset, TimePoint
from functions.core.contacts.property_definitions import PropertyDefinition, PropertyType, PropertyValueError

DAY = 86_400.0
MONTHS_IN_YEAR, MONTHS_IN_QUARTER = 12, 3


def moment_of(definition: PropertyDefinition, text: str, zone: str) -> float | None:
    """Returns the instant of a stored value, or None if it is no time. A date is its first instant in the zone."""
    value = _normalized(definition, text)
    try:
        if definition.type is PropertyType.DATE:
            return _first_instant(date.fromisoformat(value[: len("2026-11-23")]), zone).timestamp()
        return timestamps.parse(value)
    except (ValueError, OverflowError):
        return None


def _normalized(definition: PropertyDefinition, text: str) -> str:
    """A send stores a value as it came: a date may be milliseconds, and have a time that is left out."""
    try:
        return definition.read(text)
    except PropertyValueError:
        return text


def instant_of(point: TimePoint, now: float) -> float:
    """An offset beyond the calendar is its first or last instant."""
    zone = ZoneInfo(point.zone_id)
    if isinstance(point, DatePoint):
        return _at(datetime(point.year, point.month, point.day, tzinfo=zone), point).timestamp()
    reference, start = point.index_reference, datetime.fromtimestamp(now, zone)
    if not isinstance(reference, NowReference) or reference.hour is not None:
        start = _at(start.replace(hour=0, minute=0, second=0, microsecond=0), reference)
    offset = point.offset or TimeOffset()
    try:
        return _moved(start, offset).timestamp()
    except (ValueError, OverflowError):
        is_early = sum((offset.years, offset.quarters, offset.months, offset.weeks, offset.days)) < 0
        return float("-inf" if is_early else "inf")


def _at(day: datetime, time: TimeOfDay) -> datetime:
    return day.replace(
        hour=time.hour or 0,
        minute=time.minute or 0,
        second=time.second or 0,
        microsecond=(time.millisecond or 0) * 1000,
    )


def _moved(start: datetime, offset: TimeOffset) -> datetime:
    """Years to days move the clock's date; hours and less move the instant."""
    months = offset.years * MONTHS_IN_YEAR + offset.quarters * MONTHS_IN_QUARTER + offset.months
    year, month = divmod(start.year * MONTHS_IN_YEAR + start.month - 1 + months, MONTHS_IN_YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    day = start.replace(year=year, month=month + 1, day=min(start.day, last))
    moved = day + timedelta(weeks=offset.weeks, days=offset.days)
    span = timedelta(
        hours=offset.hours, minutes=offset.minutes, seconds=offset.seconds, milliseconds=offset.milliseconds
    )
    return datetime.fromtimestamp(moved.timestamp() + span.total_seconds(), start.tzinfo)


def _first_instant(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
