"""HubSpot's search of contacts over HTTP, and what it reads."""

from __future__ import annotations

from typing import Any

import pytest

from functions import wiring
from functions.steps.contacts import search
from functions.wiring import Container
from tests.support.http.api import call

SEARCH = "/crm/v3/objects/contacts/search"


@pytest.fixture(autouse=True)
def _people(aws: Container) -> None:
    contacts = aws.get(wiring.adapters.contacts.contacts)
    for number in range(12):
        at = f"2026-11-{number + 1:02}T00:00:00.000Z"
        values = {"firstname": f"P{number % 3}", "city": "Rome"} if number % 2 else {"firstname": f"P{number % 3}"}
        contacts.upsert(f"p{number:02}@example.net", values, at)


def find(*filters: dict[str, Any], **fields: Any) -> Any:
    groups = {"filterGroups": [{"filters": list(filters)}]} if filters else {}
    status, page = call("POST", SEARCH, {**groups, **fields})
    assert status == 200, page
    return page


def where(name: str, operator: str, **values: Any) -> dict[str, Any]:
    return {"propertyName": name, "operator": operator, **values}


def emails(page: Any) -> list[str]:
    return [one["properties"]["email"] for one in page["results"]]


def everyone(*filters: dict[str, Any], **fields: Any) -> list[str]:
    """Returns the addresses of all pages, and checks that each has the same total."""
    page = find(*filters, **fields)
    listed, total = emails(page), page["total"]
    while "paging" in page:
        page = find(*filters, **fields, after=page["paging"]["next"]["after"])
        assert page["total"] == total
        listed += emails(page)
    assert len(listed) == total
    return listed


def test_an_address_is_read_without_a_scan(aws: Container) -> None:
    page = find(where("email", "EQ", value="P03@example.net"))
    assert (emails(page), page["total"], "paging" in page) == (["p03@example.net"], 1, False)
    assert page["scan"] == {"contacts": 1, "readUnits": 0, "complete": True}
    ids = [one["id"] for one in find(where("email", "IN", values=["p01@example.net", "p02@example.net"]))["results"]]
    assert len(ids) == 2
    page = find(where("hs_object_id", "IN", values=ids), where("firstname", "EQ", value="P1"))
    assert emails(page) == ["p01@example.net"]


def test_named_contacts_have_pages(aws: Container) -> None:
    named = [f"p{number:02}@example.net" for number in range(7)]
    assert everyone(where("email", "IN", values=named), limit=3) == named


def test_filters_scan_and_report_what_they_read(aws: Container) -> None:
    page = find(where("city", "HAS_PROPERTY"), where("firstname", "EQ", value="p1"))
    assert sorted(emails(page)) == ["p01@example.net", "p07@example.net"]
    assert (page["scan"]["contacts"], page["scan"]["complete"]) == (12, True)
    assert page["scan"]["readUnits"] > 0


def test_every_match_is_on_one_page(aws: Container) -> None:
    matches = everyone(where("city", "NOT_HAS_PROPERTY"), limit=4)
    assert sorted(matches) == [f"p{number:02}@example.net" for number in range(0, 12, 2)]
    assert len(everyone(limit=5)) == 12


def test_one_request_reads_a_limited_number(aws: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SCAN_MAX", 4)
    monkeypatch.setattr(search, "SCAN_BATCH", 2)
    page = find(where("city", "HAS_PROPERTY"))
    assert (page["scan"]["contacts"], page["scan"]["complete"]) == (4, False)
    listed = emails(page)
    while "paging" in page:
        page = find(where("city", "HAS_PROPERTY"), after=page["paging"]["next"]["after"])
        assert page["scan"]["contacts"] <= 4
        listed += emails(page)
    assert sorted(listed) == [f"p{number:02}@example.net" for number in range(1, 12, 2)]
    status, problem = call("POST", SEARCH, {"sorts": ["email"]})
    assert (status, problem["errors"][0]["in"]) == (400, "sorts")


def test_filters_without_groups_are_one_group(aws: Container) -> None:
    """HubSpot's guide shows this form, too. Ignored filters would find every contact."""
    one = where("email", "EQ", value="P03@example.net")
    status, page = call("POST", SEARCH, {"filters": [one, where("firstname", "EQ", value="P0")]})
    assert (status, emails(page)) == (200, ["p03@example.net"])
    status, problem = call("POST", SEARCH, {"filters": [one, where("nope", "EQ", value="x")]})
    assert (status, problem["errors"][0]["in"]) == (400, "filters[1].propertyName")
    status, problem = call("POST", SEARCH, {"filters": [one], "filterGroups": [{"filters": [one]}]})
    assert (status, problem["errors"][0]["in"]) == (400, "filters")


@pytest.mark.parametrize("direction", ["DESC", "descending", 1])
def test_a_direction_that_does_not_exist_is_refused(aws: Container, direction: Any) -> None:
    status, problem = call("POST", SEARCH, {"sorts": [{"propertyName": "email", "direction": direction}]})
    assert (status, problem["errors"][0]["in"]) == (400, "sorts[0].direction")


@pytest.mark.parametrize("sorts", [["-createdate"], [{"propertyName": "createdate", "direction": "DESCENDING"}]])
def test_results_are_sorted(aws: Container, sorts: list[Any]) -> None:
    expected = [f"p{number:02}@example.net" for number in range(11, -1, -1)]
    assert everyone(sorts=sorts, limit=5) == expected


def test_contacts_without_the_sorted_property_come_last(aws: Container) -> None:
    assert everyone(sorts=["city"])[:6] == [f"p{number:02}@example.net" for number in range(1, 12, 2)]


def test_a_query_finds_words(aws: Container) -> None:
    assert emails(find(query="P07 example")) == ["p07@example.net"]


def test_archived_contacts_are_not_found(aws: Container) -> None:
    id_ = find(where("email", "EQ", value="p03@example.net"))["results"][0]["id"]
    call("DELETE", f"/crm/v3/objects/contacts/{id_}")
    assert find(where("email", "EQ", value="p03@example.net"))["total"] == 0
    assert len(everyone()) == 11


def test_wrong_filters_are_reported_before_anything_is_read(aws: Container) -> None:
    groups = [{"filters": [where("citty", "EQ", value="Rome"), where("createdate", "GT", value="soon")]}]
    status, problem = call("POST", SEARCH, {"filterGroups": groups, "sorts": ["nope"], "after": "x"})
    assert status == 400
    assert {error["in"]: error["code"] for error in problem["errors"]} == {
        "filterGroups[0].filters[0].propertyName": "PROPERTY_DOESNT_EXIST",
        "filterGroups[0].filters[1]": "INVALID_DATE",
        "sorts[0].propertyName": "PROPERTY_DOESNT_EXIST",
        "after": "INVALID_VALUE",
    }
    assert "did you mean city?" in problem["errors"][0]["message"]


def test_a_cursor_belongs_to_its_query(aws: Container) -> None:
    after = find(limit=2)["paging"]["next"]["after"]
    status, _ = call("POST", SEARCH, {"query": "other", "after": after})
    assert status == 400
    assert find(limit=2, after="0")["total"] == 12


def test_a_search_has_at_most_five_groups_of_six(aws: Container) -> None:
    group = {"filters": [where("city", "HAS_PROPERTY")]}
    assert call("POST", SEARCH, {"filterGroups": [group] * 6})[0] == 400
    assert call("POST", SEARCH, {"filterGroups": [{"filters": group["filters"] * 7}]})[0] == 400
