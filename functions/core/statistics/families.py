"""Counters that belong together by the beginning of their names: `client:Gmail`, `client:Apple Mail`."""

from __future__ import annotations

from collections.abc import Mapping


def members(counted: Mapping[str, int], family: str) -> dict[str, int]:
    """Returns the counters of a family, the largest first, without the zeros."""
    named = {
        name.removeprefix(family): number for name, number in counted.items() if name.startswith(family) and number
    }
    return dict(sorted(named.items(), key=lambda pair: (-pair[1], pair[0])))
