"""What the Service stack promises, of every function, queue, alarm and route it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from msgspec.structs import fields

from functions.adapters.aws.client import ANSWER_SECONDS
from functions.adapters.aws.deadline import RESERVE_SECONDS
from functions.routes.table import DEFAULT_FUNCTION, ROUTES
from functions.settings import Settings, variable

if TYPE_CHECKING:
    from tests.infra.conftest import Synthesize, Templates

FUNCTIONS = {
    "single_send",
    "deliver",
    "record",
    "measure",
    "authorizer",
    "api",
    "sweep",
    "smtp_tokens",
    "notify",
    "deliver_webhook",
}

SUPPRESSION = {"ses:GetSuppressedDestination", "ses:DeleteSuppressedDestination"}


def _functions(templates: Templates) -> dict[str, dict[str, Any]]:
    """By the name of their Lambda file."""
    found = templates.properties("AWS::Lambda::Function").values()
    return {function["Handler"].split(".")[1]: function for function in found}


def _statements(templates: Templates, function: dict[str, Any]) -> list[dict[str, Any]]:
    role = templates.resources[templates.logical_id(function["Role"])]["Properties"]
    return [statement for policy in role["Policies"] for statement in policy["PolicyDocument"]["Statement"]]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _name_of(templates: Templates, reference: Any) -> str:
    """The Lambda file that a reference in the template points at."""
    handler: str = templates.resources[templates.logical_id(reference)]["Properties"]["Handler"]
    return handler.split(".")[1]


def test_every_lambda_file_is_deployed(templates: Templates) -> None:
    """A function that the template lacks runs nowhere."""
    assert {function["Handler"] for function in templates.properties("AWS::Lambda::Function").values()} == {
        f"functions.{name}.handler" for name in FUNCTIONS
    }


def test_functions_share_one_asset_and_one_shape(templates: Templates) -> None:
    """arm64, the Python that the asset is compiled for, JSON logs, no tracing."""
    functions = _functions(templates).values()
    assert len({json.dumps(function["Code"]) for function in functions}) == 1
    for function in functions:
        assert function["Architectures"] == ["arm64"]
        assert function["Runtime"] == "python3.13"
        assert function["LoggingConfig"]["LogFormat"] == "JSON"
        assert "TracingConfig" not in function


def test_logs_do_not_stay_for_ever(templates: Templates) -> None:
    """Every function writes to a log group of its own, which forgets."""
    functions = _functions(templates).values()
    groups = {templates.logical_id(function["LoggingConfig"]["LogGroup"]) for function in functions}
    assert groups == set(templates.of_type("AWS::Logs::LogGroup"))
    assert len(groups) == len(FUNCTIONS)
    assert all(group["RetentionInDays"] == 30 for group in templates.properties("AWS::Logs::LogGroup").values())


def test_functions_are_told_all_settings(templates: Templates) -> None:
    """The environment is what Settings writes and, beside it, what powertools reads."""
    for name, function in _functions(templates).items():
        told = function["Environment"]["Variables"]
        ours = {variable(field.name) for field in fields(Settings)}
        assert told.keys() == ours | {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"}
        assert told["POWERTOOLS_SERVICE_NAME"] == name


def test_a_function_that_a_caller_waits_for_has_time_to_answer_when_aws_does_not(templates: Templates) -> None:
    """Its own end comes before the gateway's 30 seconds, and well after the reserve that is kept for the answer."""
    for name in ("single_send", "api"):
        timeout = _functions(templates)[name]["Timeout"]
        assert RESERVE_SECONDS + ANSWER_SECONDS < timeout < 30


def test_no_role_is_shared_or_wide(templates: Templates) -> None:
    """Own role, no managed policy, exact actions, exact resources; wildcards are below a prefix, in the bucket of events, and
    for what is about the account as a whole.
    """
    functions = _functions(templates).values()
    roles = {templates.logical_id(function["Role"]) for function in functions}
    assert len(roles) == len(FUNCTIONS)
    assert not any("ManagedPolicyArns" in role for role in templates.properties("AWS::IAM::Role").values())
    assert not templates.of_type("AWS::IAM::Policy")
    for function in functions:
        for statement in _statements(templates, function):
            assert statement["Effect"] == "Allow"
            assert not any("*" in action for action in _as_list(statement["Action"]))
            for resource in _as_list(statement["Resource"]):
                if set(_as_list(statement["Action"])) <= {"iam:ListUsers", "ses:GetAccount", *SUPPRESSION}:
                    continue
                told = json.dumps(resource)
                users = told.count("/prod/*") if "iam" in told else 0
                prefixes = sum(told.count(f"/{prefix}/*") for prefix in ("webhooks", "sends", "uploads", "events"))
                assert told.count("*") == users + prefixes + (told.count('"/*"') if "Events" in told else 0)


