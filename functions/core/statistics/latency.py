"""Latencies as counters. Each duration falls into a bucket on a logarithmic scale, so latencies can be added, subtracted and merged
like every other counter. A percentile of them is exact to within 13 percent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

# From accept until SES accepted the mail, from there to the recipient's host, and both together.
ACCEPT, DELIVERY, ARRIVAL = STAGES = ("accept", "delivery", "arrival")
PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}  # the API has a field of each name
PER_OCTAVE = 3
BUCKET_MAX = 30 * PER_OCTAVE  # twelve days; longer durations count there too


def bucket(seconds: float) -> int:
    """Returns a duration's bucket. A negative duration (clocks differ) counts as none."""
    milliseconds = max(1, round(seconds * 1000))
    return min(BUCKET_MAX, int(math.log2(milliseconds) * PER_OCTAVE + 1e-9))


def seconds(number: int) -> float:
    """Returns the middle of a bucket."""
    return float(2 ** ((number + 0.5) / PER_OCTAVE)) / 1000


def percentiles(counted: Mapping[int, int]) -> dict[str, float]:
    """Returns each percentile's seconds by its name: within them, that share of the durations ended. Returns none without durations."""
    total = sum(counted.values())
    if total <= 0:
        return {}
    return {name: _percentile(counted, math.ceil(share * total)) for name, share in PERCENTILES.items()}


def _percentile(counted: Mapping[int, int], rank: int) -> float:
    passed = 0
    last = 0
    for last in sorted(counted):
        passed += counted[last]
        if passed >= rank:
            break
    return round(seconds(last), 3)
