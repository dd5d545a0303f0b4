"""What moves events between the deployed parts: queues and streams to functions, schedules to their targets."""

from infra.local.pump.expressions import UnsupportedSchedule
from infra.local.pump.mapping import UnsupportedMapping
from infra.local.pump.pump import Pump
from infra.local.pump.schedules import Schedules

__all__ = ["Pump", "Schedules", "UnsupportedMapping", "UnsupportedSchedule"]
