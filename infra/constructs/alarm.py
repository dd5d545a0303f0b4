"""Alarms. Each is next to the resource that it watches; the email address for all of them is set once per stack."""

from __future__ import annotations

from aws_cdk import Aws, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct


def alarm(scope: Construct, name: str, metric: cloudwatch.IMetric, *, above: float, meaning: str) -> cloudwatch.Alarm:
    """Creates an alarm for when the metric exceeds `above`. Missing data raises no alarm: nothing is measured while nothing is sent."""
    return cloudwatch.Alarm(
        scope,
        name,
        metric=metric,
        threshold=above,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=1,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description=meaning,
    )


def missing_alarm(
    scope: Construct, name: str, metric: cloudwatch.IMetric, *, periods: int, meaning: str
) -> cloudwatch.Alarm:
    """Creates an alarm for when there is nothing to measure for so many periods: what should run by itself does not."""
    return cloudwatch.Alarm(
        scope,
        name,
        metric=metric,
        threshold=1,
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=periods,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        alarm_description=meaning,
    )


def send_alarms(stack: Stack, address: str) -> None:
    """Sends every alarm that the stack has so far to one email address."""
    topic = sns.Topic(stack, "AlarmTopic", enforce_ssl=True)
    # A custom topic policy (enforce_ssl creates one) replaces the default policy, which allows CloudWatch.
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
        )
    )
    topic.add_subscription(subscriptions.EmailSubscription(address))
    for construct in stack.node.find_all():
        if isinstance(construct, cloudwatch.Alarm):
            construct.add_alarm_action(actions.SnsAction(topic))
