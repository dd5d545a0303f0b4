"""Lambda: every few minutes, tell the governor what SES allows, queue what was scheduled, and do what no send should need: see steps.sweep."""

from __future__ import annotations

from typing import Any

from functions.telemetry import count, logger, metrics
from functions.wiring import wired


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> None:
    try:
        wired().tell_quota()
    finally:  # whatever fails, the other parts do their work
        try:
            _queue_due()
        finally:
            _sweep()


def _queue_due() -> None:
    count("ScheduledQueued", wired().due_sends())


def _sweep() -> None:
    unexplained = wired().sweep()
    if unexplained:  # no metric is no trouble, and costs nothing
        logger.warning("sends without an outcome", extra={"unexplained": unexplained})
        metrics.add_dimension("stage", wired().settings.stage)  # the alarm's: several stages can live in one account
        count("Unexplained", unexplained)
