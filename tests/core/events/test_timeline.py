from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.events.timeline import (
    CHANGES_MAX,
    FACTS_MAX,
    OUTCOMES_MAX,
    TimelineEvent,
    TimelineEventType,
    clipped,
)
from tests.support.examples import NOON_TEXT

WIDE = "\U0001f600" * 2000  # four bytes each


def size(type_: TimelineEventType, *details: str, **short: object) -> int:
    """Bytes of a fact with these details in the widest letters, and the short ones, with its key."""
    fact = TimelineEvent(type=type_, at=NOON_TEXT, details={**dict.fromkeys(details, WIDE), **short})
    return len(msgspec.json.encode({fact.key: fact.to_item()}))


def test_the_fullest_timeline_leaves_room_in_its_item() -> None:
    """DynamoDB counts 400 KB in UTF-8; moto does not count."""
    readers = FACTS_MAX * size(TimelineEventType.CLICKED, "link", "page", "agent", ip="f" * 45, machine=True)
    changes = (CHANGES_MAX - FACTS_MAX) * size(TimelineEventType.DELAYED, "reason", "status", "response")
    outcomes = (OUTCOMES_MAX - CHANGES_MAX) * size(TimelineEventType.BOUNCED, *(f"detail-{n}" for n in range(5)))
    assert readers + changes + outcomes < 370_000


@pytest.mark.parametrize("type_", list(TimelineEventType))
def test_opens_and_clicks_give_way(type_: TimelineEventType) -> None:
    gives_way = type_ in {TimelineEventType.OPENED, TimelineEventType.CLICKED}
    assert (TimelineEvent(type=type_, at=NOON_TEXT).room == FACTS_MAX) is gives_way


@given(st.text(), st.integers(0, 40))
def test_a_clipped_text_is_the_longest_beginning_that_fits(text: str, bytes_max: int) -> None:
    beginning = clipped(text, bytes_max)
    assert text.startswith(beginning)
    assert len(beginning.encode()) <= bytes_max
    assert beginning == text or len(text[: len(beginning) + 1].encode()) > bytes_max
