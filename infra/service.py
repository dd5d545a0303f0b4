"""The running parts: functions and the API. All of it can be deleted and created again from the State stack, which has the queues."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

from aws_cdk import Annotations, Aws, CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_lambda_event_sources import DynamoEventSource, SqsDlq, SqsEventSource
from constructs import Construct

from functions.core.tokens.smtp_settings import PORTS, SmtpEndpoint
from functions.pages.cookies import CONSOLE
from functions.routes.table import DEFAULT_FUNCTION, ROUTES
from functions.settings import NO_DNS, NO_HOST, NO_MAILBOX, SYSTEM_DNS, Settings
from functions.steps.tokens.reconcile import RUN_SECONDS
from infra import timeouts
from infra.asset.bundling import lambda_asset, plain_asset
from infra.config import QUEUE_WORKERS, Config
from infra.constructs.alarm import alarm, missing_alarm, send_alarms
from infra.constructs.dashboard import Dashboard, DashboardProps
from infra.constructs.function import Function, FunctionProps, metrics_namespace
from infra.constructs.http_api import HttpApi, HttpApiRoutes
from infra.constructs.lint import ignore
from infra.constructs.queue import DeadLetterAlarm, DeadLetterQueue, QueueAlarms
from infra.constructs.reputation import ReputationAlarms
from infra.constructs.schedule import FunctionSchedule
from infra.permissions.resources import StageResources, UnreadChanges
from infra.permissions.roles import grant_permissions
from infra.state import StateStack

# API Gateway times out after 30 s; our own response must come before that.
HTTP_TIMEOUT = Duration.seconds(20)
SEND_QUEUE_MAX_AGE = Duration.minutes(15)
BROADCAST_QUEUE_MAX_AGE = Duration.days(2)  # the pages of a large broadcast wait for SES's rate
WAITING_PERIOD = Duration.minutes(30)  # a waiting send is tried every 15 minutes at least: a shorter period has gaps
MEASURE_TIMEOUT = Duration.seconds(60)
SWEEP_TIMEOUT = Duration.minutes(4)
NOTIFY_TIMEOUT = Duration.seconds(60)
RECONCILE_TIMEOUT = Duration.minutes(4)  # a caller's request ends after 30 seconds, but a started change is finished
SWEEP_EVERY = Duration.minutes(5)
RECONCILE_EVERY = Duration.seconds(RUN_SECONDS)

UNEXPIRED = lambda_.FilterCriteria.filter({"eventName": ["INSERT", "MODIFY"]})  # not the removal of expired items
LEASE_MARGIN = 15  # seconds; clocks differ, and a function that timed out may still be writing
GRACE_SECONDS, LOCAL_GRACE_SECONDS = 900, 20


class ServiceStack(Stack):
    """The replaceable stack."""

    def __init__(self, scope: Construct, name: str, config: Config, state: StateStack, **kwargs: Any) -> None:
        super().__init__(scope, name, **kwargs)
        self.config, self.state = config, state

        self.queues = state.queues
        self.deliver_timeout = timeouts.deliver(config)
        # Positions in a stream that has 24 hours only: they are worth nothing without this stack's readers.
        self.unnotified = DeadLetterQueue(self, "Unnotified", RemovalPolicy.DESTROY).queue
        self.unmeasured = DeadLetterQueue(self, "Unmeasured", RemovalPolicy.DESTROY).queue
        self.unobserved = DeadLetterQueue(self, "Unobserved", RemovalPolicy.DESTROY).queue
        self._watch_queues()

        throttle = apigw.ThrottleSettings(rate_limit=config.api_rate, burst_limit=config.api_burst)
        # before the functions, whose settings have its URL
        self.http_api = HttpApi(self, "HttpApi", config.name("api"), throttle)
        if config.api_host:
            self.http_api.map_host(config.api_host)
        self.settings = self._make_settings()
        self._code = self._make_code()
        self.functions: dict[str, Function] = {}  # by the names of their Lambda files
        self.single_send = self._make_function("single_send", HTTP_TIMEOUT, memory=512)
        self.api = self._make_function("api", HTTP_TIMEOUT, memory=512)
        self.deliver = self._make_function("deliver", self.deliver_timeout, memory=1024)
        self.broadcast = self._make_function("broadcast", self.deliver_timeout, memory=1024)
        self.record = self._make_function("record", timeouts.EVENTS, memory=512)
        self.measure = self._make_function("measure", MEASURE_TIMEOUT, memory=512)
        self.notify = self._make_function("notify", NOTIFY_TIMEOUT, memory=512)
        self.deliver_webhook = self._make_function("deliver_webhook", timeouts.WEBHOOK, memory=512)
        self.automate = self._make_function("automate", timeouts.AUTOMATE, memory=512)
        self.observe_contacts = self._make_function("observe_contacts", NOTIFY_TIMEOUT, memory=512)
        self.sweep = self._make_function("sweep", SWEEP_TIMEOUT, memory=512)
        self.smtp_tokens = self._make_function(
            "smtp_tokens", RECONCILE_TIMEOUT, memory=512, fixed_name=self.settings.smtp_tokens_function
        )
        self.console = self._make_function("console", HTTP_TIMEOUT, memory=1024)

        self._grant_permissions()
        self._run_sweep()
        self._run_reconciliation()
        self._add_deliver_source()
        self._add_broadcast_source()
        self._add_record_source()
        self._add_measure_source()
        self._add_notify_source()
        self._add_deliver_webhook_source()
        self._add_automate_source()
        self._add_observe_sources()
        self._serve_http()
        self._add_alarms()
        self._add_outputs()
        if config.alarm_email:
            send_alarms(self, config.alarm_email)
        elif not config.local:
            Annotations.of(self).add_warning_v2(
                "staffetta:alarmEmail",
                "No one gets the alarms. Give an address: -c staffetta:alarmEmail=oncall@acme.com. "
                "AWS mails it a link that must be confirmed.",
            )

    def _grant_permissions(self) -> None:
        unread = UnreadChanges(measure=self.unmeasured, notify=self.unnotified, observe_contacts=self.unobserved)
        grant_permissions(self.functions, StageResources(self.state, self.settings, unread))

    def _watch_queues(self) -> None:
        QueueAlarms(self, "SendQueue", self.queues.sends, SEND_QUEUE_MAX_AGE)
        QueueAlarms(self, "BroadcastQueue", self.queues.broadcasts, BROADCAST_QUEUE_MAX_AGE)
        # An unknown outcome is sent again after the grace period without an event: so the alarm comes well before.
        QueueAlarms(self, "EventsQueue", self.queues.events, Duration.minutes(5))
        QueueAlarms(self, "WebhookQueue", self.queues.webhooks, Duration.hours(1))
        QueueAlarms(self, "AutomationQueue", self.queues.automations, Duration.minutes(30))
        DeadLetterAlarm(self, "UndeliveredEvents", self.queues.undelivered_events)
        for queue in (self.unnotified, self.unmeasured, self.unobserved):
            DeadLetterAlarm(queue, "Alarm", queue)

    def _make_settings(self) -> Settings:
        state, config = self.state, self.config
        return Settings(
            stage=config.stage,
            partition=Aws.PARTITION,
            region=Aws.REGION,
            account_id=Aws.ACCOUNT_ID,
            domain=config.domain,
            sends_table=state.sends.table_name,
            content_table=state.content.table_name,
            emails_table=state.emails.table_name,
            tokens_table=state.tokens.table_name,
            metrics_table=state.metrics.table_name,
            contacts_table=state.contacts.table_name,
            audience_table=state.audience.table_name,
            automations_table=state.automations.table_name,
            webhooks_table=state.webhooks.table_name,
            audit_table=state.audit.table_name,
            access_table=state.access.table_name,
            user_pool=state.users.pool_id,
            user_pool_client=state.users.client_id,
            public_url=config.public_url or (f"https://{config.api_host}" if config.api_host else self.http_api.url),
            payload_bucket=state.payloads.bucket_name,
            events_bucket=state.events.bucket_name,
            images_url=self._images_url(),
            send_queue=self.queues.sends.queue.queue_name,
            dead_letter_queue=self.queues.sends.dead_letters.queue_name,
            broadcast_queue=self.queues.broadcasts.queue.queue_name,
            broadcast_dead_letter_queue=self.queues.broadcasts.dead_letters.queue_name,
            events_queue=self.queues.events.queue.queue_name,
            events_dead_letter_queue=self.queues.events.dead_letters.queue_name,
            webhook_queue=self.queues.webhooks.queue.queue_name,
            automation_queue=self.queues.automations.queue.queue_name,
            unnotified_queue=self.unnotified.queue_name,
            webhooks_to_localhost=int(config.webhooks_to_localhost),
            event_bridge=int(config.event_bridge),
            smtp_boundary_arn=state.sending.smtp_boundary.managed_policy_arn,
            tracking_host=config.tracking_host or NO_HOST,
            smtp_server=config.smtp_server or str(SmtpEndpoint(f"email-smtp.{Aws.REGION}.{Aws.URL_SUFFIX}", *PORTS)),
            mailbox_url=config.mailbox_url or NO_MAILBOX,
            dns_server=NO_DNS if config.local else SYSTEM_DNS,
            ip_pool=config.ip_pool,
            retention_days=config.retention_days,
            content_days=config.content_days,
            lease_seconds=int(self.deliver_timeout.to_seconds()) + LEASE_MARGIN,
            grace_seconds=LOCAL_GRACE_SECONDS if config.local else GRACE_SECONDS,
            max_receives=timeouts.MAX_RECEIVES,
        )

    def _images_url(self) -> str:
        if self.config.images_host:
            return f"https://{self.config.images_host}"
        if cdn := self.state.image_cdn:
            return f"https://{cdn.distribution_domain_name}"
        return self.config.public_url or self.http_api.url if self.config.local else NO_HOST

    def _make_code(self) -> lambda_.Code:
        """Returns the functions' code. The folder's name is its fingerprint, so CDK need not hash its thousands of files."""
        asset = lambda_asset() if self.config.bundle else plain_asset()
        return lambda_.Code.from_asset(str(asset), asset_hash=asset.name)

    def _make_function(self, name: str, timeout: Duration, *, memory: int, fixed_name: str | None = None) -> Function:
        env = self.settings.to_env()
        namespace = metrics_namespace(self.config.stage)
        props = FunctionProps(
            code=self._code, env=env, timeout=timeout, memory=memory, namespace=namespace, fixed_name=fixed_name
        )
        function = Function(self, name, props)
        self.functions[name] = function
        return function

    def _add_deliver_source(self) -> None:
        self.deliver.add_event_source(
            SqsEventSource(
                self.queues.sends.queue,
                batch_size=10,
                report_batch_item_failures=True,
                max_concurrency=self.config.deliver_concurrency,
            )
        )
        alarm(
            self.deliver,
            "Waiting",
            self.deliver.metric("SendWaiting", WAITING_PERIOD, cloudwatch.Stats.MAXIMUM),
            above=SEND_QUEUE_MAX_AGE.to_seconds(),
            meaning="A send has waited for more than 15 minutes. Each time, it is a new message of the send queue, whose age does not "
            "show it. SES's quota is used up, or a worker died and record is late: see the logs of deliver and record.",
        )

    def _add_broadcast_source(self) -> None:
        """Connects a page at a time, with workers of its own: a single send never waits for a broadcast."""
        self.broadcast.add_event_source(
            SqsEventSource(
                self.queues.broadcasts.queue,
                batch_size=1,
                report_batch_item_failures=True,
                max_concurrency=self.config.deliver_concurrency,
            )
        )

    def _add_record_source(self) -> None:
        self.record.add_event_source(
            SqsEventSource(
                self.queues.events.queue,
                batch_size=250,  # each batch is an object in S3, whose write costs as much as 12 requests to SQS
                max_batching_window=timeouts.EVENTS_WINDOW,
                report_batch_item_failures=True,
            )
        )
        alarm(
            self.record,
            "Unreadable",
            self.record.metric("EventUnreadable", Duration.minutes(5)),
            above=0,
            meaning="record cannot read an event from SES, so it is not counted. "
            "The event is in the events bucket below unreadable/: look at its shape, and at record's log.",
        )

    def _add_measure_source(self) -> None:
        """Connects measure to the stream, in order and without a limit of attempts: a change that cannot be counted blocks its shard.

        So there is no bisecting and there are no parallel batches of a shard: measure counts each shard's changes up to a watermark.
        After 20 of the stream's 24 hours a batch is given up while it can still be read, and the dead letter has its position.
        """
        self.measure.add_event_source(
            DynamoEventSource(
                self.state.sends,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=1000,
                max_batching_window=Duration.seconds(1 if self.config.local else 20),  # the longer, the fewer writes
                tumbling_window=Duration.minutes(
                    1
                ),  # we aggregate nothing in it, but with it the event names the shard
                parallelization_factor=1,
                bisect_batch_on_error=False,
                max_record_age=Duration.hours(20),
                on_failure=SqsDlq(self.unmeasured),
            )
        )
        _late_alarm(
            self.measure,
            meaning="Statistics are more than 15 minutes behind the sends table: measure fails or is too slow. See measure's log.",
        )

    def _add_notify_source(self) -> None:
        """Connects notify, the second and last reader that DynamoDB allows a stream. It counts nothing, so a failing batch may be bisected."""
        self.notify.add_event_source(
            DynamoEventSource(
                self.state.sends,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=100,
                max_batching_window=Duration.seconds(1),
                bisect_batch_on_error=True,
                max_record_age=Duration.hours(20),
                on_failure=SqsDlq(self.unnotified),
                filters=[UNEXPIRED],
            )
        )
        _late_alarm(
            self.notify,
            meaning="Webhooks are more than 15 minutes behind the sends table: notify fails or is too slow. See notify's log.",
        )

    def _add_deliver_webhook_source(self) -> None:
        self.deliver_webhook.add_event_source(
            SqsEventSource(
                self.queues.webhooks.queue,
                batch_size=10,
                report_batch_item_failures=True,
                max_concurrency=QUEUE_WORKERS,
            )
        )
        alarm(
            self.deliver_webhook,
            "Paused",
            self.deliver_webhook.metric("WebhookPaused", Duration.minutes(5)),
            above=0,
            meaning="A webhook is paused, since it failed for a day or answered 410. "
            "The list of webhooks shows which: inform its owner, and activate it again when its receiver works.",
        )

    def _add_automate_source(self) -> None:
        """Connects the queue of what happened → automate."""
        self.automate.add_event_source(
            SqsEventSource(
                self.queues.automations.queue,
                batch_size=10,
                report_batch_item_failures=True,
                max_concurrency=QUEUE_WORKERS,
            )
        )
        alarm(
            self.automate,
            "Late",
            self.sweep.metric("RunsLate", SWEEP_EVERY, cloudwatch.Stats.MAXIMUM),
            above=0,
            meaning="Runs of automations are late by more than 15 minutes: automate fails, is throttled or is too slow. See its log.",
        )

    def _add_observe_sources(self) -> None:
        """Connects the changes of contacts and of list members → observe_contacts. A job that is queued twice does nothing twice."""
        for table in (self.state.contacts, self.state.audience):
            self.observe_contacts.add_event_source(
                DynamoEventSource(
                    table,
                    starting_position=lambda_.StartingPosition.LATEST,
                    batch_size=100,
                    max_batching_window=Duration.seconds(1),
                    bisect_batch_on_error=True,
                    max_record_age=Duration.hours(20),
                    on_failure=SqsDlq(self.unobserved),
                    filters=[UNEXPIRED],
                )
            )
        _late_alarm(
            self.observe_contacts,
            meaning="Automations are more than 15 minutes behind the changes of contacts: observe_contacts fails or is too slow. See its log.",
        )

    def _run_sweep(self) -> None:
        FunctionSchedule(self, "SweepSchedule", self.sweep, SWEEP_EVERY)
        alarm(
            self.sweep,
            "Unexplained",
            self.sweep.metric("Unexplained", SWEEP_EVERY, cloudwatch.Stats.MAXIMUM),
            above=0,
            meaning="Sends that were accepted more than an hour ago have no outcome yet. "
            "The sweep settles or retries them; see the logs of deliver and record, and the dead letters, for the cause.",
        )
        alarm(
            self.sweep,
            "Failing",
            self.sweep.function.metric_errors(period=SWEEP_EVERY),
            above=0,
            meaning="The sweep is failing: stuck sends are not detected or settled, and scheduled sends are not queued. See its log.",
        )

        alarm(
            self.sweep,
            "DomainDrift",
            self.sweep.metric("DomainDrift", SWEEP_EVERY, cloudwatch.Stats.MAXIMUM),
            above=0,
            meaning="A domain that was verified is not as it was: a DNS record has changed, or SES no longer sends as it. "
            "`staffetta domains check` shows what, and what to do.",
        )

        missing_alarm(
            self.sweep,
            "NotRunning",
            self.sweep.function.metric_invocations(period=SWEEP_EVERY),
            periods=3,
            meaning="The sweep has not run for 15 minutes: nothing detects stuck sends, and scheduled sends are not queued. "
            "See whether its schedule is enabled, and whether Lambda throttles.",
        )

    def _run_reconciliation(self) -> None:
        FunctionSchedule(self, "ReconciliationSchedule", self.smtp_tokens, RECONCILE_EVERY)
        alarm(
            self.smtp_tokens,
            "Drift",
            self.smtp_tokens.metric("SmtpTokenDrift", RECONCILE_EVERY, cloudwatch.Stats.MAXIMUM),
            above=0,
            meaning="IAM and the SMTP tokens differ: a user or key without a token (deleted now), a permission for another domain or set "
            "(repaired now), or a token without its key. "
            "The log of smtp_tokens names them: reset the password of a token without a key.",
        )
        alarm(
            self.smtp_tokens,
            "Failing",
            self.smtp_tokens.function.metric_errors(period=RECONCILE_EVERY),
            above=0,
            meaning="The reconciliation of SMTP tokens is failing: interrupted changes in IAM are neither finished nor rolled back. "
            "See the log of smtp_tokens.",
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
                console=self.console.function,
            )
        )

    def _add_alarms(self) -> None:
        """Adds the alarm of paused sending, and the dashboard."""
        alarm(
            self.sweep,
            "Stopped",
            self.sweep.metric("SendingStopped", SWEEP_EVERY),
            above=0,
            meaning="Sending is stopped: an email or all marketing mail was paused for its reputation, or SES stopped the account. "
            "`staffetta sending status` shows which.",
        )
        running = [construct for construct in self.node.find_all() if isinstance(construct, Function)]
        Dashboard(
            self,
            "Dashboard",
            DashboardProps(
                title=f"{self.config.name('overview')}-{Aws.REGION}",  # dashboards of all regions share their names
                functions={function.name: function for function in running},
                queues={
                    "sends": self.queues.sends.queue,
                    "broadcasts": self.queues.broadcasts.queue,
                    "events": self.queues.events.queue,
                    "webhooks": self.queues.webhooks.queue,
                    "automations": self.queues.automations.queue,
                },
                dead_letters={
                    "sends": self.queues.sends.dead_letters,
                    "broadcasts": self.queues.broadcasts.dead_letters,
                    "events": self.queues.events.dead_letters,
                    "webhooks": self.queues.webhooks.dead_letters,
                    "automations": self.queues.automations.dead_letters,
                    "not delivered by SNS": self.queues.undelivered_events,
                    "not measured": self.unmeasured,
                    "not notified": self.unnotified,
                    "not observed": self.unobserved,
                },
                tables={"sends": self.state.sends},
                api=self.http_api.api,
                reputation=ReputationAlarms(self, "Reputation"),
            ),
        )

    def _add_outputs(self) -> None:
        """Adds the outputs. `Settings` has the functions' settings, for the `staffetta` command, which runs our code elsewhere."""
        CfnOutput(self, "ApiUrl", value=self.settings.public_url if self.config.api_host else self.http_api.url)
        CfnOutput(self, "Version", value=version("staffetta"))
        CfnOutput(self, "SharedDelivery", value=self.config.shared_delivery)
        CfnOutput(self, "ConsoleUrl", value=f"{self.settings.public_url}{CONSOLE}")
        ignore(self, "W6001")  # Settings repeats State's exports, so that one output has all
        CfnOutput(self, "Settings", value=json.dumps(self.settings.to_env()))


def _late_alarm(function: Function, *, meaning: str) -> None:
    """Creates an alarm for when the reader of a stream is more than 15 minutes behind it."""
    age = function.function.metric("IteratorAge", period=Duration.minutes(5), statistic="Maximum")
    alarm(function, "Late", age, above=Duration.minutes(15).to_milliseconds(), meaning=meaning)
