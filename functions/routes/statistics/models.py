"""Statistics of emails."""

from __future__ import annotations

from typing import Any, Literal

from functions.routes.http.models import ApiModel, Instant


class StatisticsQuery(ApiModel):
    start_timestamp: Instant | None = None
    end_timestamp: Instant | None = None
    email_ids: list[int] | None = None
    property: list[str] | None = None


class SpanQuery(ApiModel):
    start_timestamp: Instant | None = None
    end_timestamp: Instant | None = None
    email_ids: list[int] | None = None


class TagsQuery(ApiModel):
    start_timestamp: Instant | None = None
    end_timestamp: Instant | None = None


class HistogramQuery(ApiModel):
    interval: Literal["YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "QUARTER_HOUR", "MINUTE", "SECOND"]
    start_timestamp: Instant | None = None
    end_timestamp: Instant | None = None
    email_ids: list[int] | None = None


class EmailStatistics(ApiModel):
    """Ratios are percents. `open` and `click` count recipients; machines' are counted apart and are no part of them."""

    counters: dict[str, int]
    ratios: dict[str, float]
    device_breakdown: dict[str, dict[str, int]]
    qualifier_stats: dict[str, Any]


class AggregateEmailStatistics(ApiModel):
    """`campaignAggregations` by email id."""

    aggregate: EmailStatistics
    campaign_aggregations: dict[str, EmailStatistics]
    emails: list[int]


class Span(ApiModel):
    start: Instant
    end: Instant


class EmailStatisticInterval(ApiModel):
    interval: Span
    aggregations: EmailStatistics


class EmailHistogram(ApiModel):
    total: int
    results: list[EmailStatisticInterval]


class LinkStatistics(ApiModel):
    """`click` counts messages in which a person followed the link, `clicks` every time."""

    url: str
    click: int
    clicks: int
    machine_clicks: int


class EmailLinks(ApiModel):
    """The most clicked first. Links are without query and fragment; `url` is `other` for those of a day after its first 50."""

    email_id: int
    links: list[LinkStatistics]


class LinkList(ApiModel):
    results: list[EmailLinks]


class LatencyPercentiles(ApiModel):
    """Seconds within which that share of the mails was through, to within 13 percent; absent where there were none."""

    count: int
    p50: float | None = None
    p90: float | None = None
    p99: float | None = None


class Latency(ApiModel):
    """`accept`: from our acceptance until SES had the mail; `delivery`: from there to the recipient's host; `arrival`: both."""

    accept: LatencyPercentiles
    delivery: LatencyPercentiles
    arrival: LatencyPercentiles


class LatencyList(ApiModel):
    """`emails` by email id."""

    aggregate: Latency
    emails: dict[str, Latency]


class TagList(ApiModel):
    """By `name=value`; `other` are the messages with tags that came after the first 100 of a day."""

    tags: dict[str, EmailStatistics]


class Breakdown(ApiModel):
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


class BreakdownList(ApiModel):
    """`emails` by email id."""

    aggregate: Breakdown
    emails: dict[str, Breakdown]
