"""Durations as people write them: `30m`, `12h`, `10d`, `2w`."""

from __future__ import annotations

import re

from functions.core.models.format import Format

DURATION_MAX_DAYS = 800  # longer than two years
PATTERN = r"-?[1-9][0-9]{0,5}[mhdw]"
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def seconds(text: object) -> int:
    """'10d' → 864000. Raises ValueError."""
    if not isinstance(text, str) or not re.fullmatch(PATTERN, text):
        raise ValueError(text)
    length = int(text[:-1]) * _SECONDS[text[-1]]
    if abs(length) > DURATION_MAX_DAYS * 86_400:
        raise ValueError(text)
    return length


def _positive(text: object) -> str:
    if seconds(text) <= 0:
        raise ValueError(text)
    return str(text)


def _signed(text: object) -> str:
    seconds(text)
    return str(text)


_EXPECTED = f"a duration like 30m, 12h, 10d or 2w, at most {DURATION_MAX_DAYS} days"
DURATION = Format(_positive, _EXPECTED, "10d")
OFFSET = Format(_signed, f"{_EXPECTED}; -7d is seven days before", "-7d")
