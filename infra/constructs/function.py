"""Every function: one asset, arm64, its own logs, and a role with explicitly allowed permissions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.lint import Wildcard, acknowledge, acknowledge_wildcard, ignore


def metrics_namespace(stage: str) -> str:
    """Returns the namespace of a stage's own metrics, since one account can have several stages."""
    return f"Staffetta-{stage}"


@dataclass(frozen=True, kw_only=True)
class FunctionProps:
    """`memory` in MB also determines processor time: 1769 MB is one whole processor. `namespace` is for the function's own metrics."""

    code: lambda_.Code
    env: Mapping[str, str]
    timeout: Duration
    memory: int
    namespace: str
    fixed_name: str | None = None  # None: CloudFormation names it


class Function(Construct):
    """The deployed Lambda file `functions/<name>.py`."""

    def __init__(self, scope: Construct, name: str, props: FunctionProps) -> None:
        super().__init__(scope, construct_id(name))
        self.name, self._namespace = name, props.namespace
        self._permissions = iam.PolicyDocument()
        self.logs = self._make_logs()
        self.role = self._make_role()
        self.function = self._make_function(name, props)

    def allow(
        self, actions: Sequence[str], *resources: str | Wildcard, when: Mapping[str, object] | None = None
    ) -> None:
        """Allows exact actions on resource ARNs, under IAM's conditions. A function gets its permissions in this way only."""
        arns = [resource.arn if isinstance(resource, Wildcard) else resource for resource in resources]
        self._permissions.add_statements(iam.PolicyStatement(actions=list(actions), resources=arns, conditions=when))
        for resource in resources:
            if isinstance(resource, Wildcard):
                acknowledge_wildcard(self.role, resource)

    def metric(self, name: str, period: Duration, statistic: str = cloudwatch.Stats.SUM) -> cloudwatch.Metric:
        """Returns a metric that the function publishes through `functions.telemetry`."""
        return cloudwatch.Metric(
            namespace=self._namespace,
            metric_name=name,
            dimensions_map={"service": self.name},
            period=period,
            statistic=statistic,
        )

    def add_event_source(self, source: lambda_.IEventSource) -> None:
        """Adds an event source. The poller's permissions must be allowed explicitly: see `_make_function`."""
        self.function.add_event_source(source)

    def _make_logs(self) -> logs.LogGroup:
        """Creates the log group. Logs explain a send for a month; the sends table explains it until its retention ends."""
        return logs.LogGroup(self, "Logs", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY)

    def _make_role(self) -> iam.Role:
        """Creates the role with inline permissions, not a separate policy: so they exist before the function's event source needs them."""
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
            function_name=props.fixed_name,
            code=props.code,
            handler=f"functions.{name}.handler",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            timeout=props.timeout,
            memory_size=props.memory,
            # Event sources add permissions to the role, more than they need. They cannot change this view of it.
            role=self.role.without_policy_updates(),
            environment={
                **props.env,
                "POWERTOOLS_SERVICE_NAME": name,
                "POWERTOOLS_METRICS_NAMESPACE": props.namespace,
            },
            tracing=lambda_.Tracing.DISABLED,
            log_group=self.logs,
            # START, END and REPORT lines would be most of our log bill ($0.50 per GB), and CloudWatch's metrics have the same data.
            logging_format=lambda_.LoggingFormat.JSON,
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
        )
        acknowledge(
            function,
            "AwsSolutions-L1",
            "3.13 and not the newest: the asset's .pyc are compiled by a CPython 3.13 (see infra/asset/bundling.py).",
        )
        ignore(function, "W3005")  # CDK also adds an explicit dependency of a function on its role
        return function


def construct_id(name: str) -> str:
    """Converts `single_send` to `SingleSend`."""
    return "".join(word.capitalize() for word in name.split("_"))
