"""The CloudWatch metrics of a batch of changed messages. Accept and deliver publish none.

They are approximate, for alarms and dashboards: a repeated batch counts again. The exact counters are in core.statistics.counters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from functions.core import timestamps
from functions.core.sending.send import State
from functions.core.statistics.counter_updates import Change

# Counter → metric. They are few, since each costs as much as three alarms.
METRICS = {
    "selected": "Accepted",
    "sent": "Sent",
    "dropped": "NotSent",
    "delivered": "Delivered",
    "delayed": "Delayed",
    "hardbounced": "HardBounced",
    "softbounced": "SoftBounced",
    "spamreport": "Complained",
}
POSTPONED = "Postponed"  # a throttle or another failure returned it to the queue: it is retried
SENDING_TIME = "SendingTime"  # from accept until SES accepted it


def of(changes: Iterable[Change]) -> Counter[str]:
    """Returns the counts of METRICS and POSTPONED."""
    counts: Counter[str] = Counter()
    for change in changes:
        for name, number in change.counted.items():
            if number > 0 and name in METRICS:
                counts[METRICS[name]] += number
        if _postponed(change):
            counts[POSTPONED] += 1
    return counts


def sending_times(changes: Iterable[Change]) -> list[float]:
    """Returns, for each message that SES accepted, the milliseconds from accept (or from its due time) until then."""
    sent = [change.after for change in changes if change.after and _became(change, State.SENT)]
    return [
        (timestamps.parse(message.settled_at) - timestamps.parse(message.due_at or message.accepted_at)) * 1000
        for message in sent
        if message.settled_at and message.attempts  # we never send SMTP mail ourselves
    ]


def _became(change: Change, state: State) -> bool:
    return (
        change.after is not None
        and change.after.state is state
        and not (change.before and change.before.state is state)
    )


def _postponed(change: Change) -> bool:
    return change.before is not None and change.before.state is State.SENDING and _became(change, State.QUEUED)
