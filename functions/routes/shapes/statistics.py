"""Statistics of emails."""

from __future__ import annotations

from typing import Any

from functions.routes.shapes.wire import Instant, Wire


class StatisticsQuery(Wire):
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
