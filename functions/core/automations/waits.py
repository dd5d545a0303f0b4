"""When a wait ends. Times of day are local: on the night without 02:30 it is 03:30, and on the night with two it is the first."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from functions.core import zones
from functions.core.automations import durations
from functions.core.automations.definition import Definition, Wait, WaitFor, WaitUntil, Weekday

_DAYS = tuple(Weekday)
_ZONE_PROPERTIES = ("hs_timezone", "timezone")  # HubSpot's own, `europe_slash_rome`, then a common one


def end(step: Wait | WaitUntil | WaitFor, definition: Definition, contact: Mapping[str, str], now: float) -> float:
    """Returns the second at which the wait ends, later than `now`."""
    match step:
        case Wait():
            return now + durations.seconds(step.time)
        case WaitFor():
            return now + durations.seconds(step.at_most)
    return next_time(step.time, step.weekdays or _DAYS, zone(step, definition, contact), now)


def zone(step: Wait | WaitUntil | WaitFor, definition: Definition, contact: Mapping[str, str]) -> str:
    """Returns the time zone of a wait until a time of day: the step's, else the contact's. Other waits have the automation's."""
    if isinstance(step, WaitUntil):
        return step.zone or zone_of(contact) or definition.zone
    return definition.zone


def in_words(moment: float, zone: str) -> str:
    """Returns a moment as '2026-12-01 09:00 Europe/Rome', which the console writes in the person's language."""
    local = zones.local(datetime.fromtimestamp(moment, UTC), ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M} {zone}"


def next_time(time: str, weekdays: tuple[Weekday, ...], zone: str, now: float) -> float:
    """Returns the next second that has this local time on one of the weekdays."""
    hour, minute = map(int, time.split(":"))
    today = datetime.fromtimestamp(now, ZoneInfo(zone))
    for days in range(9):
        local = (today + timedelta(days=days)).replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
        moment = local.astimezone(UTC).timestamp()
        if moment > now and _DAYS[local.weekday()] in weekdays:
            return moment
    raise ValueError(f"no weekday of {weekdays}")


def zone_of(contact: Mapping[str, str]) -> str:
    """Returns the time zone that a contact's properties state, or an empty text."""
    zones = _zones()
    return next(
        (zones[text] for name in _ZONE_PROPERTIES if (text := contact.get(name, "").strip().lower()) in zones), ""
    )


@functools.cache
def _zones() -> Mapping[str, str]:
    """Every zone by its lower-case name, with `/` as it is and as HubSpot writes it."""
    names = available_timezones()
    return {form: name for name in names for form in (name.lower(), name.lower().replace("/", "_slash_"))}


def date_due(text: str, offset: str | None, time: str, zone: str, *, yearly: bool, now: float) -> float | None:
    """Returns when a contact's date is due, or None if that is over or beyond the calendar. `text`: a date, or a time that begins with one."""
    try:
        day = datetime.strptime(text[: len("2026-11-29")], "%Y-%m-%d")  # noqa: DTZ007 - a date has no zone
        this_year = datetime.fromtimestamp(now, UTC).year
        years = range(this_year - 2, this_year + 4) if yearly else (day.year,)
        return next((at for year in years if (at := _at(day, year, offset, time, zone)) > now), None)
    except (ValueError, OverflowError):
        return None


def _at(day: datetime, year: int, offset: str | None, time: str, zone: str) -> float:
    """29 February is 1 March in other years."""
    leap = day.month == 2 and day.day == 29  # noqa: PLR2004 - a date
    dated = day.replace(year=year, month=3, day=1) if leap and not _is_leap(year) else day.replace(year=year)
    hour, minute = map(int, time.split(":"))
    local = dated.replace(hour=hour, minute=minute)
    return zones.moment(local + timedelta(seconds=durations.seconds(offset)) if offset else local, ZoneInfo(zone))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
