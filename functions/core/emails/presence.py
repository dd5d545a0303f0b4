"""Who edits an email just now. An editor reports itself again and again; one that has not for a while is gone."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

REPORT_SECONDS = 20  # between two reports of an open editor
GONE_SECONDS = 50


class OpenEditor(Struct, frozen=True):
    email: str  # the person's address
    tab: str  # of the browser: a person may have two
    at: int  # seconds since the epoch


def others(editing: Iterable[OpenEditor], email: str, tab: str, now: float) -> list[OpenEditor]:
    """Returns the other editors that are open, by person."""
    return sorted(
        (one for one in editing if (one.email, one.tab) != (email, tab) and now - one.at < GONE_SECONDS),
        key=lambda one: (one.email, one.tab),
    )
