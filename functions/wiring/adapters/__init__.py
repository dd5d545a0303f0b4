"""Settings → adapters, each room in a module of its own. No other modules name an adapter's class."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functions.wiring.adapters import (
        access,
        account,
        automations,
        broadcasts,
        contacts,
        domains,
        emails,
        events,
        sending,
        statistics,
        templates,
        tokens,
        webhooks,
    )

__all__ = [
    "access",
    "account",
    "automations",
    "broadcasts",
    "contacts",
    "domains",
    "emails",
    "events",
    "sending",
    "statistics",
    "templates",
    "tokens",
    "webhooks",
]


def __getattr__(room: str) -> ModuleType:
    """Imports a room's factories on first use."""
    if room not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {room!r}")
    return importlib.import_module(f"{__name__}.{room}")
