"""The figures of emails on pages: what they sent in the last days, and their rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from functions import wiring
from functions.core.statistics.ratios import RATIOS, ratios

DAYS = 30
_RATES = {
    "delivered": "deliveredratio",
    "opened": "openratio",
    "clicked": "clickratio",
    "bounced": "bounceratio",
    "complained": "spamreportratio",
}


def now() -> datetime:
    return datetime.fromtimestamp(wiring.container().clock(), UTC)


def first_day(days: int = DAYS) -> datetime:
    """Returns the beginning of the first of the last `days` days, of which today is one."""
    return now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)


def hour(at: datetime) -> str:
    """Returns the hour as the counters name it."""
    return f"{at:%Y-%m-%dT%H}"


def counters(email_ids: Sequence[int], days: int = DAYS) -> dict[int, Mapping[str, int]]:
    """Returns the counters of each email in the last days."""
    if not email_ids:
        return {}
    counted = wiring.get(wiring.adapters.statistics.counters).by_email(hour(first_day(days)), hour(now()), email_ids)
    return {email_id: {} for email_id in email_ids} | {one.email_id: one.counters for one in counted}


def figures(counted: Mapping[str, int]) -> dict[str, float | None]:
    """Returns what was sent, and the rates in percent. A rate of nothing is None."""
    percent = ratios(counted)
    rates = {name: percent[ratio] if counted.get(RATIOS[ratio][1]) else None for name, ratio in _RATES.items()}
    return {"sent": counted.get("sent", 0), **rates}
