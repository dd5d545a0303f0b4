from __future__ import annotations

import pytest

from functions import wiring
from functions.adapters import schema
from functions.adapters.aws.marshalling import to_item
from functions.core.events.recording_progress import RecordingProgress
from functions.ports.events import RecordingProgressStore
from tests.fakes.events import MemoryRecordingProgress
from tests.support.aws.cloud import SETTINGS, aws_of
from tests.support.examples import NOON

KEY = to_item({"subject": schema.RECORDING, "bucket": schema.RECORDING})


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> RecordingProgressStore:
    if request.param == "memory":
        return MemoryRecordingProgress()
    aws = aws_of(request)
    aws.get(wiring.clients.dynamodb).delete_item(TableName=SETTINGS.metrics_table, Key=KEY)  # of the test before
    return aws.get(wiring.adapters.events.recording_progress)


def test_an_unbroken_reading_continues_its_period(store: RecordingProgressStore) -> None:
    assert store.get() is None
    for passed in (0, 60, 120):
        store.in_time(NOON + passed, resumed_before=NOON + passed - 100)
    assert store.get() == RecordingProgress(NOON + 120, NOON)


def test_a_pause_begins_a_new_period(store: RecordingProgressStore) -> None:
    store.in_time(NOON, resumed_before=NOON - 100)
    store.in_time(NOON + 100, resumed_before=NOON)
    assert store.get() == RecordingProgress(NOON + 100, NOON + 100)


def test_a_late_event_begins_a_new_period(store: RecordingProgressStore) -> None:
    store.late(NOON - 50)
    assert store.get() is None
    store.in_time(NOON, resumed_before=NOON - 100)
    store.late(NOON + 50)
    assert store.get() == RecordingProgress(NOON, NOON + 50)
    store.in_time(NOON + 60, resumed_before=NOON - 40)
    assert store.get() == RecordingProgress(NOON + 60, NOON + 50)


def test_the_events_queue_counts_waiting_and_dead_events(request: pytest.FixtureRequest) -> None:
    aws = aws_of(request)
    queue, sqs = aws.get(wiring.adapters.events.events_queue), aws.get(wiring.clients.sqs)
    assert (queue.is_empty(), queue.has_dead_letters()) == (True, False)
    sqs.send_message(QueueUrl=SETTINGS.events_queue_url, MessageBody="{}")
    sqs.receive_message(QueueUrl=SETTINGS.events_queue_url)
    assert (queue.is_empty(), queue.has_dead_letters()) == (False, False), "one that is being recorded counts"
    sqs.send_message(QueueUrl=SETTINGS.events_dead_letter_queue_url, MessageBody="{}")
    assert queue.has_dead_letters()
