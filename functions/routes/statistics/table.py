"""The routes of statistics."""

from __future__ import annotations

from functions.core.access.scopes import CONTENT, MARKETING_EMAIL, REPORTS
from functions.http.route import DATED_VERSIONS, Base, Route, routes_of

EMAILS_PATH = "/marketing/v3/emails"
EMAIL_BASES = (
    Base(EMAILS_PATH),
    Base("/marketing/emails/{version}", DATED_VERSIONS),
)  # of emails and of their statistics
_SCOPES = (CONTENT, MARKETING_EMAIL, REPORTS)
EMAIL_STATISTICS = routes_of(
    EMAIL_BASES,
    (
        ("GET", "/statistics/list", "get_email_statistics", 200),
        ("GET", "/statistics/histogram", "get_email_histogram", 200),
    ),
    "api",
    _SCOPES,
)
STATISTICS = (
    *EMAIL_STATISTICS,
    Route("GET", "/staffetta/v1/statistics/links", "get_link_statistics", "api", _SCOPES),
    Route("GET", "/staffetta/v1/statistics/latency", "get_latency_statistics", "api", _SCOPES),
    Route("GET", "/staffetta/v1/statistics/breakdown", "get_statistics_breakdown", "api", _SCOPES),
    Route("GET", "/staffetta/v1/statistics/tags", "get_tag_statistics", "api", _SCOPES),
)
