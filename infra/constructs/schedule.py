"""A function that runs every so often, by EventBridge Scheduler."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.constructs.function import Function


class Schedule(Construct):
    """The L2 target would let Scheduler call every version of the function too, by a wildcard; so its role is made here."""

    def __init__(self, scope: Construct, name: str, function: Function, every: Duration) -> None:
        super().__init__(scope, name)
        call = iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function.function_arn])
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"),
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
                # The next run does what this one could not.
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(maximum_retry_attempts=0),
            ),
        )
