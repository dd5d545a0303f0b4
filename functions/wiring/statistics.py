"""Statistics: counters read, and rebuilt from the archive of events."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from functions.wiring.adapters import accepted, census, metrics, raw_events, sends
from functions.wiring.events import record_events

if TYPE_CHECKING:
    from functions.steps.statistics.histogram import Chart
    from functions.steps.statistics.read_statistics import Statistics
    from functions.steps.statistics.rebuild import Rebuild
    from functions.wiring.container import Container


def read_statistics(c: Container) -> Statistics:
    from functions.steps.statistics.read_statistics import Statistics

    return Statistics(c.get(metrics))


def histogram(c: Container) -> Chart:
    from functions.steps.statistics.histogram import Chart

    return Chart(metrics=c.get(metrics), accepted=c.get(accepted))


def rebuild_counters(c: Container) -> Rebuild:
    from functions.steps.statistics.rebuild import Rebuild

    return Rebuild(
        messages=c.get(census),
        sends=c.get(sends),
        events=c.get(raw_events),
        recording=c.get(record_events),
        metrics=c.get(metrics),
        clock=c.clock,
        sleep=time.sleep,
        retention_days=c.settings.retention_days,
    )
