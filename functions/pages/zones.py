"""Time zones by their names in the IANA database."""

from __future__ import annotations

from zoneinfo import ZoneInfo


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # an unknown name, one with `..`, or a folder's
        return False
    return True
