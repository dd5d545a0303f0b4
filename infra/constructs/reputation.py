"""SES judges the whole account, and pauses it: these alarms call somebody while it only reviews. See functions/core/account/reputation.py."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from functions.core.account.reputation import REVIEW_BOUNCES, REVIEW_COMPLAINTS, STOP_BOUNCES, STOP_COMPLAINTS
from infra.constructs.alarm import alarm

LOOK_EVERY = Duration.hours(1)  # SES computes its rates over a "representative volume", and publishes them now and then


class Reputation(Construct):
    """SES's own rates of the account: shares, 0.05 is 5 %."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        self.bounces = _rate("Reputation.BounceRate")
        self.complaints = _rate("Reputation.ComplaintRate")
        for what, metric, review, stop in (
            ("BounceRate", self.bounces, REVIEW_BOUNCES, STOP_BOUNCES),
            ("ComplaintRate", self.complaints, REVIEW_COMPLAINTS, STOP_COMPLAINTS),
        ):
            alarm(
                self,
                what,
                metric,
                above=review,
                meaning=f"SES's {what} of this account is over {review:.1%}, its line for a review; at {stop:.1%} it may stop all mail.",
            )


def _rate(name: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/SES", metric_name=name, period=LOOK_EVERY, statistic=cloudwatch.Stats.AVERAGE
    )
