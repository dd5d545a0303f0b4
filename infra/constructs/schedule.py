"""A function that EventBridge Scheduler invokes at an interval."""

from __future__ import annotations

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.constructs.function import Function


class FunctionSchedule(Construct):
    """Has its own role: the L2 target's role would let Scheduler call every version of the function, by a wildcard."""

    def __init__(self, scope: Construct, name: str, function: Function, every: Duration) -> None:
        super().__init__(scope, name)
        # Scheduler's call is asynchronous, and Lambda itself would retry a failed one twice, for up to six hours: at the same time as the next runs.
        lambda_.EventInvokeConfig(self, "NoRetries", function=function.function, retry_attempts=0, max_event_age=every)
        call = iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function.function_arn])
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": self._own_schedules()}
            ),
            inline_policies={"Call": iam.PolicyDocument(statements=[call])},
        )
        scheduler.CfnSchedule(
            self,
            "Schedule",
            schedule_expression=f"rate({int(every.to_minutes())} minutes)",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function.function_arn,
                role_arn=role.role_arn,
                # The next run does what a failed one could not.
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(maximum_retry_attempts=0),
            ),
        )

    def _own_schedules(self) -> dict[str, str]:
        """Returns the condition of the role's trust: Scheduler may use it for schedules of this account only, and not for another customer's.
        AWS documents the group as the narrowest source.
        """
        group = f"arn:{Aws.PARTITION}:scheduler:{Aws.REGION}:{Aws.ACCOUNT_ID}:schedule-group/default"
        return {"aws:SourceAccount": Aws.ACCOUNT_ID, "aws:SourceArn": group}
