"""The one Logger and the one Metrics of a function. Powertools reads the service's name and the stage's namespace from its own variables.

What is not measured is not published: a metric costs $0.30 a month, by the hours in which it has data, and nothing while there is none.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

Handler = Callable[[dict[str, Any], Any], Any]

logger = Logger()
metrics = Metrics()


def published(handler: Handler) -> Handler:
    """A Lambda handler whose metrics are published once it is done, however it ends; nothing where it counted nothing."""

    @functools.wraps(handler)
    def publishing(event: dict[str, Any], context: Any) -> Any:
        try:
            return handler(event, context)
        finally:
            if metrics.metric_set:
                metrics.flush_metrics()

    return publishing


def count(name: str, number: int = 1) -> None:
    """One of our counters, published as CloudWatch's embedded metric format when the function flushes. Nothing is no metric."""
    if number:
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)


def observe_milliseconds(name: str, values: Iterable[float]) -> None:
    """How long each of several things took: CloudWatch gives percentiles of them."""
    for value in values:
        metrics.add_metric(name=name, unit=MetricUnit.Milliseconds, value=round(value))
