"""Every alarm by its metric and threshold, and the dashboard."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from functions.adapters.account.price_list import price_list
from functions.pages import error_words
from infra import ROOT

if TYPE_CHECKING:
    from tests.support.aws.cdk_templates import Templates

NAMESPACE = "Staffetta-prod"
DASHBOARD_METRICS_FREE = 50  # in each of an account's first three dashboards

# (namespace, metric, the function it is about) → above what it raises an alarm
ALARMS = {
    ("AWS/SES", "Reputation.BounceRate", ""): 0.05,
    ("AWS/SES", "Reputation.ComplaintRate", ""): 0.001,
    ("AWS/SQS", "ApproximateAgeOfOldestMessage", ""): None,  # by queue: see test_event_sources
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", ""): 0,
    ("AWS/ApiGateway", "5xx", ""): 0,
    ("AWS/Lambda", "Errors", "sweep"): 0,
    ("AWS/Lambda", "Errors", "smtp_tokens"): 0,
    ("AWS/Lambda", "IteratorAge", "measure"): 15 * 60 * 1000,
    ("AWS/Lambda", "IteratorAge", "notify"): 15 * 60 * 1000,
    ("AWS/Lambda", "IteratorAge", "observe_contacts"): 15 * 60 * 1000,
    (NAMESPACE, "RunsLate", "sweep"): 0,
    (NAMESPACE, "Unexplained", "sweep"): 0,
    (NAMESPACE, "SendingStopped", "sweep"): 0,
    (NAMESPACE, "EventUnreadable", "record"): 0,
    (NAMESPACE, "SmtpTokenDrift", "smtp_tokens"): 0,
}


def _alarms(templates: Templates) -> list[dict[str, Any]]:
    return list(templates.properties("AWS::CloudWatch::Alarm").values())


def _about(templates: Templates, alarm: dict[str, Any]) -> tuple[str, str, str]:
    dimensions = {one["Name"]: one["Value"] for one in alarm.get("Dimensions", ())}
    function = dimensions.get("service", "")
    if "FunctionName" in dimensions:
        matching = templates.resources[templates.logical_id(dimensions["FunctionName"])]["Properties"]
        function = matching["Handler"].split(".")[1]
    return alarm["Namespace"], alarm["MetricName"], function


@pytest.mark.parametrize("about", ALARMS)
def test_every_problem_has_an_alarm(templates: Templates, about: tuple[str, str, str]) -> None:
    matching = [alarm for alarm in _alarms(templates) if _about(templates, alarm) == about]
    assert matching, f"no alarm is about {about}"
    for alarm in matching:
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
        assert alarm["EvaluationPeriods"] == 1
        assert ALARMS[about] in (None, alarm["Threshold"])


def test_the_console_has_the_meaning_of_every_alarm_in_italian(templates: Templates) -> None:
    meanings = {alarm["AlarmDescription"] for alarm in _alarms(templates)}
    assert {text for text in meanings if error_words.message_of(text, "it", "UTC") == text} == set()


def test_the_price_list_has_the_number_of_alarms(templates: Templates) -> None:
    assert price_list().idle.alarms == len(_alarms(templates))


def test_an_alarm_shows_that_the_sweep_does_not_run(templates: Templates) -> None:
    """Its own metrics cannot: each run writes them."""
    (alarm,) = (alarm for alarm in _alarms(templates) if _about(templates, alarm)[1] == "Invocations")
    assert _about(templates, alarm) == ("AWS/Lambda", "Invocations", "sweep")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert (alarm["Period"] * alarm["EvaluationPeriods"], alarm["TreatMissingData"]) == (900, "breaching")


def test_lambda_retries_no_scheduled_run(templates: Templates) -> None:
    """Scheduler calls asynchronously: a retry would run at the same time as the next run."""
    settings = {
        templates.resources[templates.logical_id(config["FunctionName"])]["Properties"]["Handler"].split(".")[1]: config
        for config in templates.properties("AWS::Lambda::EventInvokeConfig").values()
    }
    scheduled = templates.properties("AWS::Scheduler::Schedule").values()
    assert len(settings) == len(scheduled)
    assert {config["MaximumRetryAttempts"] for config in settings.values()} == {0}
    assert {name: config["MaximumEventAgeInSeconds"] for name, config in settings.items()} == {
        "sweep": 300,
        "smtp_tokens": 900,
    }


def test_without_an_address_the_synthesis_warns(templates: Templates, other: Templates) -> None:
    assert "No one gets the alarms" in warnings(other)
    assert "No one gets the alarms" not in warnings(templates)


def warnings(stacks: Templates) -> str:
    """The texts of the assembly's annotations."""
    return "".join(path.read_text() for path in stacks.folder.glob("*.json"))


