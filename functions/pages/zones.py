"""Time zones by their names in the IANA database."""

from __future__ import annotations

from zoneinfo import ZoneInfo


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError):  # a name with `..`, or of no zone
        return False
    return True
