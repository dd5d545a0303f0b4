"""Statistics as their readers meet them: HubSpot's client for lists and charts, our own routes for links, latency, tags and the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from functions.core.events.bots import RULES_VERSION
from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.sends import A_MACHINE, A_PERSON, SEND, follow_a_link, links, read, request
from tests.support.patience import NO_ANSWER_SECONDS

OURS = "/staffetta/v1/statistics/"
A_PHONE = {
    "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
}


def ours(service: Service, name: str, **query: Any) -> Any:
    return service.http.get(OURS + name, params=query).json()


def test_readers_devices_links_and_tags_are_counted(service: Service) -> None:
    """One reads on a computer and follows a link, one on a phone, one is a machine; and one mail is refused."""
    service.settle()
    before = everything(service)
    people = [f"{name}@statistics.example.net" for name in ("computer", "phone", "machine")]
    for person in people:
        service.http.post(SEND, json=request(service, person, tags={"kind": "statistics"}))
    service.settle()
    for person, agent in zip(people, (A_PERSON, A_PHONE, A_MACHINE), strict=True):
        read(service, agent, person)
    follow_a_link(service, people[0])
    scan(service, people[2])
    service.settle()
    after = everything(service)

    def grown(*path: str) -> int:
        return counter_at(after, path) - counter_at(before, path)

    assert (grown("list", "counters", "open"), grown("list", "counters", "click")) == (2, 1)
    devices = ("list", "deviceBreakdown", "open_device_type")
    assert [grown(*devices, name) for name in ("computer", "mobile", "unknown")] == [1, 1, 0]
    assert grown("list", "deviceBreakdown", "click_device_type", "computer") == 1
    assert [grown("more", name) for name in ("opens", "machineOpen", "machineOpens", "machineClick")] == [4, 1, 2, 1]
    assert (grown("more", "clients", "Thunderbird"), grown("more", "clients", "Apple Mail")) == (1, 1)
    assert after["more"]["rulesVersions"] == [RULES_VERSION]
    assert grown("tags", "kind=statistics", "counters", "delivered") == 3
    assert [grown("latency", stage, "count") for stage in ("accept", "delivery", "arrival")] == [3, 3, 3]
    arrival = after["latency"]["arrival"]  # of other tests' mails too, and some of those arrive late
    assert 0 < arrival["p50"] < 600
    assert arrival["p50"] <= arrival["p99"]
    url = "{{ custom.receipt_url }}"  # as the template writes it
    assert (grown("links", url, "click"), grown("links", url, "clicks")) == (1, 1)
    assert grown("links", url, "machineClicks") == 1


def scan(service: Service, person: str) -> None:
    url = links(service, person, "/CL0/")[0]
    requests.get(
        url, headers={"User-Agent": "Barracuda Sentinel (EE)"}, allow_redirects=False, timeout=NO_ANSWER_SECONDS
    )


def everything(service: Service) -> dict[str, Any]:
    per_email = service.http.get("/marketing/v3/emails/statistics/list").json()["campaignAggregations"]
    email_id = str(service.starter.draft.email_id)
    listed = ours(service, "links", emailIds=email_id)["results"]
    return {
        "list": per_email.get(email_id, {}),
        "more": ours(service, "breakdown", emailIds=email_id)["emails"].get(email_id, {}),
        "tags": ours(service, "tags")["tags"],
        "latency": ours(service, "latency", emailIds=email_id)["emails"].get(email_id, {}),
        "links": {link["url"]: link for one in listed for link in one["links"]},
    }


def counter_at(tree: Any, path: tuple[str, ...]) -> int:
    for name in path:
        tree = tree.get(name, {})
    return tree or 0


def test_hubspots_client_reads_a_chart_of_every_interval(service: Service) -> None:
    """The intervals hold together all that was sent, and each is the client's own model."""
    service.http.post(SEND, json=request(service, "ada@chart.example.net"))
    service.settle()
    api = service.hubspot.marketing.emails.statistics_api
    email_id = service.starter.draft.email_id
    total = api.get_emails_list(email_ids=[email_id]).aggregate.counters["sent"]
    for interval in ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR"):
        chart = api.get_histogram(interval=interval, email_ids=[email_id])
        assert chart.total == len(chart.results) > 0, interval
        assert sum(one.aggregations.counters["sent"] for one in chart.results) == total, interval
        assert all(one.interval.start < one.interval.end for one in chart.results)
    now = datetime.now(UTC)
    begun, ended = (now - timedelta(minutes=15)).isoformat(), (now + timedelta(minutes=1)).isoformat()
    for interval in ("QUARTER_HOUR", "MINUTE", "SECOND"):
        chart = api.get_histogram(interval=interval, start_timestamp=begun, end_timestamp=ended, email_ids=[email_id])
        assert 0 < sum(one.aggregations.counters["sent"] for one in chart.results) <= total, interval
        assert chart.results[-1].aggregations.ratios["deliveredratio"] >= 0


def test_a_chart_without_an_interval_has_days(service: Service) -> None:
    path, span = (
        "/marketing/v3/emails/statistics/histogram",
        {"startTimestamp": "2026-01-01", "endTimestamp": "2026-01-04"},
    )
    chart = service.http.get(path, params=span).json()
    assert chart == service.http.get(path, params={**span, "interval": "DAY"}).json()
    assert chart["total"] == 3
    assert service.http.get(path).ok


def test_a_bad_chart_query_is_refused(service: Service) -> None:
    path = "/marketing/v3/emails/statistics/histogram"
    for query, where in (
        ({"interval": "FORTNIGHT"}, "interval"),
        ({"interval": "SECOND"}, "interval"),
        ({"interval": "SECOND", "startTimestamp": "2026-01-01", "endTimestamp": "2026-02-01"}, "interval"),
        ({"interval": "DAY", "emailIds": "x", "startTimestamp": "soon"}, "startTimestamp"),
    ):
        answer = service.http.get(path, params=query)
        assert (answer.status_code, answer.json()["errors"][0]["in"]) == (400, where), query