def test_our_alarms_use_metrics_that_the_functions_publish(templates: Templates) -> None:
    """Powertools reads a metric's namespace and its one dimension from these variables."""
    variables = [
        function["Environment"]["Variables"] for function in templates.properties("AWS::Lambda::Function").values()
    ]
    published = {(one["POWERTOOLS_METRICS_NAMESPACE"], one["POWERTOOLS_SERVICE_NAME"]) for one in variables}
    for alarm in _alarms(templates):
        if not alarm["Namespace"].startswith("AWS/"):
            (dimension,) = alarm["Dimensions"]
            assert dimension["Name"] == "service"
            assert (alarm["Namespace"], dimension["Value"]) in published


def test_stages_have_metrics_of_their_own(templates: Templates, local: Templates) -> None:
    spaces = [
        {one["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"] for one in matching.values()}
        for matching in (each.properties("AWS::Lambda::Function") for each in (templates, local))
    ]
    assert spaces == [{NAMESPACE}, {"Staffetta-local"}]


def test_reputation_is_that_of_the_account(templates: Templates) -> None:
    """The metric has no dimension. With one it would be a configuration set's, but SES pauses the account."""
    matching = [alarm for alarm in _alarms(templates) if alarm["Namespace"] == "AWS/SES"]
    assert len(matching) == 2
    assert not any("Dimensions" in alarm for alarm in matching)


def test_the_dashboard_shows_what_matters_and_is_free(templates: Templates) -> None:
    (dashboard,) = templates.properties("AWS::CloudWatch::Dashboard").values()
    assert dashboard["DashboardName"] == {"Fn::Join": ["", ["staffetta-prod-overview-", {"Ref": "AWS::Region"}]]}
    widgets = json.loads(
        "".join(part if isinstance(part, str) else "x" for part in dashboard["DashboardBody"]["Fn::Join"][1])
    )["widgets"]
    metrics = [metric for widget in widgets for metric in widget["properties"]["metrics"]]
    assert len(metrics) <= DASHBOARD_METRICS_FREE
    counts = Counter(tuple(metric[:2]) for metric in metrics)
    assert counts.keys() >= {
        *((NAMESPACE, name) for name in ("Accepted", "Sent", "NotSent", "Postponed", "SendingTime", "Unexplained")),
        *((NAMESPACE, name) for name in ("Delivered", "HardBounced", "SoftBounced", "Complained", "Delayed")),
        ("AWS/SES", "Reputation.BounceRate"),
        ("AWS/SES", "Reputation.ComplaintRate"),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Duration"),
        ("AWS/Lambda", "ConcurrentExecutions"),
        ("AWS/DynamoDB", "WriteThrottleEvents"),
        ("AWS/ApiGateway", "5xx"),
    }
    assert counts["AWS/Lambda", "Errors"] == len(templates.of_type("AWS::Lambda::Function"))
    queues = (
        counts["AWS/SQS", "ApproximateAgeOfOldestMessage"] + counts["AWS/SQS", "ApproximateNumberOfMessagesVisible"]
    )
    assert queues == len(templates.of_type("AWS::SQS::Queue"))


def test_operations_names_every_alarm_and_no_other(templates: Templates) -> None:
    """By its logical id, which CloudWatch shows, without the CDK's hash."""
    table = (ROOT / "docs" / "operations.md").read_text("utf-8").split("| alarm |")[1].split("## ")[0]
    rows = [line.split(" | ") for line in table.splitlines()[2:] if line.startswith("| ")]
    named = sorted(name for row in rows for name in row[0].removeprefix("| ").split(", "))
    assert named == sorted(logical[:-8] for logical in templates.of_type("AWS::CloudWatch::Alarm"))
    assert all(len(row) == 3 and row[2].strip(" |") for row in rows), "each has what to do"
