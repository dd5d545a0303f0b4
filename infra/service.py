"""What runs: queues, functions, and the API. Everything here can be thrown away and made again from the State stack."""

from __future__ import annotations

import json
from typing import Any

from aws_cdk import Aws, CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk.aws_lambda_event_sources import DynamoEventSource, SqsDlq, SqsEventSource
from constructs import Construct

from functions.routes.table import DEFAULT_FUNCTION, ROUTES
from functions.settings import Settings
from functions.steps.tokens.reconcile import RUN_SECONDS
from infra.bundling import lambda_asset, plain_asset
from infra.config import Config
from infra.constructs.alarm import alarm, send_alarms
from infra.constructs.dashboard import Dashboard, DashboardProps
from infra.constructs.function import Function, FunctionProps, metrics_namespace
from infra.constructs.http_api import HttpApi, HttpApiRoutes
from infra.constructs.lint import ignore
from infra.constructs.queue import DeadLetters, Queue, QueueProps
from infra.constructs.reputation import Reputation
from infra.constructs.schedule import Schedule
from infra.permissions import Permissions, Queues
from infra.state import State

# The API gives up after 30 s; a caller should hear from us before that.
HTTP_TIMEOUT = Duration.seconds(20)
DELIVER_TIMEOUT, LOCAL_DELIVER_TIMEOUT = Duration.seconds(60), Duration.seconds(10)  # locally, see a crash mended soon
EVENTS_TIMEOUT = Duration.seconds(60)
MEASURE_TIMEOUT = Duration.seconds(60)
SWEEP_TIMEOUT = Duration.minutes(4)
NOTIFY_TIMEOUT = Duration.seconds(60)
WEBHOOK_TIMEOUT = Duration.seconds(45)  # a receiver has ten, for each of a batch at once, and its name must be found
RECONCILE_TIMEOUT = Duration.minutes(4)  # a caller is gone after 30 seconds, but a change under way is finished
SWEEP_EVERY = Duration.minutes(5)
RECONCILE_EVERY = Duration.seconds(RUN_SECONDS)

LEASE_MARGIN = 15  # seconds; clocks differ, and a function that timed out may still be writing
GRACE_SECONDS, LOCAL_GRACE_SECONDS = 900, 20
MAX_RECEIVES = 8


