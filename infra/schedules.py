"""The functions that run by themselves, with the alarms for what they find and for when they do not run."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from functions.steps.tokens.reconcile import RUN_SECONDS
from infra.constructs.alarm import alarm, missing_alarm
from infra.constructs.function import Function
from infra.constructs.schedule import FunctionSchedule

SWEEP_EVERY = Duration.minutes(5)
RECONCILE_EVERY = Duration.seconds(RUN_SECONDS)


def run_sweep(scope: Construct, sweep: Function) -> None:
    FunctionSchedule(scope, "SweepSchedule", sweep, SWEEP_EVERY)
    alarm(
        sweep,
        "Unexplained",
        sweep.metric("Unexplained", SWEEP_EVERY, cloudwatch.Stats.MAXIMUM),
        above=0,
        meaning="Sends that were accepted more than an hour ago have no outcome yet. "
        "The sweep settles or retries them; see the logs of deliver and record, and the dead letters, for the cause.",
    )
    alarm(
        sweep,
        "DomainDrift",
        sweep.metric("DomainDrift", SWEEP_EVERY, cloudwatch.Stats.MAXIMUM),
        above=0,
        meaning="A domain that was verified is not as it was: a DNS record has changed, or SES no longer sends as it. "
        "`staffetta domains check` shows what, and what to do.",
    )
    alarm(
        sweep,
        "Stopped",
        sweep.metric("SendingStopped", SWEEP_EVERY),
        above=0,
        meaning="Sending is stopped: an email or all marketing mail was paused for its reputation, or SES stopped the account. "
        "`staffetta sending status` shows which.",
    )
    alarm(
        sweep,
        "Failing",
        sweep.function.metric_errors(period=SWEEP_EVERY),
        above=0,
        meaning="The sweep is failing: stuck sends are not detected or settled, and scheduled sends are not queued. See its log.",
    )
    missing_alarm(
        sweep,
        "NotRunning",
        sweep.function.metric_invocations(period=SWEEP_EVERY),
        periods=3,
        meaning="The sweep has not run for 15 minutes: nothing detects stuck sends, and scheduled sends are not queued. "
        "See whether its schedule is enabled, and whether Lambda throttles.",
    )


def run_reconciliation(scope: Construct, smtp_tokens: Function) -> None:
    FunctionSchedule(scope, "ReconciliationSchedule", smtp_tokens, RECONCILE_EVERY)
    alarm(
        smtp_tokens,
        "Drift",
        smtp_tokens.metric("SmtpTokenDrift", RECONCILE_EVERY, cloudwatch.Stats.MAXIMUM),
        above=0,
        meaning="IAM and the SMTP tokens differ: a user or key without a token (deleted now), a permission for another domain or set "
        "(repaired now), or a token without its key. "
        "The log of smtp_tokens names them: reset the password of a token without a key.",
    )
    alarm(
        smtp_tokens,
        "Failing",
        smtp_tokens.function.metric_errors(period=RECONCILE_EVERY),
        above=0,
        meaning="The reconciliation of SMTP tokens is failing: interrupted changes in IAM are neither finished nor rolled back. "
        "See the log of smtp_tokens.",
    )
