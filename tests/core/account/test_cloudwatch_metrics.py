from __future__ import annotations

from functions.core.account import cloudwatch_metrics
from functions.core.outcomes import SendResult
from functions.core.sending.send import State
from functions.core.statistics.counter_updates import Change
from tests.support.examples import NOON_TEXT, a_message

LATER = "2026-11-23T12:00:02.500Z"
BOUNCE = {"kind": "BOUNCED", "at": LATER, "type": "Permanent"}


def test_each_step_of_a_send_counts() -> None:
    queued, sending = a_message(), a_message(state=State.SENDING, attempts=1)
    sent = a_message(state=State.SENT, attempts=1, settled_at=LATER, result=SendResult.SENT)
    bounced = a_message(state=State.SENT, attempts=1, settled_at=LATER, timeline={"b": BOUNCE})
    steps = [Change(1, None, queued), Change(2, queued, sending), Change(3, sending, sent), Change(4, sent, bounced)]
    assert cloudwatch_metrics.of(steps) == {"Accepted": 1, "Sent": 1, "HardBounced": 1}
    assert cloudwatch_metrics.sending_times(steps) == [2500.0]


def test_postponed_and_refused_messages_count() -> None:
    queued, sending = a_message(), a_message(state=State.SENDING, attempts=1)
    refused = a_message(state=State.REFUSED, result=SendResult.PREVIOUSLY_BOUNCED)
    assert cloudwatch_metrics.of([Change(1, queued, sending), Change(2, sending, queued)]) == {"Postponed": 1}
    assert cloudwatch_metrics.of([Change(1, None, refused)]) == {"Accepted": 1, "NotSent": 1}


def test_expired_and_unchanged_messages_do_not_count() -> None:
    sent = a_message(state=State.SENT, attempts=1, settled_at=LATER)
    changes = [Change(1, sent, None), Change(2, sent, sent)]
    assert cloudwatch_metrics.of(changes) == {}
    assert cloudwatch_metrics.sending_times(changes) == []


def test_a_scheduled_send_takes_time_from_its_due_time() -> None:
    due = a_message(state=State.SENT, attempts=1, due_at="2026-11-23T12:00:02.000Z", settled_at=LATER)
    smtp = a_message(state=State.SENT, settled_at=LATER, accepted_at=NOON_TEXT)
    assert cloudwatch_metrics.sending_times([Change(1, None, due), Change(2, None, smtp)]) == [500.0]
