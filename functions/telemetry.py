"""The one Logger and the one Metrics of a function, and what begins at each of its invocations. Powertools reads the service's name and
the stage's namespace from its own variables.

An unused metric is not published: a metric costs $0.30 a month for the hours in which it has data, and nothing otherwise.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.adapters.aws.deadline import DEADLINE

Handler = Callable[[dict[str, Any], Any], Any]

HTTP_MS = 29_000  # API Gateway answers its caller itself after 30 seconds

logger = Logger()
metrics = Metrics()
_cold_starts = itertools.chain([True], itertools.repeat(False))


def entrypoint(handler: Handler) -> Handler:
    """Makes a Lambda handler. Each invocation begins with a deadline and an empty log context, and ends with its metrics published,
    however it ends.
    """

    @functools.wraps(handler)
    def invocation(event: dict[str, Any], context: Any) -> Any:
        _begin_log(context)
        remaining: int = context.get_remaining_time_in_millis()
        DEADLINE.begin(min(remaining, HTTP_MS) if "requestContext" in event else remaining)
        try:
            return handler(event, context)
        finally:
            if metrics.metric_set:
                metrics.flush_metrics()

    return invocation


def _begin_log(context: Any) -> None:
    """Clears the log context, and adds the keys of Powertools' `inject_lambda_context`, which takes four times as long."""
    formatter = logger.registered_formatter
    formatter.clear_state()
    formatter.thread_safe_clear_keys()
    formatter.append_keys(
        cold_start=next(_cold_starts),
        function_name=context.function_name,
        function_memory_size=context.memory_limit_in_mb,
        function_arn=context.invoked_function_arn,
        function_request_id=context.aws_request_id,
    )


@contextmanager
def log_context(**keys: str) -> Iterator[None]:
    """Adds the keys to each log line that this thread writes within the context."""
    logger.thread_safe_append_keys(**keys)
    try:
        yield
    finally:
        logger.thread_safe_remove_keys(keys)


def count(name: str, number: int = 1) -> None:
    """Adds to a counter, which is published in CloudWatch's embedded metric format. Adding 0 publishes nothing."""
    if number:
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)


def observe_seconds(name: str, value: float) -> None:
    """Adds a duration to a metric, of which CloudWatch computes the maximum."""
    metrics.add_metric(name=name, unit=MetricUnit.Seconds, value=round(value))


def observe_milliseconds(name: str, values: Iterable[float]) -> None:
    """Adds durations to a metric, of which CloudWatch computes percentiles."""
    for value in values:
        metrics.add_metric(name=name, unit=MetricUnit.Milliseconds, value=round(value))
