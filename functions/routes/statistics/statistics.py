"""Statistics over HTTP: HubSpot's, and our own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from functions import wiring
from functions.core import timestamps
from functions.ports.statistics import EmailCounters
from functions.routes.http.gate import ApiRequest
from functions.routes.statistics import models
from functions.routes.statistics.span import read_span
from functions.routes.statistics.statistics_views import breakdown_view, data_view, latency_view, links_view, summed

View = TypeVar("View")


def get_email_statistics(request: ApiRequest) -> dict[str, Any]:
    span, query = read_span(request, models.StatisticsQuery)
    emails = wiring.get(wiring.adapters.statistics.counters).by_email(span.since, span.until, span.email_ids)
    return {
        "aggregate": data_view(summed(emails).counters, query.property),
        "campaignAggregations": {str(email.email_id): data_view(email.counters, query.property) for email in emails},
        "emails": [email.email_id for email in emails],
    }


def get_email_histogram(request: ApiRequest) -> dict[str, Any]:
    span, query = read_span(request, models.HistogramQuery)
    intervals = wiring.get(wiring.statistics.histogram)(query.interval, span.start, span.end, span.email_ids)
    results = [
        {
            "interval": {"start": _text(interval.begin), "end": _text(interval.end)},
            "aggregations": data_view(interval.counters),
        }
        for interval in intervals
    ]
    return {"total": len(results), "results": results}


def get_link_statistics(request: ApiRequest) -> models.LinkList:
    span, _ = read_span(request, models.SpanQuery)
    counted = wiring.get(wiring.statistics.read_statistics).links(span.since, span.until, span.email_ids)
    return models.LinkList([models.EmailLinks(email_id, links_view(counts)) for email_id, counts in counted.items()])


def get_latency_statistics(request: ApiRequest) -> models.LatencyList:
    return models.LatencyList(*_by_email(request, latency_view))


def get_statistics_breakdown(request: ApiRequest) -> models.BreakdownList:
    return models.BreakdownList(*_by_email(request, breakdown_view))


def get_tag_statistics(request: ApiRequest) -> dict[str, Any]:
    span, _ = read_span(request, models.TagsQuery)
    counted = wiring.get(wiring.statistics.read_statistics).by_tag(span.since, span.until)
    return {"tags": {tag: data_view(counters) for tag, counters in counted.items()}}


def _by_email(request: ApiRequest, view: Callable[[EmailCounters], View]) -> tuple[View, dict[str, View]]:
    """Returns the view of all emails together, and of each by its id."""
    span, _ = read_span(request, models.SpanQuery)
    emails = wiring.get(wiring.adapters.statistics.counters).by_email(span.since, span.until, span.email_ids)
    return view(summed(emails)), {str(email.email_id): view(email) for email in emails}


def _text(at: datetime) -> str:
    return timestamps.iso(at.timestamp())
