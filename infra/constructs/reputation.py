"""Alarms before SES pauses the account: SES reviews an account before it pauses it. See functions/core/account/reputation.py."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from functions.core.account.reputation import REVIEW_BOUNCES, REVIEW_COMPLAINTS, STOP_BOUNCES, STOP_COMPLAINTS
from infra.constructs.alarm import alarm

PERIOD = Duration.hours(1)  # SES computes its rates over a "representative volume", and publishes them now and then


class ReputationAlarms(Construct):
    """Alarms on SES's own rates of the account, which are fractions: 0.05 is 5 %."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        self.bounces = _rate("Reputation.BounceRate")
        self.complaints = _rate("Reputation.ComplaintRate")
        for rate, metric, review, stop in (
            ("BounceRate", self.bounces, REVIEW_BOUNCES, STOP_BOUNCES),
            ("ComplaintRate", self.complaints, REVIEW_COMPLAINTS, STOP_COMPLAINTS),
        ):
            alarm(
                self,
                rate,
                metric,
                above=review,
                meaning=f"SES's {rate} of this account is over {review:.1%}, its threshold for a review. "
                f"At {stop:.1%} SES may stop all mail: find the email that causes it and pause it (`staffetta sending`).",
            )


def _rate(name: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(namespace="AWS/SES", metric_name=name, period=PERIOD, statistic=cloudwatch.Stats.AVERAGE)
