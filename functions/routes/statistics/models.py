"""Statistics of emails."""

from __future__ import annotations

from typing import Any, Literal

from functions.routes.http.models import Instant, Wire


class StatisticsQuery(Wire):
    start_timestamp: Instant | None = None
    end_timestamp: Instant | None = None
    email_ids: list[int] | None = None
    property: list[str] | None = None


class SpanQuery(Wire):
    start_timestamp: Instant | None = None
    end_timestamp: Instant | None = None
    email_ids: list[int] | None = None


class TagsQuery(Wire):
    start_timestamp: Instant | None = None
    end_timestamp: Instant | None = None


class HistogramQuery(Wire):
    interval: Literal["YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "QUARTER_HOUR", "MINUTE", "SECOND"]
    start_timestamp: Instant | None = None
    end_timestamp: Instant | None = None
    email_ids: list[int] | None = None


class EmailStatistics(Wire):
    """Ratios are percents. `open` and `click` count recipients; machines' are counted apart and are no part of them."""

    counters: dict[str, int]
    ratios: dict[str, float]
    device_breakdown: dict[str, dict[str, int]]
    qualifier_stats: dict[str, Any]


class AggregateEmailStatistics(Wire):
    """`campaignAggregations` by email id."""

    aggregate: EmailStatistics
    campaign_aggregations: dict[str, EmailStatistics]
    emails: list[int]


class Span(Wire):
    start: Instant
    end: Instant


class EmailStatisticInterval(Wire):
    interval: Span
    aggregations: EmailStatistics


class Histogram(Wire):
    total: int
    results: list[EmailStatisticInterval]


class LinkStatistics(Wire):
    """`click` counts messages in which a person followed the link, `clicks` every time."""

    url: str
    click: int
    clicks: int
    machine_clicks: int


class EmailLinks(Wire):
    """The most clicked first. Links are without query and fragment; `url` is `other` for those of a day after its first 50."""

    email_id: int
    links: list[LinkStatistics]


class LinkList(Wire):
    results: list[EmailLinks]


class LatencyPercentiles(Wire):
    """Seconds within which that share of the mails was through, to within 13 percent; absent where there were none."""

    count: int
    p50: float | None = None
    p90: float | None = None
    p99: float | None = None


class Latency(Wire):
    """`accept`: from our acceptance until SES had the mail; `delivery`: from there to the recipient's host; `arrival`: both."""

    accept: LatencyPercentiles
    delivery: LatencyPercentiles
    arrival: LatencyPercentiles


class LatencyList(Wire):
    """`emails` by email id."""

    aggregate: Latency
    emails: dict[str, Latency]


class TagList(Wire):
    """By `name=value`; `other` are the messages with tags that came after the first 100 of a day."""

    tags: dict[str, EmailStatistics]


class Breakdown(Wire):
    """What HubSpot's counters do not tell. `not_sent` by send result, `clients` by the mail client of a person's first opening;
    `rules_versions`: of the rules that told people from machines.
    """

    opens: int
    clicks: int
    machine_open: int
    machine_opens: int
    machine_click: int
    machine_clicks: int
    rejected: int
    delayed: int
    not_sent: dict[str, int]
    clients: dict[str, int]
    rules_versions: list[int]


class BreakdownList(Wire):
    """`emails` by email id."""

    aggregate: Breakdown
    emails: dict[str, Breakdown]
