from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from functions.core.errors import Rejected
from functions.core.sending.send import Message
from functions.core.statistics import periods
from functions.core.statistics.counter_updates import Change
from functions.core.statistics.periods import Interval
from functions.steps.statistics import histogram
from functions.steps.statistics.histogram import Histogram, HistogramInterval
from functions.steps.statistics.measure import measure
from functions.steps.statistics.read_statistics import ReadStatistics
from tests.fakes import Clock
from tests.fakes.sending import MemoryListings, MemoryMessageIndex, MemorySends, no_broadcasts
from tests.fakes.statistics import MemoryCounters
from tests.support.examples import a_message

TIMES = ["2025-12-31T23:59:59.999Z", "2026-11-22T10:00:00.000Z", "2026-11-23T12:07:00.250Z", "2026-11-23T12:07:01.000Z"]


def a_chart(messages: Sequence[Message]) -> Histogram:
    sends, listings, metrics = MemorySends(), MemoryListings(), MemoryCounters()
    sends.create(messages)
    changes = [Change(n, None, one) for n, one in enumerate(messages, 1)]
    measure("shard", changes, listings=listings, metrics=metrics, clock=Clock())
    return Histogram(metrics=metrics, messages=MemoryMessageIndex(sends, listings), of_broadcasts=no_broadcasts)


MESSAGES = [a_message(f"s-{n}", email_id=7 + n % 2, accepted_at=at) for n, at in enumerate(TIMES)]


def query(interval: Interval, since: str | None, until: str | None, *email_ids: int) -> list[HistogramInterval]:
    start, end = (text and periods.moment(text) for text in (since, until))
    return a_chart(MESSAGES)(interval, start or None, end or None, email_ids)


def selected(bars: Sequence[HistogramInterval]) -> dict[str, int]:
    return {bar.begin.isoformat()[:19]: n for bar in bars if (n := bar.counters.get("selected", 0))}


@pytest.mark.parametrize(
    ("interval", "expected", "intervals"),
    [
        (Interval.YEAR, {"2025-01-01T00:00:00": 1, "2026-01-01T00:00:00": 3}, 2),
        (Interval.QUARTER, {"2025-10-01T00:00:00": 1, "2026-10-01T00:00:00": 3}, 5),
        (Interval.MONTH, {"2025-12-01T00:00:00": 1, "2026-11-01T00:00:00": 3}, 12),
        (Interval.WEEK, {"2025-12-29T00:00:00": 1, "2026-11-16T00:00:00": 1, "2026-11-23T00:00:00": 2}, 48),
        (Interval.DAY, {"2025-12-31T00:00:00": 1, "2026-11-22T00:00:00": 1, "2026-11-23T00:00:00": 2}, 328),
    ],
)
def test_an_open_span_covers_the_counted_intervals(
    interval: Interval, expected: dict[str, int], intervals: int
) -> None:
    bars = query(interval, None, None)
    assert selected(bars) == expected
    assert len(bars) == intervals
    assert all(one.end == next_.begin for one, next_ in itertools.pairwise(bars))


@pytest.mark.parametrize("interval", [Interval.HOUR, Interval.QUARTER_HOUR, Interval.MINUTE, Interval.SECOND])
@pytest.mark.parametrize(("email_ids", "expected"), [((), 2), ((7,), 1), ((9,), 0), ((7, 8), 2)])
def test_short_intervals_of_a_short_span(interval: Interval, email_ids: tuple[int, ...], expected: int) -> None:
    bars = query(interval, "2026-11-23T12:00:00Z", "2026-11-23T12:10:00Z", *email_ids)
    assert sum(selected(bars).values()) == expected
    assert bars[0].begin == periods.moment("2026-11-23T12:00:00Z")
    seconds = {Interval.HOUR: 3600, Interval.QUARTER_HOUR: 900, Interval.MINUTE: 60, Interval.SECOND: 1}[interval]
    assert {bar.end - bar.begin for bar in bars} == {timedelta(seconds=seconds)}
    assert len(bars) == max(1, 600 // seconds)


def test_seconds_are_separate_intervals() -> None:
    bars = query(Interval.SECOND, "2026-11-23T12:07:00Z", "2026-11-23T12:07:02Z")
    assert selected(bars) == {"2026-11-23T12:07:00": 1, "2026-11-23T12:07:01": 1}


def test_a_part_of_a_day_counts_its_hours() -> None:
    assert selected(query(Interval.DAY, "2026-11-22T11:00:00Z", "2026-11-23T13:00:00Z")) == {"2026-11-23T00:00:00": 2}
    assert selected(query(Interval.DAY, "2026-11-22T10:00:00Z", "2026-11-23T12:00:00Z")) == {"2026-11-22T00:00:00": 1}


def test_an_interval_without_counters_is_empty() -> None:
    assert query(Interval.DAY, None, "2020-01-01") == []
    (bar,) = query(Interval.DAY, "2020-01-01", "2020-01-02")
    assert (selected([bar]), bar.end) == ({}, periods.moment("2020-01-02"))


@pytest.mark.parametrize(
    ("interval", "since", "until", "reason"),
    [
        (Interval.HOUR, "2020-01-01", "2026-01-01", "more than 2000 intervals"),
        (Interval.SECOND, "2026-11-23T12:00:00Z", "2026-11-23T13:00:00Z", "more than 2000 intervals"),
        (Interval.MINUTE, "2026-11-23T12:00:00Z", None, "needs startTimestamp and endTimestamp"),
    ],
)
def test_what_would_be_too_much_is_refused(interval: Interval, since: str, until: str | None, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        query(interval, since, until)


def test_too_many_sends_for_a_fine_chart_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histogram, "SENDS_MAX", 1)
    query(Interval.MINUTE, "2026-11-23T12:00:00Z", "2026-11-23T12:10:00Z", 7)
    with pytest.raises(Rejected, match="more than 1 were accepted"):
        query(Interval.MINUTE, "2026-11-23T12:00:00Z", "2026-11-23T12:10:00Z", 7, 8)


def test_tags_and_links_over_a_span() -> None:
    clicked: dict[str, Any] = {"c": {"kind": "CLICKED", "at": TIMES[3], "link": "https://s.example/a"}}
    tagged = [
        a_message("s-1", accepted_at=TIMES[1], tags={"a": "1"}, timeline=clicked),
        a_message("s-2", tags={"a": "2"}),
    ]
    statistics = ReadStatistics(a_chart(tagged).metrics)
    assert set(statistics.by_tag(periods.FIRST, periods.LAST)) == {"a=1", "a=2"}
    assert set(statistics.by_tag("2026-11-22T00", "2026-11-22T10")) == {"a=1"}
    assert statistics.by_tag("2026-11-22T11", "2026-11-22T23") == {}
    assert statistics.links(periods.FIRST, periods.LAST) == {
        7: {"click https://s.example/a": 1, "clicks https://s.example/a": 1}
    }
    assert statistics.links("2026-11-23T00", periods.LAST, [7]) == {}
