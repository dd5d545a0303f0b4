"""What CloudWatch hears of a batch of changed messages, so that nothing need be published while a send is accepted or delivered.

A rough pulse for alarms and dashboards: a batch that comes again is told again. What must be exact is in core.statistics.counters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from functions.core import timestamps
from functions.core.sending.send import State
from functions.core.statistics import counters
from functions.core.statistics.counter_updates import Change

# Counter → metric. Few, since each costs as much as an alarm does three times over.
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
POSTPONED = "Postponed"  # what SES or the governor had no room for, or another fault kept back: it is tried again
SENDING_TIME = "SendingTime"  # from accept until SES took it


def of(changes: Iterable[Change]) -> Counter[str]:
    """How often each of METRICS came to pass, and POSTPONED."""
    told: Counter[str] = Counter()
    for change in changes:
        difference = counters.change(change.before, change.after)
        told.update({METRICS[name]: number for name, number in difference.items() if name in METRICS and number > 0})
        told[POSTPONED] += int(_postponed(change))
    return +told


def sending_times(changes: Iterable[Change]) -> list[float]:
    """Milliseconds from accept (of a send for later: from its time) until SES had it, of each that it took."""
    sent = [change.after for change in changes if change.after and _became(change, State.SENT)]
    return [
        (timestamps.parse(message.settled_at) - timestamps.parse(message.due_at or message.accepted_at)) * 1000
        for message in sent
        if message.settled_at and message.attempts  # SMTP mail was never ours to send
    ]


def _became(change: Change, state: State) -> bool:
    return (
        change.after is not None
        and change.after.state is state
        and not (change.before and change.before.state is state)
    )


def _postponed(change: Change) -> bool:
    return change.before is not None and change.before.state is State.SENDING and _became(change, State.QUEUED)
