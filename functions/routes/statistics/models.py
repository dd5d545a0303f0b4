"""Statistics of emails."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from functions.core.models.format import Format
from functions.core.statistics.periods import Interval
from functions.core.statistics.ratios import NAMES, RATIOS
from functions.routes.http.models import ApiModel, Id, Instant, OwnModel

EMAIL_IDS_MAX = 200


def _statistic(text: str) -> str:
    """HubSpot's clients write `counters.sent` or `sent`."""
    name = text.removeprefix("counters.").removeprefix("ratios.")
    if name not in NAMES and name not in RATIOS:
        raise ValueError(text)
    return name


StatisticName = Annotated[
    str, Meta(extra={"format": Format(_statistic, f"one of {', '.join((*NAMES, *RATIOS))}", "sent")})
]


class TagsQuery(OwnModel):
    """The end is not part of the span."""

    start_timestamp: Instant | None = None
    end_timestamp: Instant | None = None


class SpanQuery(TagsQuery):
    """The end is not part of the span."""

    email_ids: Annotated[list[Id], Meta(max_length=EMAIL_IDS_MAX, description="default: all emails")] | None = None


class StatisticsQuery(SpanQuery, forbid_unknown_fields=False):
    """The end is not part of the span."""

    property: Annotated[list[StatisticName], Meta(description="default: all counters and ratios")] | None = None


class HistogramQuery(SpanQuery, forbid_unknown_fields=False, kw_only=True):
    """The end is not part of the span."""

    interval: Interval = Interval.DAY


class EmailStatistics(ApiModel):
    """Ratios are percents. `open` and `click` count people: machine opens and clicks are counted apart."""

    counters: dict[str, int]
    ratios: dict[str, float]
    device_breakdown: dict[str, dict[str, int]]
    qualifier_stats: dict[str, Any]


class AggregateEmailStatistics(ApiModel):
    """`campaignAggregations` has the statistics by email id."""

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
    """`click` counts messages in which a person clicked the link, `clicks` every click."""

    url: str
    click: int
    clicks: int
    machine_clicks: int


class EmailLinks(ApiModel):
    """The most clicked link is first. Links have no query and no fragment. A link that differs by recipient is named as the template wrote
    it. After the first 50 links of a day, `url` is `other`.
    """

    email_id: int
    links: list[LinkStatistics]


class LinkList(ApiModel):
    results: list[EmailLinks]


class LatencyPercentiles(ApiModel):
    """Percentiles in seconds, within 13 percent. Absent without any mail."""

    count: int
    p50: float | None = None
    p90: float | None = None
    p99: float | None = None


class Latency(ApiModel):
    """`accept`: from the request until SES has the mail. `delivery`: from there to the recipient's mail server. `arrival`: both."""

    accept: LatencyPercentiles
    delivery: LatencyPercentiles
    arrival: LatencyPercentiles


class LatencyList(ApiModel):
    """`emails` has the parts by email id."""

    aggregate: Latency
    emails: dict[str, Latency]


class TagList(ApiModel):
    """Statistics by `name=value`. `other` counts the messages with tags after the first 100 of a day."""

    tags: dict[str, EmailStatistics]


class Breakdown(ApiModel):
    """Counters beyond HubSpot's. `notSent` counts by send result, `clients` by the mail client of a person's first open.
    `rulesVersions` lists the versions of the rules that detected machines.
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
    """`emails` has the parts by email id."""

    aggregate: Breakdown
    emails: dict[str, Breakdown]
