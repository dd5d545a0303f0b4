"""The most memory that this program had. The kernel's `ru_maxrss` may be that of the process that started it: it is the last resort."""

from __future__ import annotations

import resource
from pathlib import Path

KB = 1024


def peak_mb() -> float:
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KB
    kilobytes = (line.split()[1] for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM:"))
    return int(next(kilobytes)) / KB
