"""The events of a message as facts, each with a key. A fact stored twice, or two facts in either order, give the same timeline. So
duplicated, reordered and replayed events change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from functions.core import ids

FACTS_MAX = 200  # of one message: endless opens of a mail must not grow its item without end


class TimelineEventType(StrEnum):
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    BOUNCED = "BOUNCED"
    COMPLAINED = "COMPLAINED"
    REJECTED = "REJECTED"
    DELAYED = "DELAYED"
    OPENED = "OPENED"
    CLICKED = "CLICKED"
    UNSUBSCRIBED = "UNSUBSCRIBED"  # reported by the page of its unsubscribe link
    SUBSCRIBED = "SUBSCRIBED"


class TimelineEvent(Struct, frozen=True, kw_only=True):
    """One event that SES reported of one message. `details` holds strings and booleans only."""

    type: TimelineEventType
    at: str  # ISO-8601
    dedup_key: str = ""  # distinguishes two facts of one kind and time: a feedback id, a link
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return ids.digest(self.type, self.at, self.dedup_key)

    def to_item(self) -> dict[str, Any]:
        return {"kind": str(self.type), "at": self.at, **self.details}


def in_order(timeline: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Returns the facts, the earliest first. Facts of the same instant follow the order of TimelineEventType."""
    order = list(TimelineEventType)
    return sorted(timeline.values(), key=lambda fact: (fact["at"], order.index(TimelineEventType(fact["kind"]))))
