"""Every queue: a message that cannot be processed goes to its dead letters, and both have an alarm."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.alarm import alarm
from infra.constructs.lint import acknowledge


@dataclass(frozen=True, kw_only=True)
class QueueProps:
    """`visibility` is 6 times the function's timeout plus the batching window, as Lambda advises, so that no message is received while it
    is being processed.
    """

    visibility: Duration
    max_receives: int  # after which a message goes to the dead letters
    removal_policy: RemovalPolicy


class Queue(Construct):
    """A standard queue with its dead letters. Their alarms are QueueAlarms: they belong to the stack with the function."""

    def __init__(self, scope: Construct, name: str, props: QueueProps) -> None:
        super().__init__(scope, name)
        self.dead_letters = DeadLetterQueue(self, "DeadLetters", props.removal_policy).queue
        self.queue = sqs.Queue(
            self,
            "Queue",
            visibility_timeout=props.visibility,
            retention_period=Duration.days(14),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=props.max_receives),
            removal_policy=props.removal_policy,
        )


class DeadLetterQueue(Construct):
    """Stores messages that could not be processed, for 14 days."""

    def __init__(self, scope: Construct, name: str, removal_policy: RemovalPolicy) -> None:
        super().__init__(scope, name)
        self.queue = sqs.Queue(
            self,
            "Queue",
            retention_period=Duration.days(14),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            removal_policy=removal_policy,
        )
        acknowledge(self.queue, "AwsSolutions-SQS3", "This is a dead-letter queue itself: the end of the line.")


class QueueAlarms(Construct):
    """The alarms of a queue and its dead letters."""

    def __init__(self, scope: Construct, name: str, queue: Queue, max_age: Duration) -> None:
        """`max_age`: an oldest message this old raises the alarm."""
        super().__init__(scope, name)
        alarm(
            self,
            "Late",
            queue.queue.metric_approximate_age_of_oldest_message(period=Duration.minutes(5)),
            above=max_age.to_seconds(),
            meaning=f"The oldest message in {queue.node.path} is older than {max_age.to_minutes():.0f} minutes: "
            "its function fails, is throttled or is too slow. See the function's log and the dashboard.",
        )
        DeadLetterAlarm(self, "DeadLetters", queue.dead_letters)


class DeadLetterAlarm(Construct):
    """The alarm that notifies the operator of dead letters."""

    def __init__(self, scope: Construct, name: str, queue: sqs.IQueue) -> None:
        super().__init__(scope, name)
        alarm(
            self,
            "NotEmpty",
            queue.metric_approximate_number_of_messages_visible(
                period=Duration.minutes(5), statistic=cloudwatch.Stats.MAXIMUM
            ),
            above=0,
            meaning=f"Messages could not be processed and are in {queue.node.path}, for 14 days. "
            "Find the cause in the function's log; `staffetta redrive` re-queues dead letters of sends.",
        )
