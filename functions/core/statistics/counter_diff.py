"""The difference between recomputed counters and stored ones."""

from __future__ import annotations

from collections.abc import Mapping

from functions.core.statistics.counter_updates import FAMILIES, OTHER

Counters = Mapping[str, int]


def difference(stored: Counters, true: Counters) -> dict[str, int]:
    """Returns the nonzero numbers to add to the stored counters. A name that came when its family was full counts as `other`, and
    its order decided that, so a full family is compared as a whole.
    """
    full = [family for family in FAMILIES if stored.get(family + OTHER)]
    whole = {family + OTHER: _sum(true, family) - _sum(stored, family) for family in full}
    apart = {
        name: true.get(name, 0) - stored.get(name, 0)
        for name in {*stored, *true}
        if not any(name.startswith(family) for family in full)
    }
    return {name: number for name, number in (apart | whole).items() if number}


def _sum(counters: Counters, family: str) -> int:
    return sum(number for name, number in counters.items() if name.startswith(family))
