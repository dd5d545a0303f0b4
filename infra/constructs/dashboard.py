"""One CloudWatch dashboard of a stage: from callers' requests to SES's outcomes, and the problems on the way.

An account's first three dashboards are free if each shows at most 50 metrics, so derivable metrics are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from functions.core.account.cloudwatch_metrics import SENDING_TIME
from functions.core.account.reputation import REVIEW_BOUNCES, REVIEW_COMPLAINTS, STOP_BOUNCES, STOP_COMPLAINTS
from infra.constructs.function import Function
from infra.constructs.reputation import ReputationAlarms

PERIOD = Duration.minutes(5)
SUM, MAXIMUM = cloudwatch.Stats.SUM, cloudwatch.Stats.MAXIMUM
WIDTH, HEIGHT = 8, 6  # three in a row


@dataclass(frozen=True, kw_only=True)
class DashboardProps:
    """The resources by the names on the dashboard. `functions` have the names of their Lambda files."""

    title: str
    functions: Mapping[str, Function]
    queues: Mapping[str, sqs.IQueue]
    dead_letters: Mapping[str, sqs.IQueue]
    tables: Mapping[str, dynamodb.ITableV2]
    api: apigw.IHttpApi
    reputation: ReputationAlarms


class Dashboard(Construct):
    def __init__(self, scope: Construct, name: str, props: DashboardProps) -> None:
        super().__init__(scope, name)
        self._props = props
        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=props.title,
            default_interval=Duration.days(1),
            widgets=[self._mail(), self._problems(), self._reputation(), self._running()],
        )

    def _mail(self) -> list[cloudwatch.IWidget]:
        measure = self._props.functions["measure"]
        times = [measure.metric(SENDING_TIME, PERIOD, statistic) for statistic in ("p50", "p99")]
        return [
            _graph("Sends", [measure.metric(name, PERIOD) for name in ("Accepted", "Sent", "NotSent", "Postponed")]),
            _graph("From accept to SES", times, unit="ms"),
            _graph(
                "Outcomes",
                [
                    measure.metric(name, PERIOD)
                    for name in ("Delivered", "Delayed", "SoftBounced", "HardBounced", "Complained")
                ],
            ),
        ]

    def _problems(self) -> list[cloudwatch.IWidget]:
        functions = self._props.functions
        dead_letters = {
            name: queue.metric_approximate_number_of_messages_visible(period=PERIOD, statistic=MAXIMUM, label=name)
            for name, queue in self._props.dead_letters.items()
        }
        ages = {
            name: queue.metric_approximate_age_of_oldest_message(period=PERIOD, label=name)
            for name, queue in self._props.queues.items()
        }
        problems = [
            functions["sweep"].metric("Unexplained", PERIOD, MAXIMUM),
            functions["sweep"].metric("SendingStopped", PERIOD),
            functions["record"].metric("EventUnreadable", PERIOD),
        ]
        return [
            _graph("Oldest message", list(ages.values()), unit="s"),
            _graph("Dead letters", list(dead_letters.values())),
            _graph("Unexplained, stopped, unreadable", problems),
        ]

    def _reputation(self) -> list[cloudwatch.IWidget]:
        rates = self._props.reputation
        throttles = [
            table.metric(
                "WriteThrottleEvents", period=PERIOD, statistic=SUM, label=name
            )  # a table throttles these first
            for name, table in self._props.tables.items()
        ]
        return [
            _graph("Bounce rate, by SES", [rates.bounces], lines=(REVIEW_BOUNCES, STOP_BOUNCES)),
            _graph("Complaint rate, by SES", [rates.complaints], lines=(REVIEW_COMPLAINTS, STOP_COMPLAINTS)),
            _graph("DynamoDB write throttles", throttles),
        ]

    def _running(self) -> list[cloudwatch.IWidget]:
        functions = self._props.functions
        api = self._props.api
        errors = [function.function.metric_errors(period=PERIOD, label=name) for name, function in functions.items()]
        slow = [
            functions[name].function.metric_duration(period=PERIOD, statistic="p99", label=name)
            for name in ("single_send", "deliver")
        ]
        busy = functions["deliver"].function.metric(
            "ConcurrentExecutions", period=PERIOD, statistic=MAXIMUM, label="deliver"
        )
        answers = [
            api.metric_client_error(period=PERIOD, statistic=SUM),
            api.metric_server_error(period=PERIOD, statistic=SUM),
            api.metric_latency(period=PERIOD, statistic="p99"),
        ]
        return [
            _graph("API: 4xx, 5xx, latency (ms, p99)", answers),
            _graph("Function errors", errors),
            _graph("Duration (ms, p99), workers", [*slow, busy]),
        ]


def _graph(
    title: str, metrics: Sequence[cloudwatch.IMetric], *, unit: str = "", lines: tuple[float, float] | None = None
) -> cloudwatch.GraphWidget:
    """Returns a graph. `lines` are SES's thresholds for a review and for a stop."""
    review, stop = lines or (0.0, 0.0)
    annotations = [
        cloudwatch.HorizontalAnnotation(value=review, label="review", color=cloudwatch.Color.ORANGE),
        cloudwatch.HorizontalAnnotation(value=stop, label="stop", color=cloudwatch.Color.RED),
    ]
    return cloudwatch.GraphWidget(
        title=title,
        left=metrics,
        left_y_axis=cloudwatch.YAxisProps(min=0, label=unit or None, show_units=False),
        left_annotations=annotations if lines else None,
        width=WIDTH,
        height=HEIGHT,
    )
