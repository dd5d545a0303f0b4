from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core import timestamps
from functions.core.automations import waits
from functions.core.automations.definition import Weekday

ALL = tuple(Weekday)


@pytest.mark.parametrize(
    ("now", "time", "days", "zone", "expected"),
    [
        ("2026-11-29T12:00:00Z", "09:00", ALL, "UTC", "2026-11-30T09:00:00.000Z"),
        ("2026-11-29T08:59:59Z", "09:00", ALL, "UTC", "2026-11-29T09:00:00.000Z"),
        ("2026-11-29T09:00:00Z", "09:00", ALL, "UTC", "2026-11-30T09:00:00.000Z"),
        ("2026-11-29T12:00:00Z", "09:00", (Weekday.SUNDAY,), "UTC", "2026-12-06T09:00:00.000Z"),
        ("2026-11-29T12:00:00Z", "09:00", (Weekday.TUESDAY,), "Europe/Rome", "2026-12-01T08:00:00.000Z"),
        (
            "2026-03-28T12:00:00Z",
            "02:30",
            ALL,
            "Europe/Rome",
            "2026-03-29T01:30:00.000Z",
        ),  # a night without 02:30: 03:30
        (
            "2026-10-24T12:00:00Z",
            "02:30",
            ALL,
            "Europe/Rome",
            "2026-10-25T00:30:00.000Z",
        ),  # a night with two: the first
        ("2026-10-25T00:45:00Z", "02:30", ALL, "Europe/Rome", "2026-10-26T01:30:00.000Z"),  # the second one is skipped
        ("2026-03-07T12:00:00Z", "02:30", ALL, "America/New_York", "2026-03-08T07:30:00.000Z"),
        ("2026-11-29T12:00:00Z", "00:30", ALL, "Pacific/Kiritimati", "2026-11-30T10:30:00.000Z"),
        (
            "2026-04-04T10:00:00Z",
            "01:45",
            ALL,
            "Australia/Lord_Howe",
            "2026-04-04T14:45:00.000Z",
        ),  # half an hour of shift
    ],
)
def test_a_time_of_day_is_local(now: str, time: str, days: tuple[Weekday, ...], zone: str, expected: str) -> None:
    assert timestamps.iso(waits.next_time(time, days, zone, timestamps.parse(now))) == expected


@given(
    st.floats(0, 4e9),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sets(st.sampled_from(Weekday), min_size=1),
    st.sampled_from(["UTC", "Europe/Rome", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca"]),
)
def test_the_next_time_is_later_and_within_nine_days(
    now: float, hour: int, minute: int, days: set[Weekday], zone: str
) -> None:
    moment = waits.next_time(f"{hour:02}:{minute:02}", tuple(days), zone, now)
    assert now < moment <= now + 9 * 86_400


@pytest.mark.parametrize(
    ("contact", "zone"),
    [
        ({"hs_timezone": "europe_slash_rome"}, "Europe/Rome"),
        ({"hs_timezone": "america_slash_new_york"}, "America/New_York"),
        ({"timezone": "Europe/Rome"}, "Europe/Rome"),
        ({"hs_timezone": " Europe/Rome "}, "Europe/Rome"),  # as a send stores it
        ({"hs_timezone": "nowhere", "timezone": "utc"}, "UTC"),
        ({}, ""),
    ],
)
def test_a_contacts_zone_is_hubspots_or_a_common_name(contact: dict[str, str], zone: str) -> None:
    assert waits.zone_of(contact) == zone


@pytest.mark.parametrize(
    ("text", "offset", "yearly", "expected"),
    [
        ("2026-12-10", None, False, "2026-12-10T09:00:00.000Z"),
        ("2026-12-10", "-7d", False, "2026-12-03T09:00:00.000Z"),
        ("2026-12-10T15:00:00.000Z", "2h", False, "2026-12-10T11:00:00.000Z"),
        ("2026-11-20", None, False, None),
        ("1990-05-04", None, True, "2027-05-04T09:00:00.000Z"),
        ("1992-02-29", None, True, "2027-03-01T09:00:00.000Z"),
        ("1990-01-03", "-7d", True, "2026-12-27T09:00:00.000Z"),
        ("tomorrow", None, False, None),
        ("0001-01-01", "-1d", False, None),
        ("9999-12-31", "1d", False, None),
    ],
)
def test_a_date_is_due_at_its_time(text: str, offset: str | None, yearly: bool, expected: str | None) -> None:
    now = timestamps.parse("2026-11-29T12:00:00Z")
    due = waits.date_due(text, offset, "09:00", "UTC", yearly=yearly, now=now)
    assert (due and timestamps.iso(due)) == expected


@pytest.mark.parametrize("zone", ["Pacific/Apia", "America/Lima"])
def test_programs_dates_for_never_are_due_in_their_year(zone: str) -> None:
    """Many programs store 0001-01-01 and 9999-12-31 for a date that is missing."""
    now = timestamps.parse("2026-11-29T12:00:00Z")
    first, last = (
        waits.date_due(text, None, "09:00", zone, yearly=False, now=now) for text in ("0001-01-01", "9999-12-31")
    )
    assert first is None
    assert last
    assert waits.in_words(last, zone).endswith(f"9999-12-31 09:00 {zone}")


def test_a_moment_beyond_a_zones_calendar_has_words() -> None:
    assert waits.in_words(timestamps.LAST, "Pacific/Apia").endswith("9999-12-31 23:59 Pacific/Apia")