def test_the_dangerous_rights_are_where_they_belong(templates: Templates) -> None:
    """Only deliver sends by SES, only for our identity and sets; the sweeper asks what the account may, api lifts quarantines; IAM:
    test_smtp_tokens.
    """
    at_ses: dict[str, set[str]] = {}
    holders: dict[str, set[str]] = {}
    for name, function in _functions(templates).items():
        for statement in _statements(templates, function):
            for action in _as_list(statement["Action"]):
                holders.setdefault(action.split(":")[0], set()).add(name)
                if action.startswith("ses:"):
                    at_ses.setdefault(name, set()).add(action)
                    assert name != "deliver" or len(_as_list(statement["Resource"])) == 3
    sending = {"ses:SendEmail", "ses:SendRawEmail"}
    assert at_ses == {"deliver": sending, "sweep": {"ses:GetAccount"}, "api": SUPPRESSION}
    assert holders["ssm"] == {"api", "deliver_webhook"}
    assert holders.keys() == {"dynamodb", "iam", "logs", "s3", "ses", "sqs", "ssm"}


def test_who_makes_a_webhooks_secret_cannot_read_it(templates: Templates) -> None:
    """And who reads it to sign cannot make one."""
    rights = {
        name: {a for s in _statements(templates, function) for a in _as_list(s["Action"]) if a.startswith("ssm:")}
        for name, function in _functions(templates).items()
    }
    assert rights["api"] == {"ssm:PutParameter", "ssm:DeleteParameter"}
    assert rights["deliver_webhook"] == {"ssm:GetParameter"}


def test_the_event_bus_hears_of_mails_only_where_that_is_chosen(templates: Templates, synthesized: Synthesize) -> None:
    """EventBridge asks $1 for a million events."""
    chosen = synthesized(eventBridge=True)
    for stage, told in ((templates, "0"), (chosen, "1")):
        function = _functions(stage)["notify"]
        assert function["Environment"]["Variables"][variable("event_bridge")] == told
        statements = [s for s in _statements(stage, function) if "events:PutEvents" in _as_list(s["Action"])]
        assert len(statements) == int(told)
    assert json.dumps(statements[0]["Resource"]).count("event-bus/default") == 1


def test_webhooks_leave_for_this_machine_on_the_local_stack_alone(templates: Templates) -> None:
    for function in _functions(templates).values():
        assert function["Environment"]["Variables"][variable("webhooks_to_localhost")] == "0"


def test_every_queue_has_dead_letters_or_is_such(templates: Templates) -> None:
    """Dead letters wait 14 days, and a message in them raises an alarm; so does a message that waits too long elsewhere."""
    queues = templates.properties("AWS::SQS::Queue")
    fed = {
        templates.logical_id(queue["RedrivePolicy"]["deadLetterTargetArn"])
        for queue in queues.values()
        if "RedrivePolicy" in queue
    }
    for subscription in templates.properties("AWS::SNS::Subscription").values():
        if subscription["Protocol"] == "sqs":
            fed.add(templates.logical_id(subscription["RedrivePolicy"]["deadLetterTargetArn"]))
    for mapping in templates.properties("AWS::Lambda::EventSourceMapping").values():
        if "DestinationConfig" in mapping:
            fed.add(templates.logical_id(mapping["DestinationConfig"]["OnFailure"]["Destination"]))
    alarmed = {
        (alarm["MetricName"], templates.logical_id(dimension["Value"]))
        for alarm in templates.properties("AWS::CloudWatch::Alarm").values()
        for dimension in alarm.get("Dimensions", ())
        if dimension["Name"] == "QueueName"
    }
    for name, queue in queues.items():
        assert ("RedrivePolicy" in queue) != (name in fed)
        metric = "ApproximateNumberOfMessagesVisible" if name in fed else "ApproximateAgeOfOldestMessage"
        assert (metric, name) in alarmed
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_queues_are_encrypted_and_speak_tls_only(templates: Templates) -> None:
    """Every one."""
    assert all(queue["SqsManagedSseEnabled"] for queue in templates.properties("AWS::SQS::Queue").values())
    closed = {
        templates.logical_id(queue)
        for policy in templates.properties("AWS::SQS::QueuePolicy").values()
        for queue in policy["Queues"]
        if any(
            statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            for statement in policy["PolicyDocument"]["Statement"]
        )
    }
    assert closed == set(templates.of_type("AWS::SQS::Queue"))


