"""Settings → the adapters of sends and their queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.clients import dynamodb, s3, sesv2, sqs

if TYPE_CHECKING:
    from functions.adapters.sending.due_watermark import DynamoDueWatermark
    from functions.adapters.sending.listings import DynamoListings
    from functions.adapters.sending.mailer import SesMailer
    from functions.adapters.sending.message_index import DynamoMessageIndex
    from functions.adapters.sending.send_queue import SqsSendQueue
    from functions.adapters.sending.sends import DynamoSends
    from functions.adapters.sending.sent_contents import DynamoSentContents
    from functions.adapters.sending.uploads import S3Uploads
    from functions.wiring.container import Container


def sends(c: Container) -> DynamoSends:
    from functions.adapters.sending.sends import DynamoSends

    return DynamoSends(c.get(dynamodb), c.settings.sends_table, c.settings.retention_days)


def send_queue(c: Container) -> SqsSendQueue:
    from functions.adapters.sending.send_queue import SqsSendQueue

    return SqsSendQueue(
        sqs=c.get(sqs),
        s3=lambda: c.get(s3),
        queue_url=c.settings.send_queue_url,
        dead_letter_queue_url=c.settings.dead_letter_queue_url,
        bucket=c.settings.payload_bucket,
    )


def uploads(c: Container) -> S3Uploads:
    from functions.adapters.sending.uploads import S3Uploads

    return S3Uploads(lambda: c.get(s3), c.settings.payload_bucket)


def mailer(c: Container) -> SesMailer:
    from functions.adapters.sending.mailer import SesMailer

    return SesMailer(c.get(sesv2), c.settings.transactional_configuration_set, c.settings.marketing_configuration_set)


def sent_contents(c: Container) -> DynamoSentContents:
    from functions.adapters.sending.sent_contents import DynamoSentContents

    return DynamoSentContents(c.get(dynamodb), c.settings.content_table)


def message_index(c: Container) -> DynamoMessageIndex:
    from functions.adapters.sending.message_index import DynamoMessageIndex

    return DynamoMessageIndex(c.get(dynamodb), c.settings.sends_table, c.get(listings))


def listings(c: Container) -> DynamoListings:
    from functions.adapters.sending.listings import DynamoListings

    return DynamoListings(c.get(dynamodb), c.settings.metrics_table, c.settings.retention_days)


def due_watermark(c: Container) -> DynamoDueWatermark:
    from functions.adapters.sending.due_watermark import DynamoDueWatermark

    return DynamoDueWatermark(c.get(dynamodb), c.settings.metrics_table)
