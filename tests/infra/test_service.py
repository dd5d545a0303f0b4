"""The promises of the Service stack, for every function, queue, alarm and route in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from msgspec.structs import fields

from functions.adapters.aws.client import ANSWER_SECONDS
from functions.adapters.aws.deadline import RESERVE_SECONDS
from functions.core.sending import max_delivery_time
from functions.routes.table import DEFAULT_FUNCTION, ROUTES
from functions.settings import Settings, variable
from infra.health.running_checks import DEAD_LETTERS
from infra.local.cloud.iam.policy_evaluation import arn_like
from infra.service_settings import GRACE_SECONDS

if TYPE_CHECKING:
    from tests.support.aws.cdk_templates import Templates

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

IDENTITY_CHANGES = (
    *("CreateEmailIdentity", "DeleteEmailIdentity", "TagResource", "UntagResource"),
    *("PutEmailIdentityMailFromAttributes", "PutEmailIdentityFeedbackAttributes"),
    "PutEmailIdentityConfigurationSetAttributes",
    *("CreateConfigurationSet", "DeleteConfigurationSet"),  # of a domain's own
    *("CreateConfigurationSetEventDestination", "GetConfigurationSetEventDestinations"),
)
CONSOLE = {"GET /", "GET /console", "ANY /console/{proxy+}"}
SUPPRESSION = {"ses:GetSuppressedDestination", "ses:DeleteSuppressedDestination"}
ADDRESSES = {"ses:GetDedicatedIpPool", "ses:GetDedicatedIps", "ses:GetBlacklistReports"}


def _functions(templates: Templates) -> dict[str, dict[str, Any]]:
    """Returns the functions by the name of their Lambda file."""
    functions = templates.properties("AWS::Lambda::Function").values()
    return {function["Handler"].split(".")[1]: function for function in functions}


def _statements(templates: Templates, function: dict[str, Any]) -> list[dict[str, Any]]:
    role = templates.resources[templates.logical_id(function["Role"])]["Properties"]
    return [statement for policy in role["Policies"] for statement in policy["PolicyDocument"]["Statement"]]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _name_of(templates: Templates, reference: Any) -> str:
    """Returns the Lambda file that a reference in the template refers to."""
    handler: str = templates.resources[templates.logical_id(reference)]["Properties"]["Handler"]
    return handler.split(".")[1]


def test_every_lambda_file_is_deployed(templates: Templates) -> None:
    """A function that is not in the template runs nowhere."""
    assert {function["Handler"] for function in templates.properties("AWS::Lambda::Function").values()} == {
        f"functions.{name}.handler" for name in FUNCTIONS
    }


def test_functions_share_one_asset_and_one_shape(templates: Templates) -> None:
    """They run on arm64 and the Python of the asset, with JSON logs and without tracing."""
    functions = _functions(templates).values()
    assert len({json.dumps(function["Code"]) for function in functions}) == 1
    for function in functions:
        assert function["Architectures"] == ["arm64"]
        assert function["Runtime"] == "python3.13"
        assert function["LoggingConfig"]["LogFormat"] == "JSON"
        assert "TracingConfig" not in function


def test_logs_expire(templates: Templates) -> None:
    """Every function writes to its own log group, which has a retention."""
    functions = _functions(templates).values()
    groups = {templates.logical_id(function["LoggingConfig"]["LogGroup"]) for function in functions}
    assert groups == set(templates.of_type("AWS::Logs::LogGroup"))
    assert len(groups) == len(FUNCTIONS)
    assert all(group["RetentionInDays"] == 30 for group in templates.properties("AWS::Logs::LogGroup").values())


def test_functions_have_all_settings(templates: Templates) -> None:
    """The environment has what Settings writes and what powertools reads."""
    for name, function in _functions(templates).items():
        variables = function["Environment"]["Variables"]
        ours = {variable(field.name) for field in fields(Settings)}
        assert variables.keys() == ours | {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"}
        assert variables["POWERTOOLS_SERVICE_NAME"] == name


def test_http_functions_have_time_to_respond_if_aws_does_not(templates: Templates) -> None:
    """Their timeout is below the gateway's 30 seconds, and well above the reserve for the response."""
    for name in ("single_send", "api"):
        timeout = _functions(templates)[name]["Timeout"]
        assert RESERVE_SECONDS + ANSWER_SECONDS < timeout < 30


