"""The one Logger and the one Metrics of a function. Powertools reads the service's name and namespace from its own variables."""

from __future__ import annotations

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit, single_metric

logger = Logger()
metrics = Metrics()


def count(name: str, number: int = 1) -> None:
    """One of our counters, published as CloudWatch's embedded metric format when the function flushes."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)


def count_by_stage(name: str, stage: str) -> None:
    """One of a counter that an alarm watches: several stages can live in one account. The function's other counters stay without it."""
    with single_metric(name=name, unit=MetricUnit.Count, value=1, default_dimensions={"stage": stage}):
        pass
