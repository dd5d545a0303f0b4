from __future__ import annotations

from typing import Any

import pytest

from functions.core.errors import Rejected
from functions.routes.statistics import _read, data_view


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


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ("0000", "9999", [])),
        ({"startTimestamp": "2026-11-23T12:30:00Z"}, ("2026-11-23T12", "9999", [])),
        ({"endTimestamp": "2026-11-23T12:30:00.000+01:00"}, ("0000", "2026-11-23T11", [])),
        ({"emailIds": "7,8, 7"}, ("0000", "9999", [7, 8])),
        ({"emailIds": ""}, ("0000", "9999", [])),
        (
            {"startTimestamp": "Mon Nov 23 2026 13:30:00 GMT+0100 (Central European Standard Time)"},
            ("2026-11-23T12", "9999", []),
        ),
    ],
)
def test_a_span_is_read_in_whole_hours(query: dict[str, str], expected: Any) -> None:
    assert _read(query) == expected


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ({"startTimestamp": "yesterday"}, ["startTimestamp"]),
        ({"emailIds": "7,x,²"}, ["emailIds", "emailIds"]),
        ({"startTimestamp": "2026-11-24", "endTimestamp": "2026-11-23"}, ["endTimestamp"]),
        ({"startTimestamp": "x", "endTimestamp": "y"}, ["startTimestamp", "endTimestamp"]),
    ],
)
def test_every_fault_is_told(query: dict[str, str], where: list[str]) -> None:
    with pytest.raises(Rejected) as caught:
        _read(query)
    assert [fault.where for fault in caught.value.faults] == where
