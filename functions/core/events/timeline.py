"""What became of a message, as facts with a key each. Storing a fact twice, or two facts in either order, gives the same timeline:
that is how duplicated, reordered and replayed events change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from functions.core import ids

FACTS_MAX = 200  # of one message: a mail that is opened for ever must not grow its item for ever


class TimelineEventType(StrEnum):
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    BOUNCED = "BOUNCED"
    COMPLAINED = "COMPLAINED"
    REJECTED = "REJECTED"
    DELAYED = "DELAYED"
    OPENED = "OPENED"
    CLICKED = "CLICKED"
    UNSUBSCRIBED = "UNSUBSCRIBED"  # told by the page that its link leads to
    SUBSCRIBED = "SUBSCRIBED"


class TimelineEvent(Struct, frozen=True, kw_only=True):
    """One thing that SES reported of one message. `detail` holds strings and booleans only."""

    type: TimelineEventType
    at: str  # ISO-8601
    dedup_key: str = ""  # what tells two facts of one kind and time apart: a feedback id, a link
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return ids.digest(self.type, self.at, self.dedup_key)

    def to_item(self) -> dict[str, Any]:
        return {"kind": str(self.type), "at": self.at, **self.details}


def in_order(timeline: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Earliest first; facts of the same instant in the order in which a mail goes."""
    order = list(TimelineEventType)
    return sorted(timeline.values(), key=lambda fact: (fact["at"], order.index(TimelineEventType(fact["kind"]))))
