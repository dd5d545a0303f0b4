"""The queues of what was accepted and of what SES reported. They outlive the Service stack: without it they store both for 14 days."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import timeouts
from infra.config import Config
from infra.constructs.queue import DeadLetterQueue, Queue, QueueProps
from infra.timeouts import MAX_RECEIVES, NO_WINDOW


class Queues(Construct):
    """The queues of deliver, broadcast, record, deliver_webhook and automate, with their dead letters."""

    def __init__(self, scope: Construct, name: str, config: Config, removal_policy: RemovalPolicy) -> None:
        super().__init__(scope, name)
        self._removal_policy = removal_policy
        self.sends = self._make_queue("Sends", timeouts.deliver(config))
        self.broadcasts = self._make_queue("Broadcasts", timeouts.deliver(config))
        self.events = self._make_queue("Events", timeouts.EVENTS, window=timeouts.EVENTS_WINDOW)
        self.webhooks = self._make_queue("Webhooks", timeouts.WEBHOOK)
        self.automations = self._make_queue("Automations", timeouts.AUTOMATE)
        self.undelivered_events = DeadLetterQueue(self, "UndeliveredEvents", removal_policy).queue

    def subscribe(self, topic: sns.Topic) -> None:
        """Connects SES → topic → queue. Delivery is raw: the queue has SES's own JSON, without SNS's envelope."""
        topic.add_subscription(
            subscriptions.SqsSubscription(
                self.events.queue, raw_message_delivery=True, dead_letter_queue=self.undelivered_events
            )
        )

    def follow_bus(self, sources: Collection[str]) -> None:
        """Connects the account's EventBridge bus → the automations' queue, for the events of some sources. They come as they are."""
        if sources:
            events.Rule(
                self,
                "AutomationEvents",
                event_pattern=events.EventPattern(source=list(sources)),
                targets=[targets.SqsQueue(self.automations.queue)],
            )

    def all(self) -> Iterator[sqs.Queue]:
        for queue in (self.sends, self.broadcasts, self.events, self.webhooks, self.automations):
            yield queue.queue
            yield queue.dead_letters
        yield self.undelivered_events

    def _make_queue(self, name: str, function_timeout: Duration, window: Duration = NO_WINDOW) -> Queue:
        """Creates a queue. Its dead letters are the last resort: the function itself gives up, with a reason, two receives earlier."""
        visibility = Duration.seconds(6 * function_timeout.to_seconds() + window.to_seconds())
        props = QueueProps(visibility=visibility, max_receives=MAX_RECEIVES + 2, removal_policy=self._removal_policy)
        return Queue(self, name, props)