def test_queues_feed_functions_that_report_single_failures(templates: Templates) -> None:
    """A batch's good messages do not come again; visibility is six times the function's timeout, as Lambda advises."""
    feeding = {}
    for mapping in templates.properties("AWS::Lambda::EventSourceMapping").values():
        source = templates.resources[templates.logical_id(mapping["EventSourceArn"])]
        function = templates.resources[templates.logical_id(mapping["FunctionName"])]["Properties"]
        feeding[_name_of(templates, mapping["FunctionName"])] = source["Type"]
        if source["Type"] == "AWS::SQS::Queue":
            assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
            assert source["Properties"]["VisibilityTimeout"] == 6 * function["Timeout"]
    assert feeding == {
        "deliver": "AWS::SQS::Queue",
        "record": "AWS::SQS::Queue",
        "measure": "AWS::DynamoDB::GlobalTable",
        "notify": "AWS::DynamoDB::GlobalTable",
        "deliver_webhook": "AWS::SQS::Queue",
    }


def test_measure_retries_a_batch_until_it_works(templates: Templates) -> None:
    """In order, whole, with no limit on attempts; and while the stream still holds what was given up somebody is told."""
    (mapping,) = (
        mapping
        for mapping in templates.properties("AWS::Lambda::EventSourceMapping").values()
        if "StartingPosition" in mapping and _name_of(templates, mapping["FunctionName"]) == "measure"
    )
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert not mapping["BisectBatchOnFunctionError"]
    assert "MaximumRetryAttempts" not in mapping
    assert mapping["MaximumRecordAgeInSeconds"] < 24 * 3600
    assert mapping["ParallelizationFactor"] == 1
    assert mapping["TumblingWindowInSeconds"] > 0, "without it events bear no shardId, which measure counts by"


def test_events_come_raw_to_the_queue_that_record_reads(templates: Templates) -> None:
    """SES → topic → queue, and only the topic may write there."""
    (subscription,) = (
        found for found in templates.properties("AWS::SNS::Subscription").values() if found["Protocol"] == "sqs"
    )
    assert subscription["RawMessageDelivery"]
    events = templates.logical_id(subscription["Endpoint"])
    (policy,) = (
        policy
        for policy in templates.properties("AWS::SQS::QueuePolicy").values()
        if templates.logical_id(policy["Queues"][0]) == events
    )
    (allow,) = (found for found in policy["PolicyDocument"]["Statement"] if found["Effect"] == "Allow")
    assert allow["Principal"] == {"Service": "sns.amazonaws.com"}
    assert templates.logical_id(allow["Condition"]["ArnEquals"]["aws:SourceArn"]).startswith("SendingEvents")


def test_every_route_is_deployed_behind_the_authorizer(templates: Templates) -> None:
    """The table of routes, one more for what matches none, and each goes to the function the table says."""
    (authorizer,) = templates.of_type("AWS::ApiGatewayV2::Authorizer")
    serving = {}
    for route in templates.properties("AWS::ApiGatewayV2::Route").values():
        assert route["AuthorizationType"] == "CUSTOM"
        assert route["AuthorizerId"] == {"Ref": authorizer}
        _, (_, integration) = route["Target"]["Fn::Join"]
        uri = templates.resources[templates.logical_id(integration)]["Properties"]["IntegrationUri"]
        serving[route["RouteKey"]] = _name_of(templates, uri)
    assert serving == {**{route.key: route.function for route in ROUTES}, "$default": DEFAULT_FUNCTION}


def test_the_authorizer_sees_every_request(templates: Templates) -> None:
    """With an identity source API Gateway would answer for us, and with a cache a deleted key would live on."""
    (authorizer,) = templates.properties("AWS::ApiGatewayV2::Authorizer").values()
    assert authorizer["AuthorizerType"] == "REQUEST"
    assert authorizer["EnableSimpleResponses"]
    assert authorizer["AuthorizerPayloadFormatVersion"] == "2.0"
    assert authorizer["IdentitySource"] == []
    assert authorizer["AuthorizerResultTtlInSeconds"] == 0