def test_no_role_is_shared_or_wide(templates: Templates) -> None:
    """Each has its own role with exact actions and resources. Wildcards are below a prefix, or for account-wide resources."""
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
                if set(_as_list(statement["Action"])) <= {
                    "iam:ListUsers",
                    "ses:GetAccount",
                    "cloudwatch:DescribeAlarms",
                    *SUPPRESSION,
                    *ADDRESSES,
                }:
                    continue
                text = json.dumps(resource)
                if ":identity/*" in text:
                    assert "Condition" in statement or statement["Action"] == "ses:GetEmailIdentity"
                    continue
                if ":dedicated-ip-pool/*" in text:  # of a new set, whose name is ours
                    assert statement["Action"] == "ses:CreateConfigurationSet"
                    continue
                own_sets = text.count("configuration-set/staffetta-prod-domain-*")
                users = text.count("/prod/*") if "iam" in text else 0
                prefixes = sum(
                    text.count(f"/{prefix}/*")
                    for prefix in ("webhooks", "sends", "uploads", "broadcasts", "imports", "events", "images")
                )
                assert text.count("*") == own_sets + users + prefixes + (text.count('"/*"') if "Events" in text else 0)


def test_dangerous_permissions_belong_to_few_functions(templates: Templates) -> None:
    """Only deliver sends, the sweep reads the quota, api and console remove suppressions, read addresses and change domains."""
    at_ses: dict[str, set[str]] = {}
    of_deliver = 0
    holders: dict[str, set[str]] = {}
    for name, function in _functions(templates).items():
        for statement in _statements(templates, function):
            for action in _as_list(statement["Action"]):
                holders.setdefault(action.split(":")[0], set()).add(name)
                if action.startswith("ses:"):
                    at_ses.setdefault(name, set()).add(action)
                    of_deliver += len(_as_list(statement["Resource"])) * (
                        name == "deliver" and action == "ses:SendEmail"
                    )
    identities, sets = (
        3,
        3 + len(max_delivery_time.SET_LIMITS),
    )  # our own, the added ones and any recipient's; ours only
    assert of_deliver == identities + sets
    sending = {"ses:SendEmail", "ses:SendRawEmail"}
    administration = {"ses:GetConfigurationSet", "ses:GetEmailIdentity", *SUPPRESSION, *ADDRESSES}
    administration |= {f"ses:{action}" for action in IDENTITY_CHANGES}
    assert at_ses == {
        "deliver": sending,
        "broadcast": sending,
        "sweep": {"ses:GetAccount", "ses:GetEmailIdentity", "ses:GetConfigurationSet"},
        "api": administration,
        "console": administration,
    }
    assert holders["ssm"] == {"api", "console", "deliver_webhook"}
    assert holders["cognito-idp"] == holders["lambda"] == {"console"}, "the console invokes smtp_tokens"
    assert holders.keys() == {
        "cloudwatch",
        "cognito-idp",
        "dynamodb",
        "iam",
        "lambda",
        "logs",
        "s3",
        "ses",
        "sqs",
        "ssm",
    }


