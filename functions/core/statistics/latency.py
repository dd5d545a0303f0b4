"""How long things take, as counters: each duration falls into a bucket on a logarithmic scale, so durations can be added up, taken away
and merged like every other counter, and a percentile is read from them to within 13 percent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

# Until SES had the mail, from there to the recipient's host, and both together.
ACCEPT, DELIVERY, ARRIVAL = STAGES = ("accept", "delivery", "arrival")
PER_OCTAVE = 3
BUCKET_MAX = 30 * PER_OCTAVE  # twelve days; what took longer counts there too


def bucket(seconds: float) -> int:
    """A duration's bucket. What seems to have ended before it began (clocks differ) took no time."""
    milliseconds = max(1, round(seconds * 1000))
    return min(BUCKET_MAX, int(math.log2(milliseconds) * PER_OCTAVE + 1e-9))


def seconds(number: int) -> float:
    """The middle of a bucket."""
    return float(2 ** ((number + 0.5) / PER_OCTAVE)) / 1000


def percentiles(counted: Mapping[int, int], shares: Sequence[float]) -> list[float | None]:
    """For each share (0 to 1) the seconds within which that share of the durations ended; None where nothing was counted."""
    total = sum(counted.values())
    return [_percentile(counted, math.ceil(share * total)) if total > 0 else None for share in shares]


def _percentile(counted: Mapping[int, int], rank: int) -> float:
    seen = 0
    last = 0
    for last in sorted(counted):
        seen += counted[last]
        if seen >= rank:
            break
    return round(seconds(last), 3)