def test_the_api_is_throttled_and_may_call_its_functions(templates: Templates) -> None:
    """One permission per function suffices for any number of routes."""
    (stage,) = templates.properties("AWS::ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 5000, "ThrottlingBurstLimit": 2500}
    permitted = [
        _name_of(templates, permission["FunctionName"])
        for permission in templates.properties("AWS::Lambda::Permission").values()
    ]
    assert sorted(permitted) == ["api", "authorizer", "single_send", "smtp_tokens"]


def test_settings_output_is_readable_by_settings(templates: Templates) -> None:
    """Whoever runs our code outside of the functions needs no more than this output."""
    _, parts = templates.service["Outputs"]["Settings"]["Value"]["Fn::Join"]
    told = "".join(part if isinstance(part, str) else templates.logical_id(part) for part in parts)
    settings = Settings.from_env(json.loads(told))
    assert settings.transactional_configuration_set == "staffetta-prod-transactional"
    assert settings.sends_table.startswith("Sends")


def test_limits_fit_together(templates: Templates) -> None:
    """A lease outlives its worker, and the queue gives up later than deliver, which alone can tell the reason."""
    deliver = _functions(templates)["deliver"]
    told = deliver["Environment"]["Variables"]
    queue = templates.resources[templates.logical_id(told["STAFFETTA_SEND_QUEUE_URL"])]["Properties"]
    assert int(told["STAFFETTA_LEASE_SECONDS"]) > deliver["Timeout"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] > int(told["STAFFETTA_MAX_RECEIVES"])
    assert templates.logical_id(queue["RedrivePolicy"]["deadLetterTargetArn"]) == templates.logical_id(
        told["STAFFETTA_DEAD_LETTER_QUEUE_URL"]
    )


def test_every_alarm_is_heard(templates: Templates, local: Templates) -> None:
    """With an address, each alarm goes there; without one there is no topic at all."""
    topics = {
        templates.logical_id(found["TopicArn"])
        for found in templates.properties("AWS::SNS::Subscription").values()
        if found["Protocol"] == "email"
    }
    alarms = templates.properties("AWS::CloudWatch::Alarm").values()
    assert len(topics) == 1
    assert all({templates.logical_id(action) for action in alarm["AlarmActions"]} == topics for alarm in alarms)
    assert all(alarm["TreatMissingData"] == "notBreaching" for alarm in alarms)
    assert not any("AlarmActions" in alarm for alarm in local.properties("AWS::CloudWatch::Alarm").values())


def test_functions_know_the_apis_address_and_nothing_depends_on_itself(templates: Templates) -> None:
    """The API's routes need the functions, and the functions the API's address: a circle, if the API were made in one piece."""
    service = templates.service["Resources"]
    for function in _functions(templates).values():
        told = function["Environment"]["Variables"][variable("public_url")]
        assert service[told["Fn::GetAtt"][0]]["Type"] == "AWS::ApiGatewayV2::Api"
    needed = {name: set(_references(resource)) & service.keys() for name, resource in service.items()}
    assert len(list(TopologicalSorter(needed).static_order())) == len(service)


def _references(value: Any) -> Iterator[str]:
    """The logical ids that a part of a template names."""
    if isinstance(value, list):
        for one in value:
            yield from _references(one)
    if isinstance(value, dict):
        for name, one in value.items():
            if name in {"Ref", "DependsOn"}:
                yield from _as_list(one)
            elif name == "Fn::GetAtt":
                yield one[0]
            else:
                yield from _references(one)


def test_the_audit_log_is_only_ever_added_to(templates: Templates) -> None:
    """And none but the sweeper takes anything out of the archive of events, or a contact off its table."""
    audit: set[str] = set()
    deletes: dict[str, str] = {}
    for name, function in _functions(templates).items():
        for statement in _statements(templates, function):
            actions, told = set(_as_list(statement["Action"])), json.dumps(statement["Resource"])
            if "Audit" in told:
                audit |= actions
            if actions & {"s3:DeleteObject", "dynamodb:DeleteItem"}:
                deletes[name] = deletes.get(name, "") + told
    assert audit == {"dynamodb:PutItem", "dynamodb:Query"}
    assert {name for name, told in deletes.items() if "Events" in told or "Contacts" in told} == {"sweep"}
