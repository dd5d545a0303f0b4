"""The events of a message as facts, each with a key. A fact stored twice, or two facts in either order, give the same timeline. So
duplicated, reordered and replayed events change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from functions.core import ids

# Endless opens of a mail must not grow its item without end, and what decides its outcome always fits: opens and clicks give way. All
# facts are at most 360 KB in UTF-8, and DynamoDB allows 400 KB for the item.
FACTS_MAX = 200  # of one message: opens and clicks
CHANGES_MAX = FACTS_MAX + 10  # with delays and the recipient's decisions
OUTCOMES_MAX = CHANGES_MAX + 30  # with SES's facts that decide the outcome
SEPARATOR = "\n"  # of the addresses in one detail
DETAIL_BYTES_MAX = 400  # of one detail, in UTF-8: visitors choose their user agents


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


_ROOM = {
    TimelineEventType.OPENED: FACTS_MAX,
    TimelineEventType.CLICKED: FACTS_MAX,
    TimelineEventType.DELAYED: CHANGES_MAX,
    TimelineEventType.UNSUBSCRIBED: CHANGES_MAX,
    TimelineEventType.SUBSCRIBED: CHANGES_MAX,
}


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
        details = {
            name: clipped(value, DETAIL_BYTES_MAX) if isinstance(value, str) else value
            for name, value in self.details.items()
        }
        return {"kind": str(self.type), "at": self.at, **details}

    @property
    def room(self) -> int:
        """The most facts that a timeline with this fact may have."""
        return _ROOM.get(self.type, OUTCOMES_MAX)


def clipped(text: str, bytes_max: int) -> str:
    """Returns the beginning of the text that fits into so many bytes of UTF-8, without half a character."""
    return text if len(text) * 4 <= bytes_max else text.encode(errors="replace")[:bytes_max].decode(errors="ignore")


def in_order(timeline: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Returns the facts, the earliest first. Facts of the same instant follow the order of TimelineEventType."""
    order = list(TimelineEventType)
    return sorted(timeline.values(), key=lambda fact: (fact["at"], order.index(TimelineEventType(fact["kind"]))))
