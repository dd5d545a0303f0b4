"""A tour of the statistics."""

from __future__ import annotations

import time

from functions.core import timestamps
from tests.end_to_end.service import Service


def tour_statistics(service: Service) -> None:
    """What no other way through the service needs: charts finer than the counters."""
    service.settle()
    now = time.time()
    span = {"startTimestamp": timestamps.iso(now - 600), "endTimestamp": timestamps.iso(now)}
    service.http.get("/marketing/v3/emails/statistics/histogram", params={"interval": "MINUTE", **span})
