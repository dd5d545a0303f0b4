"""Every function: one asset, arm64, its own logs, and a role that holds nothing but what it was explicitly allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.lint import acknowledge, ignore


def metrics_namespace(stage: str) -> str:
    """Of a stage's own metrics: several stages can live in one account."""
    return f"Staffetta-{stage}"


@dataclass(frozen=True, kw_only=True)
class FunctionProps:
    """`memory` in MB also buys processor time: 1769 MB is one whole processor. `namespace`: of what it measures by itself."""

    code: lambda_.Code
    env: Mapping[str, str]
    timeout: Duration
    memory: int
    namespace: str


class Function(Construct):
    """The Lambda file `functions/<name>.py`, running."""

    def __init__(self, scope: Construct, name: str, props: FunctionProps) -> None:
        super().__init__(scope, construct_id(name))
        self.name, self._namespace = name, props.namespace
        self._permissions = iam.PolicyDocument()
        self.logs = self._make_logs()
        self.role = self._make_role()
        self.function = self._make_function(name, props)

    def allow(self, actions: Sequence[str], *resources: str, when: Mapping[str, object] | None = None) -> None:
        """Add exact actions on exact resource ARNs, under IAM's conditions. The only way that a function gets a right."""
        self._permissions.add_statements(
            iam.PolicyStatement(actions=list(actions), resources=list(resources), conditions=when)
        )

    def metric(self, name: str, period: Duration, statistic: str = cloudwatch.Stats.SUM) -> cloudwatch.Metric:
        """One that the function publishes by `functions.telemetry`."""
        return cloudwatch.Metric(
            namespace=self._namespace,
            metric_name=name,
            dimensions_map={"service": self.name},
            period=period,
            statistic=statistic,
        )

    def add_event_source(self, source: lambda_.IEventSource) -> None:
        """Feed the function. What the poller needs must be allowed by hand: see `_make_function`."""
        self.function.add_event_source(source)

    def _make_logs(self) -> logs.LogGroup:
        """Logs explain a send while it is fresh; the sends table explains it for as long as it is kept."""
        return logs.LogGroup(self, "Logs", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY)

    def _make_role(self) -> iam.Role:
        """The rights are inline, not a policy beside it: so they exist before the function's event source asks for them."""
        self.allow(["logs:CreateLogStream", "logs:PutLogEvents"], self.logs.log_group_arn)
        return iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={"Rights": self._permissions},
        )

    def _make_function(self, name: str, props: FunctionProps) -> lambda_.Function:
        function = lambda_.Function(
            self,
            "Function",
            code=props.code,
            handler=f"functions.{name}.handler",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            timeout=props.timeout,
            memory_size=props.memory,
            # Event sources widen the role by themselves, to more than they need; against this view of it they cannot.
            role=self.role.without_policy_updates(),
            environment={
                **props.env,
                "POWERTOOLS_SERVICE_NAME": name,
                "POWERTOOLS_METRICS_NAMESPACE": props.namespace,
            },
            tracing=lambda_.Tracing.DISABLED,
            log_group=self.logs,
            # START, END and REPORT lines would be most of our log bill ($0.50 per GB) and CloudWatch's metrics say the same.
            logging_format=lambda_.LoggingFormat.JSON,
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
        )
        acknowledge(
            function,
            "AwsSolutions-L1",
            "3.13 and not the newest: the asset's .pyc are compiled by a CPython 3.13 (see infra/bundling.py).",
        )
        ignore(function, "W3005")  # CDK also writes out that a function depends on its role
        return function


def construct_id(name: str) -> str:
    """`single_send` becomes `SingleSend`."""
    return "".join(word.capitalize() for word in name.split("_"))