class Service(Stack):
    """The replaceable stack."""

    def __init__(self, scope: Construct, name: str, config: Config, state: State, **kwargs: Any) -> None:
        super().__init__(scope, name, **kwargs)
        self.config, self.state = config, state

        self.deliver_timeout = LOCAL_DELIVER_TIMEOUT if config.local else DELIVER_TIMEOUT
        self.send_queue = self._make_queue("SendQueue", self.deliver_timeout, late=Duration.minutes(15))
        self.events_queue = self._make_queue("EventsQueue", EVENTS_TIMEOUT, late=Duration.minutes(15))
        self.webhook_queue = self._make_queue("WebhookQueue", WEBHOOK_TIMEOUT, late=Duration.hours(1))
        self.unnotified = DeadLetters(self, "Unnotified").queue
        self.undelivered_events = DeadLetters(self, "UndeliveredEvents").queue
        self.unmeasured = DeadLetters(self, "Unmeasured").queue

        self.http_api = HttpApi(self, "HttpApi", config.name("api"))  # before the functions, which are told its URL
        self.settings = self._make_settings()
        self._code = self._make_code()
        self.functions: dict[str, Function] = {}  # by the names of their Lambda files
        self.single_send = self._make_function("single_send", HTTP_TIMEOUT, memory=512)
        self.api = self._make_function("api", HTTP_TIMEOUT, memory=512)
        self.authorizer = self._make_function("authorizer", Duration.seconds(10), memory=512)
        self.deliver = self._make_function("deliver", self.deliver_timeout, memory=1024)
        self.record = self._make_function("record", EVENTS_TIMEOUT, memory=512)
        self.measure = self._make_function("measure", MEASURE_TIMEOUT, memory=512)

        self.notify = self._make_function("notify", NOTIFY_TIMEOUT, memory=512)
        self.deliver_webhook = self._make_function("deliver_webhook", WEBHOOK_TIMEOUT, memory=512)
        self.sweep = self._make_function("sweep", SWEEP_TIMEOUT, memory=512)
        self.smtp_tokens = self._make_function("smtp_tokens", RECONCILE_TIMEOUT, memory=512)

        self._grant_permissions()
        self._run_sweep()
        self._run_reconciliation()
        self._add_deliver_source()
        self._add_record_source()
        self._add_measure_source()
        self._add_notify_source()
        self._add_deliver_webhook_source()
        self._serve_http()
        self._add_alarms()
        self._add_outputs()
        if config.alarm_email:
            send_alarms(self, config.alarm_email)

    def _grant_permissions(self) -> None:
        queues = Queues(
            send=self.send_queue,
            events=self.events_queue,
            webhook=self.webhook_queue,
            unmeasured=self.unmeasured,
            unnotified=self.unnotified,
        )
        Permissions(self.state, self.settings, queues).grant(self.functions)

    def _make_queue(self, name: str, function_timeout: Duration, *, late: Duration) -> Queue:
        """Its dead letters are the last resort: the function itself gives up, with a reason, two receives earlier."""
        visibility = Duration.seconds(6 * function_timeout.to_seconds())
        return Queue(self, name, QueueProps(visibility=visibility, max_receives=MAX_RECEIVES + 2, max_age=late))

    def _make_settings(self) -> Settings:
        state, config = self.state, self.config
        return Settings(
            stage=config.stage,
            domain=config.domain,
            sends_table=state.sends.table_name,
            emails_table=state.emails.table_name,
            tokens_table=state.tokens.table_name,
            metrics_table=state.metrics.table_name,
            contacts_table=state.contacts.table_name,
            webhooks_table=state.webhooks.table_name,
            audit_table=state.audit.table_name,
            public_url=config.public_url or self.http_api.url,
            payload_bucket=state.payloads.bucket_name,
            events_bucket=state.events.bucket_name,
            send_queue_url=self.send_queue.queue.queue_url,
            dead_letter_queue_url=self.send_queue.dead_letters.queue_url,
            webhook_queue_url=self.webhook_queue.queue.queue_url,
            webhooks_to_localhost=int(config.webhooks_to_localhost),
            event_bridge=int(config.event_bridge),
            transactional_configuration_set=state.sending.transactional_name,
            identity_arn=f"arn:{Aws.PARTITION}:ses:{Aws.REGION}:{Aws.ACCOUNT_ID}:identity/{config.domain}",
            smtp_boundary_arn=state.sending.smtp_boundary.managed_policy_arn,
            marketing_configuration_set=state.sending.marketing_name,
            ip_pool=config.ip_pool,
            retention_days=config.retention_days,
            lease_seconds=int(self.deliver_timeout.to_seconds()) + LEASE_MARGIN,
            grace_seconds=LOCAL_GRACE_SECONDS if config.local else GRACE_SECONDS,
            max_receives=MAX_RECEIVES,
        )

    def _make_code(self) -> lambda_.Code:
        """The folder bears its own fingerprint, which spares CDK another look at its thousands of files."""
        asset = lambda_asset() if self.config.bundle else plain_asset()
        return lambda_.Code.from_asset(str(asset), asset_hash=asset.name)

    def _make_function(self, name: str, timeout: Duration, *, memory: int) -> Function:
        env = self.settings.to_env()
        namespace = metrics_namespace(self.config.stage)
        props = FunctionProps(code=self._code, env=env, timeout=timeout, memory=memory, namespace=namespace)
        function = Function(self, name, props)
        self.functions[name] = function
        return function

    def _add_deliver_source(self) -> None:
        self.deliver.add_event_source(
            SqsEventSource(
                self.send_queue.queue,
                batch_size=10,
                report_batch_item_failures=True,
                max_concurrency=self.config.deliver_concurrency,
            )
        )

    def _add_record_source(self) -> None:
        """SES → topic → queue → record. Raw: the queue holds SES's own JSON, not SNS's envelope around it."""
        self.state.sending.events.add_subscription(
            subscriptions.SqsSubscription(
                self.events_queue.queue, raw_message_delivery=True, dead_letter_queue=self.undelivered_events
            )
        )
        self.record.add_event_source(
            SqsEventSource(
                self.events_queue.queue,
                batch_size=100,  # each batch is an object in S3, which costs as much as 12 requests to SQS
                max_batching_window=Duration.seconds(5),
                report_batch_item_failures=True,
            )
        )
        alarm(
            self.record,
            "Unreadable",
            self.record.metric("EventUnreadable", Duration.minutes(5)),
            above=0,
            meaning="SES told of something that we cannot read: it is kept in the bucket of events, below unreadable/, and counted nowhere.",
        )

    def _add_measure_source(self) -> None:
        """In the order of the stream and without limit of tries: a change that cannot be counted stops its shard, skipped it never is.

        So no bisecting and no parallel batches of a shard: measure counts each shard's changes up to a watermark. After 20 of
        the stream's 24 hours a batch is given up while it can still be read, and the dead letter tells where.
        """
        self.measure.add_event_source(
            DynamoEventSource(
                self.state.sends,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=1000,
                max_batching_window=Duration.seconds(1 if self.config.local else 20),  # the longer, the fewer writes
                tumbling_window=Duration.minutes(1),  # we aggregate nothing in it, but with it Lambda names the shard
                parallelization_factor=1,
                bisect_batch_on_error=False,
                max_record_age=Duration.hours(20),
                on_failure=SqsDlq(self.unmeasured),
            )
        )
        alarm(
            self.measure,
            "Late",
            self.measure.function.metric("IteratorAge", period=Duration.minutes(5), statistic="Maximum"),
            above=Duration.minutes(15).to_milliseconds(),
            meaning="Statistics lag the sends table by more than 15 minutes: measure fails or is too slow.",
        )

    def _add_notify_source(self) -> None:
        """The second and last reader that DynamoDB allows a stream. It keeps no count, so a batch that fails may be cut and come again."""
        self.notify.add_event_source(
            DynamoEventSource(
                self.state.sends,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=100,
                max_batching_window=Duration.seconds(1),
                bisect_batch_on_error=True,
                max_record_age=Duration.hours(20),
                on_failure=SqsDlq(self.unnotified),
                filters=[lambda_.FilterCriteria.filter({"eventName": ["INSERT", "MODIFY"]})],  # not what expired
            )
        )

    def _add_deliver_webhook_source(self) -> None:
        self.deliver_webhook.add_event_source(
            SqsEventSource(self.webhook_queue.queue, batch_size=10, report_batch_item_failures=True, max_concurrency=10)
        )
        alarm(
            self.deliver_webhook,
            "Paused",
            self.deliver_webhook.metric("WebhookPaused", Duration.minutes(5)),
            above=0,
            meaning="A webhook failed for a day, or answered 410, and is paused: GET /staffetta/v1/webhooks tells which.",
        )

    def _run_sweep(self) -> None:
        Schedule(self, "SweepSchedule", self.sweep, SWEEP_EVERY)
        alarm(
            self.sweep,
            "Unexplained",
            self.sweep.metric("Unexplained", SWEEP_EVERY, cloudwatch.Stats.MAXIMUM),
            above=0,
            meaning="Sends that were accepted more than an hour ago have no outcome yet.",
        )
        alarm(
            self.sweep,
            "Failing",
            self.sweep.function.metric_errors(period=SWEEP_EVERY),
            above=0,
            meaning="The sweep fails: what is left of a lost queue message is neither told nor settled.",
        )

    def _run_reconciliation(self) -> None:
        Schedule(self, "ReconciliationSchedule", self.smtp_tokens, RECONCILE_EVERY)
        alarm(
            self.smtp_tokens,
            "Drift",
            self.smtp_tokens.metric("SmtpTokenDrift", RECONCILE_EVERY, cloudwatch.Stats.MAXIMUM),
            above=0,
            meaning="IAM had SMTP users or keys that no token knows (they were ended), or lacks a token's: the log names them.",
        )
        alarm(
            self.smtp_tokens,
            "Failing",
            self.smtp_tokens.function.metric_errors(period=RECONCILE_EVERY),
            above=0,
            meaning="The reconciliation of SMTP tokens fails: what was begun with IAM is neither finished nor ended.",
        )

    def _serve_http(self) -> None:
        self.http_api.serve(
            HttpApiRoutes(
                routes=ROUTES,
                functions={
                    "single_send": self.single_send.function,
                    "smtp_tokens": self.smtp_tokens.function,
                    "api": self.api.function,
                },
                default=DEFAULT_FUNCTION,
                authorizer=self.authorizer.function,
            )
        )

    def _add_alarms(self) -> None:
        """What no alarm above is about, and one page to look at."""
        alarm(
            self.sweep,
            "Stopped",
            self.sweep.metric("SendingStopped", SWEEP_EVERY),
            above=0,
            meaning="An email, or all mail that is not transactional, was paused for its reputation, or SES lets the account send nothing: "
            "see `staffetta sending status`.",
        )
        running = [found for found in self.node.find_all() if isinstance(found, Function)]
        Dashboard(
            self,
            "Dashboard",
            DashboardProps(
                title=self.config.name("overview"),
                functions={function.name: function for function in running},
                queues={
                    "sends": self.send_queue.queue,
                    "events": self.events_queue.queue,
                    "webhooks": self.webhook_queue.queue,
                },
                dead_letters={
                    "sends": self.send_queue.dead_letters,
                    "events": self.events_queue.dead_letters,
                    "webhooks": self.webhook_queue.dead_letters,
                    "not delivered by SNS": self.undelivered_events,
                    "not measured": self.unmeasured,
                    "not notified": self.unnotified,
                },
                tables={"sends": self.state.sends, "metrics": self.state.metrics, "contacts": self.state.contacts},
                api=self.http_api.api,
                reputation=Reputation(self, "Reputation"),
            ),
        )

    def _add_outputs(self) -> None:
        """`Settings` is what the functions were told, for whoever runs our code outside of them: the `staffetta` command."""
        CfnOutput(self, "ApiUrl", value=self.http_api.url)
        ignore(self, "W6001")  # Settings repeats what State exports, so that one output tells it all
        CfnOutput(self, "Settings", value=json.dumps(self.settings.to_env()))
