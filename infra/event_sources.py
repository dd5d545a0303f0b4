"""What starts the functions that no caller waits for: their queues and streams, with an alarm for each that does not keep up."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk.aws_lambda_event_sources import DynamoEventSource, SqsDlq, SqsEventSource
from constructs import Construct

from infra import timeouts
from infra.config import QUEUE_WORKERS
from infra.constructs.alarm import alarm
from infra.constructs.function import Function
from infra.constructs.queue import DeadLetterAlarm, DeadLetterQueue
from infra.schedules import SWEEP_EVERY

SEND_QUEUE_MAX_AGE = Duration.minutes(15)
WAITING_PERIOD = Duration.minutes(30)  # a waiting send is tried every 15 minutes at least: a shorter period has gaps
UNEXPIRED = lambda_.FilterCriteria.filter({"eventName": ["INSERT", "MODIFY"]})  # not the removal of expired items
STREAM_AGE_MAX = Duration.hours(20)  # of a stream's 24: a batch is given up while it can still be read


@dataclass(frozen=True)
class UnreadChanges:
    """The queues of the batches that a stream's reader gave up, by reader. They have positions in a stream of 24 hours, which are worth
    nothing without the readers.
    """

    measure: sqs.Queue
    notify: sqs.Queue
    observe_contacts: sqs.Queue

    @classmethod
    def create(cls, scope: Construct) -> UnreadChanges:
        notify, measure, observe_contacts = (
            DeadLetterQueue(scope, name, RemovalPolicy.DESTROY).queue
            for name in ("Unnotified", "Unmeasured", "Unobserved")
        )
        for queue in (notify, measure, observe_contacts):
            DeadLetterAlarm(queue, "Alarm", queue)
        return cls(measure, notify, observe_contacts)


def feed_deliver(deliver: Function, sends: sqs.Queue, workers: int) -> None:
    _read_queue(deliver, sends, workers=workers)
    alarm(
        deliver,
        "Waiting",
        deliver.metric("SendWaiting", WAITING_PERIOD, cloudwatch.Stats.MAXIMUM),
        above=SEND_QUEUE_MAX_AGE.to_seconds(),
        meaning="A send has waited for more than 15 minutes. Each time, it is a new message of the send queue, whose age does not "
        "show it. SES's quota is used up, or a worker died and record is late: see the logs of deliver and record.",
    )


def feed_broadcast(broadcast: Function, broadcasts: sqs.Queue, workers: int) -> None:
    """Connects a page at a time, with workers of its own: a single send never waits for a broadcast."""
    _read_queue(broadcast, broadcasts, workers=workers, batch_size=1)


def feed_record(record: Function, events: sqs.Queue) -> None:
    record.add_event_source(
        SqsEventSource(
            events,
            batch_size=250,  # each batch is an object in S3, whose write costs as much as 12 requests to SQS
            max_batching_window=timeouts.EVENTS_WINDOW,
            report_batch_item_failures=True,
        )
    )
    alarm(
        record,
        "Unreadable",
        record.metric("EventUnreadable", Duration.minutes(5)),
        above=0,
        meaning="record cannot read an event from SES, so it is not counted. "
        "The event is in the events bucket below unreadable/: look at its shape, and at record's log.",
    )


def feed_measure(measure: Function, sends: dynamodb.TableV2, unread: sqs.Queue, window: Duration) -> None:
    """Connects measure to the stream, in order and without a limit of attempts: a change that cannot be counted blocks its shard.

    So there is no bisecting and there are no parallel batches of a shard: measure counts each shard's changes up to a watermark.
    The dead letter of a batch has its position. The longer the `window` in which a batch is gathered, the fewer writes.
    """
    measure.add_event_source(
        DynamoEventSource(
            sends,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=1000,
            max_batching_window=window,
            tumbling_window=Duration.minutes(1),  # we aggregate nothing in it, but with it the event names the shard
            parallelization_factor=1,
            bisect_batch_on_error=False,
            max_record_age=STREAM_AGE_MAX,
            on_failure=SqsDlq(unread),
        )
    )
    _late_alarm(
        measure,
        meaning="Statistics are more than 15 minutes behind the sends table: measure fails or is too slow. See measure's log.",
    )


def feed_notify(notify: Function, sends: dynamodb.TableV2, unread: sqs.Queue) -> None:
    """Connects notify, the second and last reader that DynamoDB allows a stream. It counts nothing, so a failing batch may be bisected."""
    _read_stream(notify, sends, unread, lambda_.StartingPosition.TRIM_HORIZON)
    _late_alarm(
        notify,
        meaning="Webhooks are more than 15 minutes behind the sends table: notify fails or is too slow. See notify's log.",
    )


def feed_deliver_webhook(deliver_webhook: Function, webhooks: sqs.Queue) -> None:
    _read_queue(deliver_webhook, webhooks, workers=QUEUE_WORKERS)
    alarm(
        deliver_webhook,
        "Paused",
        deliver_webhook.metric("WebhookPaused", Duration.minutes(5)),
        above=0,
        meaning="A webhook is paused, since it failed for a day or answered 410. "
        "The list of webhooks shows which: inform its owner, and activate it again when its receiver works.",
    )


def feed_automate(automate: Function, automations: sqs.Queue, sweep: Function) -> None:
    """Connects the queue of what happened → automate. The sweep sees the runs that are late."""
    _read_queue(automate, automations, workers=QUEUE_WORKERS)
    alarm(
        automate,
        "Late",
        sweep.metric("RunsLate", SWEEP_EVERY, cloudwatch.Stats.MAXIMUM),
        above=0,
        meaning="Runs of automations are late by more than 15 minutes: automate fails, is throttled or is too slow. See its log.",
    )


def feed_observe_contacts(observe_contacts: Function, unread: sqs.Queue, *tables: dynamodb.TableV2) -> None:
    """Connects the changes of contacts and of list members → observe_contacts. A job that is queued twice does nothing twice."""
    for table in tables:
        _read_stream(observe_contacts, table, unread, lambda_.StartingPosition.LATEST)
    _late_alarm(
        observe_contacts,
        meaning="Automations are more than 15 minutes behind the changes of contacts: observe_contacts fails or is too slow. See its log.",
    )


def _read_queue(function: Function, queue: sqs.Queue, *, workers: int, batch_size: int = 10) -> None:
    function.add_event_source(
        SqsEventSource(queue, batch_size=batch_size, report_batch_item_failures=True, max_concurrency=workers)
    )


def _read_stream(
    function: Function, table: dynamodb.TableV2, unread: sqs.Queue, start: lambda_.StartingPosition
) -> None:
    function.add_event_source(
        DynamoEventSource(
            table,
            starting_position=start,
            batch_size=100,
            max_batching_window=Duration.seconds(1),
            bisect_batch_on_error=True,
            max_record_age=STREAM_AGE_MAX,
            on_failure=SqsDlq(unread),
            filters=[UNEXPIRED],
        )
    )


def _late_alarm(function: Function, *, meaning: str) -> None:
    """Creates an alarm for when the reader of a stream is more than 15 minutes behind it."""
    age = function.function.metric("IteratorAge", period=Duration.minutes(5), statistic="Maximum")
    alarm(function, "Late", age, above=Duration.minutes(15).to_milliseconds(), meaning=meaning)
