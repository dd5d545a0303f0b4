"""Event source mappings and schedules: moves events from queues and streams to functions, and fires schedules at their targets.

No library serves: moto delivers to functions in Docker only, and LocalStack's and ministack's pollers are parts of their servers.
"""

from infra.local.event_sources.event_sources import EventSources
from infra.local.event_sources.mapping import UnsupportedMapping
from infra.local.event_sources.schedule_expressions import UnsupportedSchedule
from infra.local.event_sources.schedules import Schedules

__all__ = ["EventSources", "Schedules", "UnsupportedMapping", "UnsupportedSchedule"]
