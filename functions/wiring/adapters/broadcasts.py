"""Settings → the adapters of broadcasts, their pages and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.clients import dynamodb, s3, sqs

if TYPE_CHECKING:
    from functions.adapters.broadcasts.broadcasts import DynamoBroadcastPages, DynamoBroadcasts
    from functions.adapters.broadcasts.dead_letters import SqsBroadcastDeadLetters
    from functions.adapters.broadcasts.files import S3BroadcastFiles
    from functions.adapters.broadcasts.queue import SqsBroadcastQueue
    from functions.wiring.container import Container


def broadcast_store(c: Container) -> DynamoBroadcasts:
    from functions.adapters.broadcasts.broadcasts import DynamoBroadcasts

    return DynamoBroadcasts(c.get(dynamodb), c.settings.audience_table)


def broadcast_pages(c: Container) -> DynamoBroadcastPages:
    from functions.adapters.broadcasts.broadcasts import DynamoBroadcastPages

    return DynamoBroadcastPages(c.get(dynamodb), c.settings.audience_table)


def broadcast_files(c: Container) -> S3BroadcastFiles:
    from functions.adapters.broadcasts.files import S3BroadcastFiles

    return S3BroadcastFiles(lambda: c.get(s3), c.settings.payload_bucket)


def broadcast_queue(c: Container) -> SqsBroadcastQueue:
    from functions.adapters.broadcasts.queue import SqsBroadcastQueue

    return SqsBroadcastQueue(c.get(sqs), c.settings.broadcast_queue_url, c.settings.broadcast_dead_letter_queue_url)


def broadcast_dead_letters(c: Container) -> SqsBroadcastDeadLetters:
    from functions.adapters.broadcasts.dead_letters import SqsBroadcastDeadLetters

    return SqsBroadcastDeadLetters(c.get(sqs), c.get(broadcast_queue), c.settings.broadcast_dead_letter_queue_url)