def test_a_domain_is_authorised_by_the_stages_tag(templates: Templates) -> None:
    """Deliver sends as the deployment's identity, and as the identities with the stage's tag. api changes no other identity."""
    tag = "staffetta:sends-for-prod"
    conditions: dict[str, Any] = {}
    for name in ("deliver", "api"):
        for statement in _statements(templates, _functions(templates)[name]):
            if ":identity/*" in json.dumps(statement["Resource"]) and "FromAddress" not in str(statement):
                conditions |= {action: statement.get("Condition") for action in _as_list(statement["Action"])}
    tagged = {"StringEquals": {f"aws:ResourceTag/{tag}": "true"}}
    assert conditions.pop("ses:GetEmailIdentity") is None
    assert conditions.pop("ses:CreateEmailIdentity") == {"StringEquals": {f"aws:RequestTag/{tag}": "true"}}
    for action in ("ses:TagResource", "ses:UntagResource"):
        assert conditions.pop(action) == {"ForAllValues:StringEquals": {"aws:TagKeys": [tag]}}
    assert all(condition == tagged for condition in conditions.values())


def test_a_sandboxes_recipients_get_mail_from_our_domain_only(templates: Templates) -> None:
    """SES authorises their identities too, and the template has no list of them."""
    statements = _statements(templates, _functions(templates)["deliver"])
    (wide,) = (
        statement
        for statement in statements
        if ":identity/*" in json.dumps(statement["Resource"]) and "StringLike" in statement.get("Condition", {})
    )
    assert wide["Condition"] == {"StringLike": {"ses:FromAddress": ["*@example.com", "*@*.example.com"]}}


def test_a_webhook_secrets_creator_cannot_read_it(templates: Templates) -> None:
    """The function that reads it to sign cannot create one."""
    rights = {
        name: {a for s in _statements(templates, function) for a in _as_list(s["Action"]) if a.startswith("ssm:")}
        for name, function in _functions(templates).items()
    }
    assert rights["api"] == {"ssm:PutParameter", "ssm:DeleteParameter"}
    assert rights["deliver_webhook"] == {"ssm:GetParameter"}


def test_email_events_reach_the_bus_only_if_enabled(templates: Templates, other: Templates) -> None:
    """EventBridge costs $1 for a million events."""
    for stage, value in ((templates, "0"), (other, "1")):
        function = _functions(stage)["notify"]
        assert function["Environment"]["Variables"][variable("event_bridge")] == value
        statements = [s for s in _statements(stage, function) if "events:PutEvents" in _as_list(s["Action"])]
        assert len(statements) == int(value)
    assert json.dumps(statements[0]["Resource"]).count("event-bus/default") == 1


def test_webhooks_call_localhost_on_the_local_stack_only(templates: Templates) -> None:
    for function in _functions(templates).values():
        assert function["Environment"]["Variables"][variable("webhooks_to_localhost")] == "0"


def test_every_queue_has_dead_letters_or_stores_them(templates: Templates) -> None:
    """Dead letters stay 14 days, and a message in them raises an alarm, and is what doctor reports. So does an old message in another
    queue raise an alarm.
    """
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
        assert (name in fed) == any(part in name for part in DEAD_LETTERS)
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_queues_are_encrypted_and_require_tls(templates: Templates) -> None:
    """This is true of every queue."""
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
    """A batch's successful messages are not received again. Visibility is six times the timeout and the window, as Lambda advises."""
    feeding = {}
    for mapping in templates.properties("AWS::Lambda::EventSourceMapping").values():
        source = templates.resources[templates.logical_id(mapping["EventSourceArn"])]
        function = templates.resources[templates.logical_id(mapping["FunctionName"])]["Properties"]
        feeding[_name_of(templates, mapping["FunctionName"])] = source["Type"]
        if source["Type"] == "AWS::SQS::Queue":
            assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
            window = mapping.get("MaximumBatchingWindowInSeconds", 0)
            assert source["Properties"]["VisibilityTimeout"] == 6 * function["Timeout"] + window
    assert feeding == {
        "deliver": "AWS::SQS::Queue",
        "broadcast": "AWS::SQS::Queue",
        "record": "AWS::SQS::Queue",
        "measure": "AWS::DynamoDB::GlobalTable",
        "notify": "AWS::DynamoDB::GlobalTable",
        "deliver_webhook": "AWS::SQS::Queue",
        "automate": "AWS::SQS::Queue",
        "observe_contacts": "AWS::DynamoDB::GlobalTable",
    }


