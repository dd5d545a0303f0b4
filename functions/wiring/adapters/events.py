"""Settings → the adapters of SES's events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.clients import dynamodb, put_event_object, s3, sqs

if TYPE_CHECKING:
    from functions.adapters.events.archive import S3EventArchive
    from functions.adapters.events.events_queue import SqsEventsQueue
    from functions.adapters.events.recording_progress import DynamoRecordingProgress
    from functions.wiring.container import Container


def event_archive(c: Container) -> S3EventArchive:
    from functions.adapters.events.archive import S3EventArchive

    return S3EventArchive(lambda: c.get(s3), c.settings.events_bucket, put_event_object(c))


def events_queue(c: Container) -> SqsEventsQueue:
    from functions.adapters.events.events_queue import SqsEventsQueue

    return SqsEventsQueue(c.get(sqs), c.settings.events_queue_url, c.settings.events_dead_letter_queue_url)


def recording_progress(c: Container) -> DynamoRecordingProgress:
    from functions.adapters.events.recording_progress import DynamoRecordingProgress

    return DynamoRecordingProgress(c.get(dynamodb), c.settings.metrics_table)
