"""The functions of the Service stack, their settings and their alarms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any

from msgspec.structs import fields

from functions.adapters.aws.client import ANSWER_SECONDS
from functions.adapters.aws.deadline import RESERVE_SECONDS
from functions.settings import Settings, variable
from tests.support.aws.cdk_templates import Templates, as_list

FUNCTIONS = {
    "single_send",
    "deliver",
    "broadcast",
    "record",
    "measure",
    "api",
    "sweep",
    "smtp_tokens",
    "notify",
    "deliver_webhook",
    "console",
    "automate",
    "observe_contacts",
}


def test_every_lambda_file_is_deployed(templates: Templates) -> None:
    """A function that is not in the template runs nowhere."""
    assert {function["Handler"] for function in templates.properties("AWS::Lambda::Function").values()} == {
        f"functions.{name}.handler" for name in FUNCTIONS
    }


def test_functions_share_one_asset_and_one_shape(templates: Templates) -> None:
    """They run on arm64 and the Python of the asset, with JSON logs and without tracing."""
    functions = templates.functions().values()
    assert len({json.dumps(function["Code"]) for function in functions}) == 1
    for function in functions:
        assert function["Architectures"] == ["arm64"]
        assert function["Runtime"] == "python3.13"
        assert function["LoggingConfig"]["LogFormat"] == "JSON"
        assert "TracingConfig" not in function


def test_logs_expire(templates: Templates) -> None:
    """Every function writes to its own log group, which has a retention."""
    functions = templates.functions().values()
    groups = {templates.logical_id(function["LoggingConfig"]["LogGroup"]) for function in functions}
    assert groups == set(templates.of_type("AWS::Logs::LogGroup"))
    assert len(groups) == len(FUNCTIONS)
    assert all(group["RetentionInDays"] == 30 for group in templates.properties("AWS::Logs::LogGroup").values())


def test_functions_have_all_settings(templates: Templates) -> None:
    """The environment has what Settings writes and what powertools reads."""
    for name, function in templates.functions().items():
        variables = function["Environment"]["Variables"]
        ours = {variable(field.name) for field in fields(Settings)}
        assert variables.keys() == ours | {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"}
        assert variables["POWERTOOLS_SERVICE_NAME"] == name


def test_http_functions_have_time_to_respond_if_aws_does_not(templates: Templates) -> None:
    """Their timeout is below the gateway's 30 seconds, and well above the reserve for the response."""
    for name in ("single_send", "api"):
        timeout = templates.functions()[name]["Timeout"]
        assert RESERVE_SECONDS + ANSWER_SECONDS < timeout < 30


def test_webhooks_call_localhost_on_the_local_stack_only(templates: Templates) -> None:
    for function in templates.functions().values():
        assert function["Environment"]["Variables"][variable("webhooks_to_localhost")] == "0"


def test_settings_output_is_readable_by_settings(templates: Templates) -> None:
    """Our code outside of the functions needs this output only."""
    _, parts = templates.service["Outputs"]["Settings"]["Value"]["Fn::Join"]
    value = "".join(part if isinstance(part, str) else templates.logical_id(part) for part in parts)
    settings = Settings.from_env(json.loads(value))
    assert settings.transactional_configuration_set == "staffetta-prod-transactional"
    assert settings.sends_table.startswith("Sends")
    assert settings.smtp_server == "email-smtp.AWS::Region.AWS::URLSuffix:587:465"


def test_limits_fit_together(templates: Templates) -> None:
    """A lease outlives its worker, and the queue gives up after deliver, which can record the reason."""
    deliver = templates.functions()["deliver"]
    variables = deliver["Environment"]["Variables"]
    queue = templates.resources[templates.logical_id(variables["STAFFETTA_SEND_QUEUE"])]["Properties"]
    assert int(variables["STAFFETTA_LEASE_SECONDS"]) > deliver["Timeout"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] > int(variables["STAFFETTA_MAX_RECEIVES"])
    assert templates.logical_id(queue["RedrivePolicy"]["deadLetterTargetArn"]) == templates.logical_id(
        variables["STAFFETTA_DEAD_LETTER_QUEUE"]
    )


def test_every_alarm_is_sent_to_the_address(templates: Templates, local: Templates) -> None:
    """Without an address there is no topic."""
    topics = {
        templates.logical_id(item["TopicArn"])
        for item in templates.properties("AWS::SNS::Subscription").values()
        if item["Protocol"] == "email"
    }
    alarms = templates.properties("AWS::CloudWatch::Alarm").values()
    assert len(topics) == 1
    assert all({templates.logical_id(action) for action in alarm["AlarmActions"]} == topics for alarm in alarms)
    breaching = [alarm["MetricName"] for alarm in alarms if alarm["TreatMissingData"] != "notBreaching"]
    assert breaching == ["Invocations"], "only what runs by itself is missed"
    assert not any("AlarmActions" in alarm for alarm in local.properties("AWS::CloudWatch::Alarm").values())


def test_functions_have_the_apis_address_without_a_cycle(templates: Templates) -> None:
    """Routes need the functions, and functions need the API's address. The API is created in two steps."""
    service = templates.service["Resources"]
    for function in templates.functions().values():
        value = function["Environment"]["Variables"][variable("public_url")]
        assert service[value["Fn::GetAtt"][0]]["Type"] == "AWS::ApiGatewayV2::Api"
    needed = {name: set(_references(resource)) & service.keys() for name, resource in service.items()}
    assert len(list(TopologicalSorter(needed).static_order())) == len(service)


def _references(value: Any) -> Iterator[str]:
    """Yields the logical ids that a part of a template refers to."""
    if isinstance(value, list):
        for one in value:
            yield from _references(one)
    if isinstance(value, dict):
        for name, one in value.items():
            if name in {"Ref", "DependsOn"}:
                yield from as_list(one)
            elif name == "Fn::GetAtt":
                yield one[0]
            else:
                yield from _references(one)
