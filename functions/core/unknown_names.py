"""Messages about names that do not exist. Each lists the names that do, and the nearest of them first."""

from __future__ import annotations

from collections.abc import Collection

NAME_MAX = 100  # characters of an unknown name that are compared


def plain(name: str) -> str:
    """Returns what the spellings of a name have in common: `send_at`, `SendAt` and `send-at` are one."""
    return name.replace("_", "").replace("-", "").lower()


def nearest(name: str, names: Collection[str]) -> str:
    """Returns the name that looks most like an unknown one, in any case of its letters. Empty: none is like it."""
    from difflib import get_close_matches  # noqa: PLC0415 - few requests need it, and no cold start should wait for it

    by_lower = {candidate.lower(): candidate for candidate in names}
    close = get_close_matches(name.lower()[:NAME_MAX], by_lower, n=1)
    return by_lower[close[0]] if close else ""


def existing(name: str, names: Collection[str]) -> str:
    """Returns the rest of a message about an unknown name: 'it has a, b', and the nearest name if one is like it."""
    close = nearest(name, names)
    listed = f"it has {', '.join(names)}" if names else "it has none"
    return f"{listed}; did you mean {close}?" if close else listed
