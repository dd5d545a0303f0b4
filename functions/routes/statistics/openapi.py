"""What the OpenAPI document says of this room's operations."""

from __future__ import annotations

from functions.routes.http.operation_doc import OperationDoc
from functions.routes.statistics import models

OPERATION_DOCS = {
    "get_email_statistics": OperationDoc(
        "Totals of the sends accepted within a span, in whole hours (UTC)",
        models.AggregateEmailStatistics,
        query=models.StatisticsQuery,
    ),
    "get_email_histogram": OperationDoc(
        "The same over time: intervals (UTC) of hours and longer for any span, shorter ones for spans of up to 5,000 sends",
        models.EmailHistogram,
        query=models.HistogramQuery,
    ),
    "get_link_statistics": OperationDoc(
        "The click map: how often each link was followed, in whole days (UTC)",
        models.LinkList,
        query=models.SpanQuery,
    ),
    "get_latency_statistics": OperationDoc("How long mails take", models.LatencyList, query=models.SpanQuery),
    "get_statistics_breakdown": OperationDoc(
        "Totals, machines, reasons of what was not sent, mail clients",
        models.BreakdownList,
        query=models.SpanQuery,
    ),
    "get_tag_statistics": OperationDoc("Totals by tag of the message", models.TagList, query=models.TagsQuery),
}
