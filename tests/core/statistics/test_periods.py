from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core import timestamps
from functions.core.statistics import latency, periods
from functions.core.statistics.periods import FIRST, LAST, DateRange, Interval

HOURS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.isoformat()[:13])  # noqa: DTZ001 - Hypothesis takes no zone here


def hours(span: DateRange) -> list[str]:
    first = datetime.fromisoformat(span.first)
    last = datetime.fromisoformat(span.last) + timedelta(hours=23 if span.days else 0)
    return [
        (first + timedelta(hours=n)).isoformat()[:13] for n in range(int((last - first).total_seconds()) // 3600 + 1)
    ]


@given(HOURS, st.integers(0, 24 * 40))
def test_a_range_is_days_and_hours_at_its_edges(since: str, length: int) -> None:
    until = (datetime.fromisoformat(since) + timedelta(hours=length)).isoformat()[:13]
    ranges = periods.covering(since, until)
    assert [hour for span in ranges for hour in hours(span)] == hours(DateRange(since, until, days=False))
    assert sum(len(hours(span)) for span in ranges if not span.days) <= 46


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (FIRST, LAST, [DateRange(FIRST, LAST, days=True)]),
        (
            "2026-11-23T15",
            LAST,
            [DateRange("2026-11-23T15", "2026-11-23T23", False), DateRange("2026-11-24", LAST, True)],
        ),
        (FIRST, "2026-11-23T23", [DateRange(FIRST, "2026-11-23", True)]),
        (
            FIRST,
            "2026-11-23T02",
            [DateRange(FIRST, "2026-11-22", True), DateRange("2026-11-23T00", "2026-11-23T02", False)],
        ),
    ],
)
def test_a_range_may_be_open(since: str, until: str, expected: list[DateRange]) -> None:
    assert periods.covering(since, until) == expected


@pytest.mark.parametrize(
    ("interval", "begin", "end"),
    [
        (Interval.YEAR, "2026-01-01T00:00:00", "2027-01-01T00:00:00"),
        (Interval.QUARTER, "2026-10-01T00:00:00", "2027-01-01T00:00:00"),
        (Interval.MONTH, "2026-11-01T00:00:00", "2026-12-01T00:00:00"),
        (Interval.WEEK, "2026-11-23T00:00:00", "2026-11-30T00:00:00"),
        (Interval.DAY, "2026-11-23T00:00:00", "2026-11-24T00:00:00"),
        (Interval.HOUR, "2026-11-23T14:00:00", "2026-11-23T15:00:00"),
        (Interval.QUARTER_HOUR, "2026-11-23T14:30:00", "2026-11-23T14:45:00"),
        (Interval.MINUTE, "2026-11-23T14:44:00", "2026-11-23T14:45:00"),
        (Interval.SECOND, "2026-11-23T14:44:59", "2026-11-23T14:45:00"),
    ],
)
def test_intervals_begin_as_in_the_calendar(interval: Interval, begin: str, end: str) -> None:
    at = datetime(2026, 11, 23, 14, 44, 59, 999_000, tzinfo=UTC)
    begun = periods.start(interval, at)
    assert (begun, periods.following(interval, begun)) == (periods.moment(begin), periods.moment(end))


@given(st.sampled_from(Interval), st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - Hypothesis takes no zone here
def test_intervals_follow_without_a_gap(interval: Interval, at: datetime) -> None:
    moment = at.replace(tzinfo=UTC)
    begun = periods.start(interval, moment)
    ended = periods.following(interval, begun)
    assert begun <= moment < ended
    assert periods.start(interval, ended) == ended
    assert periods.start(interval, ended - timedelta(milliseconds=1)) == begun


def test_a_period_names_its_beginning() -> None:
    assert periods.moment("2026-11-23T15") == periods.moment("2026-11-23T15:00:00Z")
    assert periods.day(timestamps.iso(periods.moment("2026-11-23").timestamp())) == "2026-11-23"


@given(st.lists(st.floats(0.001, 200_000), min_size=1, max_size=200))
def test_percentiles_are_right_to_within_a_bucket(durations: list[float]) -> None:
    counted: dict[int, int] = {}
    for duration in durations:
        counted[latency.bucket(duration)] = counted.get(latency.bucket(duration), 0) + 1
    in_order = sorted(durations)
    estimates = latency.percentiles(counted)
    assert list(estimates) == ["p50", "p90", "p99"]
    for estimate, percent in zip(estimates.values(), (50, 90, 99), strict=True):
        truth = in_order[-(-percent * len(in_order) // 100) - 1]
        assert estimate == pytest.approx(truth, rel=0.14, abs=0.001)


@pytest.mark.parametrize(("seconds", "number"), [(-5, 0), (0, 0), (0.001, 0), (0.002, 3), (1.024, 30), (10**9, 90)])
def test_buckets_are_on_a_scale_of_doublings(seconds: float, number: int) -> None:
    assert latency.bucket(seconds) == number


def test_no_durations_have_no_percentile() -> None:
    assert latency.percentiles({}) == {}
