"""This room's part of the OpenAPI document."""

from __future__ import annotations

from functions.routes.http.operation_doc import OperationDoc
from functions.routes.statistics import models

OPERATION_DOCS = {
    "get_email_statistics": OperationDoc(
        "Get totals of the sends accepted within a span, in whole hours (UTC)",
        models.AggregateEmailStatistics,
        query=models.StatisticsQuery,
    ),
    "get_email_histogram": OperationDoc(
        "Get the same by interval (UTC): hours and longer for any span, shorter intervals for spans of up to 5,000 sends",
        models.EmailHistogram,
        query=models.HistogramQuery,
    ),
    "get_link_statistics": OperationDoc(
        "Get the click map: the clicks of each link, in whole days (UTC)",
        models.LinkList,
        query=models.SpanQuery,
    ),
    "get_latency_statistics": OperationDoc("Get how long mails take", models.LatencyList, query=models.SpanQuery),
    "get_statistics_breakdown": OperationDoc(
        "Get totals, machine opens and clicks, reasons of unsent mails, and mail clients",
        models.BreakdownList,
        query=models.SpanQuery,
    ),
    "get_tag_statistics": OperationDoc("Get totals by message tag", models.TagList, query=models.TagsQuery),
}