def test_measure_retries_a_batch_until_it_works(templates: Templates) -> None:
    """It is in order, whole, and without a limit of attempts. An alarm comes while the stream still has the batch."""
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
    """SES → topic → queue, and only the topic may send to the queue."""
    (subscription,) = (
        item for item in templates.properties("AWS::SNS::Subscription").values() if item["Protocol"] == "sqs"
    )
    assert subscription["RawMessageDelivery"]
    events = templates.logical_id(subscription["Endpoint"])
    (policy,) = (
        policy
        for policy in templates.properties("AWS::SQS::QueuePolicy").values()
        if templates.logical_id(policy["Queues"][0]) == events
    )
    (allow,) = (item for item in policy["PolicyDocument"]["Statement"] if item["Effect"] == "Allow")
    assert allow["Principal"] == {"Service": "sns.amazonaws.com"}
    assert templates.logical_id(allow["Condition"]["ArnEquals"]["aws:SourceArn"]).startswith("SendingEvents")


def test_every_route_calls_the_function_of_the_table(templates: Templates) -> None:
    """There is one route more, for requests that match none, and those of the console. No authorizer is a second function of a request."""
    assert not templates.of_type("AWS::ApiGatewayV2::Authorizer")
    serving = {}
    for route in templates.properties("AWS::ApiGatewayV2::Route").values():
        assert route["AuthorizationType"] == "NONE"
        _, (_, integration) = route["Target"]["Fn::Join"]
        uri = templates.resources[templates.logical_id(integration)]["Properties"]["IntegrationUri"]
        serving[route["RouteKey"]] = _name_of(templates, uri)
    pages = dict.fromkeys(CONSOLE, "console")
    assert serving == {**{route.key: route.function for route in ROUTES}, "$default": DEFAULT_FUNCTION, **pages}


