"""Timeline events: one by hand, and any by hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from functions.core.events.timeline import TimelineEvent, TimelineEventType
from tests.support.examples import NOON_TEXT

LATER = "2026-11-23T12:00:05.000Z"


def fact(kind: TimelineEventType, at: str = NOON_TEXT, **detail: Any) -> TimelineEvent:
    return TimelineEvent(type=kind, at=at, dedup_key=str(detail), details=detail)


DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["Permanent", "Transient", "Undetermined", "not-spam", "abuse", "MailboxFull", "?"]),
        "subtype": st.sampled_from(
            ["General", "NoEmail", "MailboxFull", "Suppressed", "OnAccountSuppressionList", "?"]
        ),
        "status": st.sampled_from(["5.1.1", "4.2.2", "5.99.99", "x"]),
        "response": st.text(max_size=20),
        "reason": st.text(max_size=20),
        "until": st.sampled_from(["2026-11-24T12:00:00Z", "soon"]),
        "agent": st.sampled_from(["Mozilla/5.0", "Thunderbird"]),
        "machine": st.booleans(),
        "shared": st.booleans(),
    },
)
FACTS = st.builds(lambda kind, detail: fact(kind, **detail), st.sampled_from(TimelineEventType), DETAILS)
