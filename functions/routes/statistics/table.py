"""The routes of statistics."""

from __future__ import annotations

from functions.routes.http.route import CONTENT, MARKETING_EMAIL, Route

_SCOPES = (CONTENT, MARKETING_EMAIL)
STATISTICS_LIST = Route("GET", "/marketing/v3/emails/statistics/list", "get_email_statistics", "api", _SCOPES)
STATISTICS = (
    STATISTICS_LIST,
    Route("GET", "/marketing/v3/emails/statistics/histogram", "get_email_histogram", "api", _SCOPES),
    Route("GET", "/staffetta/v1/statistics/links", "get_link_statistics", "api", _SCOPES),
    Route("GET", "/staffetta/v1/statistics/latency", "get_latency_statistics", "api", _SCOPES),
    Route("GET", "/staffetta/v1/statistics/breakdown", "get_statistics_breakdown", "api", _SCOPES),
    Route("GET", "/staffetta/v1/statistics/tags", "get_tag_statistics", "api", _SCOPES),
)
