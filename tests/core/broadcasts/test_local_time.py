"""One time on many clocks."""

from __future__ import annotations

import pytest

from functions.core.broadcasts import local_time


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Rome", "2026-12-01T08:00:00.000Z"),
        ("America/New_York", "2026-12-01T14:00:00.000Z"),
        ("Asia/Kolkata", "2026-12-01T03:30:00.000Z"),
        ("UTC", "2026-12-01T09:00:00.000Z"),
    ],
)
def test_each_zone_has_its_own_moment(zone: str, expected: str) -> None:
    assert local_time.moment("2026-12-01T09:00:00.000Z", zone) == expected


@pytest.mark.parametrize("text", ["america_slash_new_york", "America/New_York", " AMERICA/NEW_YORK "])
def test_reads_hubspots_names_and_ianas(text: str) -> None:
    assert local_time.zone_name(text) == "America/New_York"


@pytest.mark.parametrize("text", ["", "Mars/Base", "CET+1"])
def test_no_other_text_is_a_zone(text: str) -> None:
    assert local_time.zone_name(text) is None


def test_a_skipped_hour_is_the_hour_after() -> None:
    assert local_time.moment("2027-03-28T02:30:00.000Z", "Europe/Rome") == "2027-03-28T01:30:00.000Z"


def test_the_first_zone_is_fourteen_hours_ahead() -> None:
    assert local_time.first_moment("2026-12-01T09:00:00.000Z") == "2026-11-30T19:00:00.000Z"


@pytest.mark.parametrize("zone", ["Pacific/Apia", "America/Lima"])
@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])
def test_a_time_stays_within_the_calendar(zone: str, edge: str) -> None:
    assert local_time.moment(edge, zone)[:4] == local_time.first_moment(edge)[:4] == edge[:4]
