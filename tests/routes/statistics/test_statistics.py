from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from functions.ports.statistics import EmailCounters
from functions.routes.statistics.models import HistogramQuery, StatisticsQuery
from functions.routes.statistics.span import StatisticsSpan, read_span
from functions.routes.statistics.statistics_views import breakdown_view, data_view, latency_view, links_view
from tests.support.http.api import errors_of, request


def read(query: dict[str, str]) -> tuple[StatisticsSpan, StatisticsQuery]:
    return read_span(request(query=query), StatisticsQuery)


@pytest.mark.parametrize("counted", [{}, {"sent": 3, "delivered": 3, "open": 1, "machineopen": 2, "click": 1}])
def test_all_four_parts_are_always_there(counted: dict[str, int]) -> None:
    view = data_view(counted)
    assert set(view) == {"counters", "ratios", "deviceBreakdown", "qualifierStats"}
    assert set(view["counters"]) == {
        "selected",
        "sent",
        "delivered",
        "open",
        "click",
        "bounce",
        "hardbounced",
        "softbounced",
        "dropped",
        "notsent",
        "pending",
        "suppressed",
        "spamreport",
        "unsubscribed",
        "contactslost",
    }
    assert set(view["ratios"]) == {
        "openratio",
        "clickratio",
        "clickthroughratio",
        "deliveredratio",
        "bounceratio",
        "hardbounceratio",
        "softbounceratio",
        "contactslostratio",
        "notsentratio",
        "spamreportratio",
        "unsubscribedratio",
    }
    assert view["deviceBreakdown"]["open_device_type"] == {
        "computer": 0,
        "mobile": 0,
        "unknown": counted.get("open", 0),
    }


def test_ratios_are_percents() -> None:
    view = data_view({"sent": 3, "delivered": 3, "open": 1, "click": 1})
    assert (view["ratios"]["openratio"], view["ratios"]["clickthroughratio"]) == (33.333, 100.0)


def test_unknown_devices_are_the_rest_of_peoples() -> None:
    view = data_view(
        {"open": 9, "open:mobile": 4, "open:computer": 2, "open:unknown": 3, "click": 1, "click:mobile": 1}
    )
    assert view["deviceBreakdown"] == {
        "open_device_type": {"computer": 2, "mobile": 4, "unknown": 3},
        "click_device_type": {"computer": 0, "mobile": 1, "unknown": 0},
    }


def test_a_view_can_have_selected_statistics() -> None:
    view = data_view({"sent": 3}, ["sent", "openratio"])
    assert (view["counters"], view["ratios"]) == ({"sent": 3}, {"openratio": 0.0})
    assert read({"property": "counters.sent,openratio"})[1].property == ["sent", "openratio"]


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        ({}, "0000", "9999"),
        ({"startTimestamp": "2026-11-23T12:30:00Z"}, "2026-11-23T12", "9999"),
        ({"endTimestamp": "2026-11-23T12:30:00.000+01:00"}, "0000", "2026-11-23T11"),
        ({"startTimestamp": "2026-11-23", "endTimestamp": "2026-11-24"}, "2026-11-23T00", "2026-11-23T23"),
        ({"startTimestamp": "2026-11-23", "endTimestamp": "2026-11-23"}, "2026-11-23T00", "2026-11-23T00"),
        ({"startTimestamp": "0001-01-01T00:00:00Z"}, "1970-01-01T00", "9999"),
        ({"endTimestamp": "9999-12-31T23:59:59Z"}, "0000", "2999-12-31T23"),
        (
            {"startTimestamp": "Mon Nov 23 2026 13:30:00 GMT+0100 (Central European Standard Time)"},
            "2026-11-23T12",
            "9999",
        ),
    ],
)
def test_a_span_is_read_in_whole_hours(query: dict[str, str], since: str, until: str) -> None:
    span, _ = read(query)
    assert (span.since, span.until) == (since, until)


@pytest.mark.parametrize(("text", "expected"), [("7,8, 7", (7, 8)), ("", ()), ("7", (7,))])
def test_emails_are_named_by_their_ids(text: str, expected: tuple[int, ...]) -> None:
    assert read({"emailIds": text})[0].email_ids == expected


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ({"startTimestamp": "yesterday"}, ["startTimestamp"]),
        ({"startTimestamp": "0001-01-01T00:00:00+14:00"}, ["startTimestamp"]),
        ({"emailIds": "7,x,²"}, ["emailIds"]),
        ({"emailIds": ",".join(map(str, range(1, 202)))}, ["emailIds"]),
        ({"property": "sent,opens"}, ["property"]),
        ({"startTimestamp": "2026-11-24", "endTimestamp": "2026-11-23"}, ["endTimestamp"]),
        ({"startTimestamp": "x", "endTimestamp": "y"}, ["startTimestamp", "endTimestamp"]),
    ],
)
def test_every_error_is_reported(query: dict[str, str], where: list[str]) -> None:
    assert list(errors_of(lambda: read(query))) == where


def test_an_interval_is_one_of_hubspots() -> None:
    query = request(query={"interval": "FORTNIGHT"})
    assert errors_of(lambda: read_span(query, HistogramQuery)).keys() == {"interval"}
    assert read_span(request(query={"interval": "month"}), HistogramQuery)[1].interval == "MONTH"


@pytest.mark.parametrize("query", [{}, {"interval": ""}])
def test_without_an_interval_a_histogram_has_days(query: dict[str, str]) -> None:
    assert read_span(request(query=query), HistogramQuery)[1].interval == "DAY"


def test_the_most_clicked_link_is_first() -> None:
    counts = Counter({"click /a": 1, "clicks /a": 9, "click /b": 2, "clicks /b": 2, "machineclicks /c": 5})
    assert [msgspec.to_builtins(link) for link in links_view(counts)] == [
        {"url": "/b", "click": 2, "clicks": 2, "machineClicks": 0},
        {"url": "/a", "click": 1, "clicks": 9, "machineClicks": 0},
        {"url": "/c", "click": 0, "clicks": 0, "machineClicks": 5},
    ]


def test_latencies_are_in_seconds() -> None:
    view = latency_view(EmailCounters(7, {"accept:30": 9, "accept:45": 1, "delivery:0": 1}))
    assert (view.accept.count, view.accept.p50, view.accept.p90, view.accept.p99) == (10, 1.149, 1.149, 36.781)
    assert (view.arrival.count, view.arrival.p50) == (0, None)


def test_the_breakdown_has_more_than_hubspots_counters() -> None:
    counted = {
        "opens": 5,
        "machineopen": 2,
        "notsent:PREVIOUS_SPAM": 1,
        "client:Gmail": 2,
        "client:Outlook": 3,
        "client:x": 0,
    }
    view = breakdown_view(EmailCounters(7, counted, frozenset({2, 1})))
    assert (view.opens, view.machine_open, view.rejected) == (5, 2, 0)
    assert view.not_sent == {"PREVIOUS_SPAM": 1}
    assert list(view.clients.items()) == [("Outlook", 3), ("Gmail", 2)]
    assert view.rules_versions == [1, 2]