def test_the_api_is_throttled_and_may_call_its_functions(templates: Templates) -> None:
    """One permission per function is enough for any number of routes. `$default` has another."""
    (stage,) = templates.properties("AWS::ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 5000, "ThrottlingBurstLimit": 2500}
    permitted = [
        _name_of(templates, permission["FunctionName"])
        for permission in templates.properties("AWS::Lambda::Permission").values()
    ]
    assert sorted(permitted) == ["api", "api", "console", "single_send", "smtp_tokens"]


def test_every_route_may_call_its_function(templates: Templates) -> None:
    """API Gateway calls as `<api>/<stage>/<method><path>`, and for `$default` as `<api>/<stage>/$default`."""
    sources: dict[str, list[str]] = {}
    for permission in templates.properties("AWS::Lambda::Permission").values():
        assert permission["Action"] == "lambda:InvokeFunction"
        assert permission["Principal"] == "apigateway.amazonaws.com"
        _, parts = permission["SourceArn"]["Fn::Join"]
        text = "".join(part if isinstance(part, str) else part.get("Ref", "?") for part in parts)
        sources.setdefault(_name_of(templates, permission["FunctionName"]), []).append(text)
    (api,) = templates.of_type("AWS::ApiGatewayV2::Api")
    account = "arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId"
    calls = [(route.function, f"{api}/$default/{route.key.replace(' ', '', 1)}") for route in ROUTES]
    for function, call in [*calls, (DEFAULT_FUNCTION, f"{api}/$default/$default")]:
        assert any(arn_like(source, f"{account}:{call}") for source in sources[function]), call


def test_a_service_acts_for_this_account_only(templates: Templates) -> None:
    """Otherwise another customer could let it act on ours: the confused deputy. Lambda documents no condition: iam:PassRole protects its roles."""
    trusted: dict[str, list[set[str]]] = {}
    for policy in (*_trusts(templates), *_resource_policies(templates)):
        for statement in policy["Statement"]:
            if statement["Effect"] == "Allow":
                trusted.setdefault(statement["Principal"]["Service"], []).append(_condition_keys(statement))
    assert trusted.keys() >= {"scheduler.amazonaws.com", "ses.amazonaws.com", "cloudfront.amazonaws.com"}
    assert not any(trusted.pop("lambda.amazonaws.com"))
    for service, conditions in trusted.items():
        assert all(keys & {"aws:sourceaccount", "aws:sourcearn"} for keys in conditions), service
    for keys in trusted["scheduler.amazonaws.com"]:
        assert keys == {"aws:sourceaccount", "aws:sourcearn"}
    for permission in templates.properties("AWS::Lambda::Permission").values():
        assert "SourceArn" in permission


def test_scheduler_is_trusted_with_its_group(templates: Templates) -> None:
    """AWS advises against a single schedule as the source."""
    group = "arn:AWS::Partition:scheduler:AWS::Region:AWS::AccountId:schedule-group/default"
    schedules = templates.properties("AWS::Scheduler::Schedule").values()
    assert all(schedule.get("GroupName", "default") == "default" for schedule in schedules)
    for schedule in schedules:
        role = templates.resources[templates.logical_id(schedule["Target"]["RoleArn"])]["Properties"]
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        _, parts = statement["Condition"]["StringEquals"]["aws:SourceArn"]["Fn::Join"]
        assert "".join(part if isinstance(part, str) else part["Ref"] for part in parts) == group


def _trusts(templates: Templates) -> Iterator[dict[str, Any]]:
    for role in templates.properties("AWS::IAM::Role").values():
        yield role["AssumeRolePolicyDocument"]


def _resource_policies(templates: Templates) -> Iterator[dict[str, Any]]:
    for kind in ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy"):
        for policy in templates.properties(kind).values():
            yield policy["PolicyDocument"]


def _condition_keys(statement: dict[str, Any]) -> set[str]:
    """Returns the keys of a statement's condition. IAM ignores their case."""
    return {key.lower() for keys in statement.get("Condition", {}).values() for key in keys}


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
    deliver = _functions(templates)["deliver"]
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
    for function in _functions(templates).values():
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
                yield from _as_list(one)
            elif name == "Fn::GetAtt":
                yield one[0]
            else:
                yield from _references(one)


def test_the_audit_log_is_append_only(templates: Templates) -> None:
    """Only the sweep deletes from the archive of events and from the contacts table."""
    audit: set[str] = set()
    deletes: dict[str, str] = {}
    for name, function in _functions(templates).items():
        for statement in _statements(templates, function):
            actions, text = set(_as_list(statement["Action"])), json.dumps(statement["Resource"])
            if "Audit" in text:
                audit |= actions
            if actions & {"s3:DeleteObject", "dynamodb:DeleteItem"}:
                deletes[name] = deletes.get(name, "") + text
    assert audit == {"dynamodb:PutItem", "dynamodb:Query"}
    assert {name for name, text in deletes.items() if "Events" in text or "Contacts" in text} == {"sweep"}


def test_events_come_back_well_within_the_grace_period(templates: Templates) -> None:
    """An unknown outcome is sent again after the grace period without an event of SES."""
    (mapping,) = (
        mapping
        for mapping in templates.properties("AWS::Lambda::EventSourceMapping").values()
        if _name_of(templates, mapping["FunctionName"]) == "record"
    )
    queue = templates.resources[templates.logical_id(mapping["EventSourceArn"])]["Properties"]
    assert queue["VisibilityTimeout"] <= GRACE_SECONDS / 4
    alarms = templates.of_type("AWS::CloudWatch::Alarm")
    (late,) = (alarm["Properties"] for name, alarm in alarms.items() if name.startswith("EventsQueueLate"))
    assert late["Threshold"] <= GRACE_SECONDS / 3
