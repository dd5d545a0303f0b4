from __future__ import annotations

import json

import pytest

from functions import measure, wiring
from functions.adapters.sending import message_items
from functions.core.events import pagination
from functions.core.sending.send import MessageKey, State
from functions.core.statistics.periods import FIRST, LAST
from functions.wiring import Container
from tests.support.aws.lambdas import call, stream
from tests.support.examples import a_message


def test_the_end_of_a_window_counts_nothing(aws: Container) -> None:
    """Lambda closes each tumbling window with an invocation of its own, which may bring no records."""
    assert call(measure.handler, {**stream(), "isFinalInvokeForWindow": True}) == {"state": {}}
    assert aws.get(wiring.adapters.statistics.counters).by_email("0000", "9999") == []


def test_measure_publishes_outcomes_to_cloudwatch(aws: Container, capsys: pytest.CaptureFixture[str]) -> None:
    """It is one line for a whole batch, and no line for an empty one."""
    queued, sending = a_message(), a_message(state=State.SENDING, attempts=1)
    sent = a_message(state=State.SENT, attempts=1, settled_at="2026-11-23T12:00:01.500Z")
    call(measure.handler, stream((None, queued), (queued, sending), (sending, sent)))
    call(measure.handler, stream(first=9))
    (line,) = (text for text in capsys.readouterr().out.splitlines() if "CloudWatchMetrics" in text)
    metrics = json.loads(line)
    assert (metrics["Accepted"], metrics["Sent"], metrics["SendingTime"]) == ([1.0], [1.0], [1500.0])


def test_two_images_of_one_message_are_not_mixed_up(aws: Container) -> None:
    """The old image of a change may be another one than the new image before it: a stream repeats, and it orders one item only."""
    queued = a_message()
    sent = a_message(state=State.SENT, attempts=1)
    other = a_message(key=MessageKey("s-2", 0), state=State.SENT, attempts=1)
    call(measure.handler, stream((None, queued), (None, other), (queued, sent), (sent, None)))
    (counted,) = aws.get(wiring.adapters.statistics.counters).by_email("2026-11-23T12", "2026-11-23T12")
    assert (counted.counters["selected"], counted.counters["sent"]) == (2, 2)


def test_a_repeated_batch_lists_its_messages_once(aws: Container) -> None:
    first, second = a_message(), a_message(key=MessageKey("s-2", 0), accepted_at="2026-11-23T12:01:00.000Z")
    batch = stream((None, first), (None, second), (first, a_message(state=State.SENT, attempts=1)))
    for message in (first, second):
        assert aws.get(wiring.adapters.sending.sends).create([message])
    index = aws.get(wiring.adapters.sending.message_index)
    assert list(index.of_email(7, FIRST, LAST)) == []
    for _ in range(2):
        call(measure.handler, batch)
    assert index.by_email(7, FIRST, LAST, 9) == [first, second]
    assert list(index.of_email(7, FIRST, LAST)) == [pagination.position_of(second), pagination.position_of(first)]


def test_a_window_may_end_with_nothing_in_it(aws: Container) -> None:
    assert call(measure.handler, stream()) == {"state": {}}


def test_a_stored_message_reads_back_from_a_stream_image() -> None:
    message = a_message(timeline={"f": {"kind": "OPENED", "at": "t", "machine": True}}, attempts=2)
    assert message_items.message_from(message_items.message_item(message, 90)) == message
