"""cdk-nag's AwsSolutions reports nothing beyond the exceptions that constructs declare, with a reason. test_hosts also has cfn-lint."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk
import pytest
from aws_cdk import aws_sqs as sqs
from cdk_nag import AwsSolutionsChecks

from infra.stages import build


def _violations(app: aws_cdk.App, folder: Path) -> list[str]:
    aws_cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    try:
        app.synth()
    except RuntimeError as failure:  # jsii's, whatever went wrong
        if "ValidationFailed" not in str(failure):
            raise
    report = json.loads((folder / "validation-report.json").read_text())
    return [violation["ruleName"] for plugin in report["pluginReports"] for violation in plugin["violations"]]


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_cdk_nag_finds_nothing(tmp_path: Path, stage: str) -> None:
    """It reports nothing beyond the acknowledged findings."""
    context = {
        "staffetta:domain": "mail.acme.com",
        "staffetta:stage": stage,
        "staffetta:bundle": False,
        "staffetta:alarmEmail": "oncall@acme.com",
    }
    assert _violations(build(defaults={}, context=context, outdir=tmp_path), tmp_path) == []


def test_cdk_nag_would_find_something(tmp_path: Path) -> None:
    """The check above can fail: it reports a bare queue."""
    app = aws_cdk.App(outdir=str(tmp_path))
    sqs.Queue(aws_cdk.Stack(app, "Careless"), "Queue")
    assert {"AwsSolutions-SQS3", "AwsSolutions-SQS4"} <= set(_violations(app, tmp_path))
