from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from functions.core.errors import Rejected
from functions.ports.statistics import EmailCounters
from functions.routes.statistics.statistics import _breakdown, _interval, _latency, _links, _read, data_view


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


def test_devices_are_peoples_and_what_is_not_known_is_the_rest() -> None:
    view = data_view(
        {"open": 9, "open:mobile": 4, "open:computer": 2, "open:unknown": 3, "click": 1, "click:mobile": 1}
    )
    assert view["deviceBreakdown"] == {
        "open_device_type": {"computer": 2, "mobile": 4, "unknown": 3},
        "click_device_type": {"computer": 0, "mobile": 1, "unknown": 0},
    }


def test_only_what_was_asked_for_is_shown() -> None:
    view = data_view({"sent": 3}, ["sent", "openratio"])
    assert (view["counters"], view["ratios"]) == ({"sent": 3}, {"openratio": 0.0})
    assert _read({"property": "counters.sent,openratio"}).properties == ("sent", "openratio")


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
    asked = _read(query)
    assert (asked.since, asked.until) == (since, until)


@pytest.mark.parametrize(("text", "expected"), [("7,8, 7", (7, 8)), ("", ()), ("7", (7,))])
def test_emails_are_named_by_their_ids(text: str, expected: tuple[int, ...]) -> None:
    assert _read({"emailIds": text}).email_ids == expected


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ({"startTimestamp": "yesterday"}, ["startTimestamp"]),
        ({"startTimestamp": "0001-01-01T00:00:00+14:00"}, ["startTimestamp"]),
        ({"emailIds": "7,x,²"}, ["emailIds", "emailIds"]),
        ({"emailIds": ",".join(map(str, range(1, 202)))}, ["emailIds"]),
        ({"property": "sent,opens"}, ["property"]),
        ({"startTimestamp": "2026-11-24", "endTimestamp": "2026-11-23"}, ["endTimestamp"]),
        ({"startTimestamp": "x", "endTimestamp": "y"}, ["startTimestamp", "endTimestamp"]),
    ],
)
def test_every_fault_is_told(query: dict[str, str], where: list[str]) -> None:
    with pytest.raises(Rejected) as caught:
        _read(query)
    assert [fault.field for fault in caught.value.errors] == where


@pytest.mark.parametrize("interval", [None, "", "FORTNIGHT"])
def test_an_interval_is_one_of_hubspots(interval: str | None) -> None:
    with pytest.raises(Rejected, match="must be one of YEAR, QUARTER"):
        _read({"interval": interval} if interval is not None else {}, _interval)


def test_links_are_told_the_most_clicked_first() -> None:
    counts = Counter({"click /a": 1, "clicks /a": 9, "click /b": 2, "clicks /b": 2, "machineclicks /c": 5})
    assert [msgspec.to_builtins(link) for link in _links(counts)] == [
        {"url": "/b", "click": 2, "clicks": 2, "machineClicks": 0},
        {"url": "/a", "click": 1, "clicks": 9, "machineClicks": 0},
        {"url": "/c", "click": 0, "clicks": 0, "machineClicks": 5},
    ]


def test_how_long_it_took_is_told_in_seconds() -> None:
    told = _latency(EmailCounters(7, {"accept:30": 9, "accept:45": 1, "delivery:0": 1}))
    assert (told.accept.count, told.accept.p50, told.accept.p90, told.accept.p99) == (10, 1.149, 1.149, 36.781)
    assert (told.arrival.count, told.arrival.p50) == (0, None)


def test_what_hubspots_counters_do_not_tell() -> None:
    counted = {
        "opens": 5,
        "machineopen": 2,
        "notsent:PREVIOUS_SPAM": 1,
        "client:Gmail": 2,
        "client:Outlook": 3,
        "client:x": 0,
    }
    told = _breakdown(EmailCounters(7, counted, frozenset({2, 1})))
    assert (told.opens, told.machine_open, told.rejected) == (5, 2, 0)
    assert told.not_sent == {"PREVIOUS_SPAM": 1}
    assert list(told.clients.items()) == [("Outlook", 3), ("Gmail", 2)]
    assert told.rules_versions == [1, 2]
