"""What runs: queues, functions, and the API. Everything here can be thrown away and made again from the State stack.

`_grant_rights` is the single page about who may do what.
"""

from __future__ import annotations

import json
from typing import Any

from aws_cdk import Aws, CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk.aws_lambda_event_sources import DynamoEventSource, SqsDlq, SqsEventSource
from constructs import Construct

from functions.adapters import keys
from functions.ports import Shelf
from functions.routes.table import DEFAULT_FUNCTION, ROUTES
from functions.settings import Settings
from functions.steps.reconcile_tokens import RUN_SECONDS
from infra.bundling import lambda_asset, plain_asset
from infra.config import Config
from infra.constructs.alarm import alarm, send_alarms
from infra.constructs.dashboard import Dashboard, DashboardProps
from infra.constructs.function import Function, FunctionProps, metrics_namespace
from infra.constructs.http_api import HttpApi, HttpServing
from infra.constructs.lint import acknowledge_wildcard, ignore
from infra.constructs.queue import DeadLetters, Queue, QueueProps
from infra.constructs.reputation import Reputation
from infra.constructs.schedule import Schedule
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

CONSUME = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
READ_STREAM = [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",  # Lambda makes no mapping for a role without it
]


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

        self._grant_rights()
        self._grant_smtp_tokens()
        self._grant_erasure()
        self._grant_webhooks()
        self._grant_pausing()
        self._run_sweep()
        self._run_reconciliation()
        self._feed_deliver()
        self._feed_record()
        self._feed_measure()
        self._feed_notify()
        self._feed_deliver_webhook()
        self._serve_http()
        self._watch()
        self._tell_outputs()
        if config.alarm_email:
            send_alarms(self, config.alarm_email)

    def _make_queue(self, name: str, function_timeout: Duration, *, late: Duration) -> Queue:
        """Its dead letters are the last resort: the function itself gives up, with a reason, two receives earlier."""
        visibility = Duration.seconds(6 * function_timeout.to_seconds())
        return Queue(self, name, QueueProps(visibility=visibility, max_receives=MAX_RECEIVES + 2, late=late))

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
        return Function(self, name, props)

    def _grant_rights(self) -> None:
        """Exact actions on exact resources; beside these every function may write to its own log group."""
        sends, emails = self.state.sends.table_arn, self.state.emails.table_arn
        tokens, metrics = self.state.tokens.table_arn, self.state.metrics.table_arn
        contacts = self.state.contacts.table_arn
        payloads = f"{self.state.export_value(self.state.payloads.bucket_arn)}/{keys.PAYLOAD_PREFIX}*"
        send_queue, dead_letters = self.send_queue.queue.queue_arn, self.send_queue.dead_letters.queue_arn

        for accepting in (self.single_send, self.api):  # api: another spelling of a send's path has no route of its own
            accepting.allow(["dynamodb:GetItem"], emails)
            accepting.allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"], sends)
            accepting.allow(["dynamodb:UpdateItem"], sends)
            accepting.allow(["sqs:SendMessage"], send_queue)
            accepting.allow(["s3:PutObject"], payloads)
            accepting.allow(["dynamodb:GetItem"], contacts)
        self.api.allow(["dynamodb:Query"], metrics)
        self.api.allow(["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:DeleteItem"], emails)
        self.api.allow(["dynamodb:Query"], f"{emails}/index/{keys.LISTED.name}")
        self.api.allow(["dynamodb:PutItem"], contacts)
        self.api.allow(["ses:GetSuppressedDestination", "ses:DeleteSuppressedDestination"], "*")
        acknowledge_wildcard(self.api.role, "*", "The suppression list is the account's: IAM knows no resource for its entries.")
        self.api.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Scan"], tokens)
        self.authorizer.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], tokens)

        self.deliver.allow(["dynamodb:GetItem"], emails)
        self.deliver.allow(["dynamodb:GetItem", "dynamodb:PutItem"], contacts)
        self.deliver.allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"], sends)
        self.deliver.allow(["s3:GetObject", "s3:PutObject"], payloads)
        self.deliver.allow(["ses:SendEmail", "ses:SendRawEmail"], *self._ses_arns())
        self.deliver.allow([*CONSUME, "sqs:ChangeMessageVisibility", "sqs:SendMessage"], send_queue)
        self.deliver.allow(["sqs:SendMessage"], dead_letters)

        events = f"{self.state.export_value(self.state.events.bucket_arn)}/*"
        self.record.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], sends)
        self.record.allow(["dynamodb:GetItem", "dynamodb:PutItem"], self.state.contacts.table_arn)
        self.record.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], tokens)
        self.record.allow(["s3:PutObject"], events)
        acknowledge_wildcard(self.record.role, events, "All of the bucket is record's to write: an object for each batch.")
        self.record.allow(CONSUME, self.events_queue.queue.queue_arn)

        self.measure.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], metrics)
        self.measure.allow(READ_STREAM, self._stream_arn())
        self.measure.allow(["sqs:SendMessage"], self.unmeasured.queue_arn)

        by_email = f"{sends}/index/{keys.BY_EMAIL.name}"
        self.api.allow(["dynamodb:Query"], by_email, f"{sends}/index/{keys.BY_ADDRESS.name}")
        self.api.allow(["dynamodb:BatchGetItem"], sends)
        self.deliver.allow(["dynamodb:GetItem", "dynamodb:PutItem"], metrics)  # the governor's item
        self.record.allow(["dynamodb:UpdateItem"], metrics)
        self.sweep.allow(["dynamodb:GetItem", "dynamodb:PutItem"], metrics)
        self.sweep.allow(["ses:GetAccount"], "*")
        acknowledge_wildcard(self.sweep.role, "*", "GetAccount is about the account: IAM knows no resource for it.")
        by_due = f"{sends}/index/{keys.BY_DUE.name}"
        self.sweep.allow(["dynamodb:Query"], metrics, by_email, by_due)
        self.sweep.allow(["dynamodb:BatchGetItem", "dynamodb:UpdateItem"], sends)
        self.sweep.allow(["sqs:GetQueueAttributes", "sqs:SendMessage"], send_queue)

        for function in (self.single_send, self.api, self.deliver, self.sweep):
            acknowledge_wildcard(function.role, payloads, "A payload's key is its send's id: any below the prefix.")

    def _grant_erasure(self) -> None:
        """Asking is the API's, the work is the sweeper's: whoever gets into the API deletes nothing. The audit log is only ever added to."""
        sends, contacts, audit = (one.table_arn for one in (self.state.sends, self.state.contacts, self.state.audit))
        archive = self.state.export_value(self.state.events.bucket_arn)
        events = f"{archive}/{keys.events_prefix(Shelf.EVENTS)}*"
        payloads = f"{self.state.export_value(self.state.payloads.bucket_arn)}/{keys.PAYLOAD_PREFIX}*"
        self.api.allow(["dynamodb:UpdateItem"], contacts)
        self.api.allow(["dynamodb:PutItem", "dynamodb:Query"], audit)
        self.smtp_tokens.allow(["dynamodb:PutItem"], audit)
        self.sweep.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], contacts)
        self.sweep.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], sends)
        self.sweep.allow(["dynamodb:Query"], f"{sends}/index/{keys.BY_ADDRESS.name}")
        self.sweep.allow(["dynamodb:PutItem"], audit)
        self.sweep.allow(["s3:DeleteObject"], payloads)
        self.sweep.allow(["s3:ListBucket"], archive)
        self.sweep.allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], events)
        acknowledge_wildcard(self.sweep.role, events, "A person's events may be in any batch of the archive.")

    def _grant_smtp_tokens(self) -> None:
        """The one function that may touch IAM: users on this stage's own path, and none without the boundary."""
        tokens, emails = self.state.tokens.table_arn, self.state.emails.table_arn
        path = f"/staffetta/smtp/{Aws.REGION}/{self.config.stage}/*"
        users = f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:user{path}"
        bounded = {"StringEquals": {"iam:PermissionsBoundary": self.settings.smtp_boundary_arn}}
        self.smtp_tokens.allow(["iam:CreateUser", "iam:PutUserPolicy"], users, when=bounded)
        self.smtp_tokens.allow(["iam:DeleteUserPolicy", "iam:DeleteUser"], users)
        self.smtp_tokens.allow(["iam:CreateAccessKey", "iam:ListAccessKeys"], users)
        self.smtp_tokens.allow(["iam:UpdateAccessKey", "iam:DeleteAccessKey"], users)
        self.smtp_tokens.allow(["iam:ListUsers"], "*")
        self.smtp_tokens.allow(["dynamodb:GetItem", "dynamodb:PutItem"], tokens, emails)
        self.smtp_tokens.allow(["dynamodb:UpdateItem", "dynamodb:Scan"], tokens)
        self.smtp_tokens.allow(["dynamodb:Query"], self.state.metrics.table_arn)
        acknowledge_wildcard(self.smtp_tokens.role, users, "A token's user is named by its campaign id: any on our path.")
        acknowledge_wildcard(self.smtp_tokens.role, "*", "IAM knows no resource for the listing of users.")

    def _grant_webhooks(self) -> None:
        """Who makes a secret cannot read it, and who reads it to sign cannot make one."""
        sends, metrics, webhooks = (t.table_arn for t in (self.state.sends, self.state.metrics, self.state.webhooks))
        queue = self.webhook_queue.queue.queue_arn
        parameters = f"parameter{self.settings.webhook_secrets_prefix}*"
        secrets = f"arn:{Aws.PARTITION}:ssm:{Aws.REGION}:{Aws.ACCOUNT_ID}:{parameters}"

        self.api.allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"], webhooks)
        self.api.allow(["ssm:PutParameter", "ssm:DeleteParameter"], secrets)
        self.api.allow(["sqs:SendMessage"], queue)
        self.notify.allow(READ_STREAM, self._stream_arn())
        self.notify.allow(["dynamodb:Query"], webhooks)
        self.notify.allow(["sqs:SendMessage"], queue, self.unnotified.queue_arn)
        if self.config.event_bridge:
            bus = f"arn:{Aws.PARTITION}:events:{Aws.REGION}:{Aws.ACCOUNT_ID}:event-bus/default"
            self.notify.allow(["events:PutEvents"], bus)
        self.deliver_webhook.allow([*CONSUME, "sqs:SendMessage"], queue)
        self.deliver_webhook.allow(["ssm:GetParameter"], secrets)
        self.deliver_webhook.allow(["dynamodb:GetItem", "dynamodb:PutItem"], webhooks)
        self.deliver_webhook.allow(["dynamodb:Query"], metrics, f"{sends}/index/{keys.BY_EMAIL.name}")  # replays
        self.deliver_webhook.allow(["dynamodb:BatchGetItem"], sends)
        for function in (self.api, self.deliver_webhook):
            acknowledge_wildcard(function.role, secrets, "A secret's parameter is named by its webhook's id: any on our path.")

    def _grant_pausing(self) -> None:
        """The pause of an email is in its item, that of all mail in one of the metrics table; the sweep pauses by itself."""
        emails, metrics = self.state.emails.table_arn, self.state.metrics.table_arn
        self.single_send.allow(["dynamodb:GetItem"], metrics)
        self.api.allow(["dynamodb:GetItem", "dynamodb:PutItem"], metrics)
        self.sweep.allow(["dynamodb:GetItem", "dynamodb:PutItem"], emails)

    def _ses_arns(self) -> list[str]:
        """SES authorises the identity and the configuration set apart, the set also where it is the identity's default."""
        ours = f"arn:{Aws.PARTITION}:ses:{Aws.REGION}:{Aws.ACCOUNT_ID}"
        names = (self.settings.transactional_configuration_set, self.settings.marketing_configuration_set)
        return [f"{ours}:identity/{self.config.domain}", *(f"{ours}:configuration-set/{name}" for name in names)]

    def _stream_arn(self) -> str:
        arn = self.state.sends.table_stream_arn
        if arn is None:
            raise TypeError("the sends table has no stream for measure to follow")
        return arn

    def _feed_deliver(self) -> None:
        self.deliver.add_event_source(
            SqsEventSource(
                self.send_queue.queue,
                batch_size=10,
                report_batch_item_failures=True,
                max_concurrency=self.config.deliver_concurrency,
            )
        )

    def _feed_record(self) -> None:
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

    def _feed_measure(self) -> None:
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

    def _feed_notify(self) -> None:
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

    def _feed_deliver_webhook(self) -> None:
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
            HttpServing(
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

    def _watch(self) -> None:
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
                queues={"sends": self.send_queue.queue, "events": self.events_queue.queue, "webhooks": self.webhook_queue.queue},
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

    def _tell_outputs(self) -> None:
        """`Settings` is what the functions were told, for whoever runs our code outside of them: the `staffetta` command."""
        CfnOutput(self, "ApiUrl", value=self.http_api.url)
        ignore(self, "W6001")  # Settings repeats what State exports, so that one output tells it all
        CfnOutput(self, "Settings", value=json.dumps(self.settings.to_env()))
