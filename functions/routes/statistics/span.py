"""Reads the span of a statistics query."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar

from msgspec import Struct

from functions.core import timestamps
from functions.core.models.field_errors import FieldErrors
from functions.core.statistics import periods
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import read_query
from functions.routes.statistics.models import SpanQuery, TagsQuery

# Nothing was sent before, or will be sent after: beyond these years Python's dates end.
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)

Query = TypeVar("Query", bound=TagsQuery)


class StatisticsSpan(Struct, frozen=True):
    """Without an end it is open. Its end is not part of it."""

    start: datetime | None
    end: datetime | None
    email_ids: tuple[int, ...] = ()  # none: all emails

    @property
    def since(self) -> str:
        """The span in whole hours, both included."""
        return timestamps.hour(timestamps.iso(self.start.timestamp())) if self.start else periods.FIRST

    @property
    def until(self) -> str:
        if self.end is None:
            return periods.LAST
        last = max(self.end.timestamp() - 0.001, self.start.timestamp() if self.start else 0)
        return timestamps.hour(timestamps.iso(last))


def read_span(request: ApiRequest, model: type[Query]) -> tuple[StatisticsSpan, Query]:
    """Raises Rejected with every error."""
    errors = FieldErrors()
    query = read_query(model, request.query, errors)
    start, end = _datetime(query.start_timestamp), _datetime(query.end_timestamp)
    if start and end and start > end:
        errors.add("endTimestamp", "is before startTimestamp")
    errors.check()
    email_ids = query.email_ids or () if isinstance(query, SpanQuery) else ()
    return StatisticsSpan(start, end, tuple(dict.fromkeys(map(int, email_ids)))), query


def _datetime(instant: str | None) -> datetime | None:
    return min(max(datetime.fromisoformat(instant), _EARLIEST), _LATEST) if instant else None
