"""What moves events between the deployed parts: queues and streams to functions, schedules to their targets.

No library serves: moto delivers to functions in Docker only, and LocalStack's and ministack's pollers are parts of their servers.
"""

from infra.local.pump.expressions import UnsupportedSchedule
from infra.local.pump.mapping import UnsupportedMapping
from infra.local.pump.pump import Pump
from infra.local.pump.schedules import Schedules

__all__ = ["Pump", "Schedules", "UnsupportedMapping", "UnsupportedSchedule"]
