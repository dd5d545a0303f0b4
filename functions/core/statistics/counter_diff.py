"""Counters told anew against those that are stored: where they differ, and by how much."""

from __future__ import annotations

from collections.abc import Mapping

from functions.core.statistics.counter_updates import FAMILIES, OTHER

Counters = Mapping[str, int]


def difference(stored: Counters, true: Counters) -> dict[str, int]:
    """What is to be added to the stored counters, without the zeros. Names that came when their family was full were counted as `other`,
    and which those were depended on their order: such a family is held against the truth as a whole.
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
