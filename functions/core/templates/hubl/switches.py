"""Arguments of filters: switches and whole numbers."""

from __future__ import annotations

from typing import Any

from functions.core.templates.hubl.values import is_null, number_of, text


def flag(value: Any) -> bool:
    """Returns a switch among a filter's arguments."""
    return value is True or text(value).lower() in {"true", "yes", "on", "t", "y"}


def whole(value: Any, default: int) -> int:
    """Returns an argument that is a whole number, or the default for anything else."""
    try:
        return int(number_of(value)) if not is_null(value) else default
    except (TypeError, ValueError, OverflowError):  # an infinite number, too
        return default
