"""Settings → the adapters of counters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.clients import cloudwatch, dynamodb

if TYPE_CHECKING:
    from functions.adapters.statistics.counters import DynamoCounters
    from functions.adapters.statistics.counting_lag import CloudWatchCountingLag
    from functions.wiring.container import Container


def counters(c: Container) -> DynamoCounters:
    from functions.adapters.statistics.counters import DynamoCounters

    return DynamoCounters(c.get(dynamodb), c.settings.metrics_table)


def counting_lag(c: Container) -> CloudWatchCountingLag:
    from functions.adapters.statistics.counting_lag import CloudWatchCountingLag

    return CloudWatchCountingLag(c.get(cloudwatch), f"Staffetta-{c.settings.stage}-", c.clock)
