"""The running parts: functions and the API. All of it can be deleted and created again from the State stack, which has the queues."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

from aws_cdk import Annotations, Aws, CfnOutput, Duration, Stack
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.pages.cookies import CONSOLE
from functions.routes.table import DEFAULT_FUNCTION, ROUTES
from infra import event_sources, timeouts
from infra.asset.bundling import lambda_asset, plain_asset
from infra.config import Config
from infra.constructs.alarm import send_alarms
from infra.constructs.dashboard import Dashboard, DashboardProps
from infra.constructs.function import Function, FunctionProps, metrics_namespace
from infra.constructs.http_api import HttpApi, HttpApiRoutes
from infra.constructs.lint import ignore
from infra.constructs.queue import DeadLetterAlarm, QueueAlarms
from infra.constructs.reputation import ReputationAlarms
from infra.event_sources import UnreadChanges
from infra.permissions.resources import StageResources
from infra.permissions.roles import grant_permissions
from infra.schedules import run_reconciliation, run_sweep
from infra.service_settings import service_settings
from infra.state import StateStack

# API Gateway times out after 30 s; our own response must come before that.
HTTP_TIMEOUT = Duration.seconds(20)
BROADCAST_QUEUE_MAX_AGE = Duration.days(2)  # the pages of a large broadcast wait for SES's rate
MEASURE_TIMEOUT = Duration.seconds(60)
SWEEP_TIMEOUT = Duration.minutes(4)
NOTIFY_TIMEOUT = Duration.seconds(60)
RECONCILE_TIMEOUT = Duration.minutes(4)  # a caller's request ends after 30 seconds, but a started change is finished


class ServiceStack(Stack):
    """The replaceable stack."""

    def __init__(self, scope: Construct, name: str, config: Config, state: StateStack, **kwargs: Any) -> None:
        super().__init__(scope, name, **kwargs)
        self.config, self.state = config, state

        self.queues = state.queues
        self.unread = UnreadChanges.create(self)
        self._watch_queues()

        throttle = apigw.ThrottleSettings(rate_limit=config.api_rate, burst_limit=config.api_burst)
        # before the functions, whose settings have its URL
        self.http_api = HttpApi(self, "HttpApi", config.name("api"), throttle)
        if config.api_host:
            self.http_api.map_host(config.api_host)
        self.settings = service_settings(state, config, self.http_api.url, self.unread.notify)
        self._code = self._make_code()
        self.functions: dict[str, Function] = {}  # by the names of their Lambda files
        self.single_send = self._make_function("single_send", HTTP_TIMEOUT, memory=512)
        self.api = self._make_function("api", HTTP_TIMEOUT, memory=512)
        self.deliver = self._make_function("deliver", timeouts.deliver(config), memory=1024)
        self.broadcast = self._make_function("broadcast", timeouts.deliver(config), memory=1024)
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
        run_sweep(self, self.sweep)
        run_reconciliation(self, self.smtp_tokens)
        self._add_event_sources()
        self._serve_http()
        self._add_dashboard()
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
        grant_permissions(self.functions, StageResources(self.state, self.settings, self.unread))

    def _watch_queues(self) -> None:
        QueueAlarms(self, "SendQueue", self.queues.sends, event_sources.SEND_QUEUE_MAX_AGE)
        QueueAlarms(self, "BroadcastQueue", self.queues.broadcasts, BROADCAST_QUEUE_MAX_AGE)
        # An unknown outcome is sent again after the grace period without an event: so the alarm comes well before.
        QueueAlarms(self, "EventsQueue", self.queues.events, Duration.minutes(5))
        QueueAlarms(self, "WebhookQueue", self.queues.webhooks, Duration.hours(1))
        QueueAlarms(self, "AutomationQueue", self.queues.automations, Duration.minutes(30))
        DeadLetterAlarm(self, "UndeliveredEvents", self.queues.undelivered_events)

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

    def _add_event_sources(self) -> None:
        queues, state, unread, config = self.queues, self.state, self.unread, self.config
        counting_window = Duration.seconds(1 if config.local else 20)
        event_sources.feed_deliver(self.deliver, queues.sends.queue, config.deliver_concurrency)
        event_sources.feed_broadcast(self.broadcast, queues.broadcasts.queue, config.deliver_concurrency)
        event_sources.feed_record(self.record, queues.events.queue)
        event_sources.feed_measure(self.measure, state.sends, unread.measure, counting_window)
        event_sources.feed_notify(self.notify, state.sends, unread.notify)
        event_sources.feed_deliver_webhook(self.deliver_webhook, queues.webhooks.queue)
        event_sources.feed_automate(self.automate, queues.automations.queue, self.sweep)
        event_sources.feed_observe_contacts(
            self.observe_contacts, unread.observe_contacts, state.contacts, state.audience
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

    def _add_dashboard(self) -> None:
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
                    "not measured": self.unread.measure,
                    "not notified": self.unread.notify,
                    "not observed": self.unread.observe_contacts,
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
