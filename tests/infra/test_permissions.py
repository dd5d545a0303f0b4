"""Who may do what: the role of each function, and the policies of resources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from functions.core.sending import max_delivery_time
from functions.settings import variable
from tests.support.aws.cdk_templates import Templates, as_list

IDENTITY_CHANGES = (
    *("CreateEmailIdentity", "DeleteEmailIdentity", "TagResource", "UntagResource"),
    *("PutEmailIdentityMailFromAttributes", "PutEmailIdentityFeedbackAttributes"),
    "PutEmailIdentityConfigurationSetAttributes",
    *("CreateConfigurationSet", "DeleteConfigurationSet"),  # of a domain's own
    *("CreateConfigurationSetEventDestination", "GetConfigurationSetEventDestinations"),
)

SUPPRESSION = {"ses:GetSuppressedDestination", "ses:DeleteSuppressedDestination"}

ADDRESSES = {"ses:GetDedicatedIpPool", "ses:GetDedicatedIps", "ses:GetBlacklistReports"}


def test_no_role_is_shared_or_wide(templates: Templates) -> None:
    """Each has its own role with exact actions and resources. Wildcards are below a prefix, or for account-wide resources."""
    functions = templates.functions().values()
    roles = {templates.logical_id(function["Role"]) for function in functions}
    assert len(roles) == len(functions)
    assert not any("ManagedPolicyArns" in role for role in templates.properties("AWS::IAM::Role").values())
    assert not templates.of_type("AWS::IAM::Policy")
    for function in functions:
        for statement in templates.statements(function):
            assert statement["Effect"] == "Allow"
            assert not any("*" in action for action in as_list(statement["Action"]))
            for resource in as_list(statement["Resource"]):
                if set(as_list(statement["Action"])) <= {
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
    for name, function in templates.functions().items():
        for statement in templates.statements(function):
            for action in as_list(statement["Action"]):
                holders.setdefault(action.split(":")[0], set()).add(name)
                if action.startswith("ses:"):
                    at_ses.setdefault(name, set()).add(action)
                    of_deliver += len(as_list(statement["Resource"])) * (
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
        for statement in templates.statements(templates.functions()[name]):
            if ":identity/*" in json.dumps(statement["Resource"]) and "FromAddress" not in str(statement):
                conditions |= {action: statement.get("Condition") for action in as_list(statement["Action"])}
    tagged = {"StringEquals": {f"aws:ResourceTag/{tag}": "true"}}
    assert conditions.pop("ses:GetEmailIdentity") is None
    assert conditions.pop("ses:CreateEmailIdentity") == {"StringEquals": {f"aws:RequestTag/{tag}": "true"}}
    for action in ("ses:TagResource", "ses:UntagResource"):
        assert conditions.pop(action) == {"ForAllValues:StringEquals": {"aws:TagKeys": [tag]}}
    assert all(condition == tagged for condition in conditions.values())


def test_a_sandboxes_recipients_get_mail_from_our_domain_only(templates: Templates) -> None:
    """SES authorises their identities too, and the template has no list of them."""
    statements = templates.statements(templates.functions()["deliver"])
    (wide,) = (
        statement
        for statement in statements
        if ":identity/*" in json.dumps(statement["Resource"]) and "StringLike" in statement.get("Condition", {})
    )
    assert wide["Condition"] == {"StringLike": {"ses:FromAddress": ["*@example.com", "*@*.example.com"]}}


def test_a_webhook_secrets_creator_cannot_read_it(templates: Templates) -> None:
    """The function that reads it to sign cannot create one."""
    rights = {
        name: {a for s in templates.statements(function) for a in as_list(s["Action"]) if a.startswith("ssm:")}
        for name, function in templates.functions().items()
    }
    assert rights["api"] == {"ssm:PutParameter", "ssm:DeleteParameter"}
    assert rights["deliver_webhook"] == {"ssm:GetParameter"}


def test_email_events_reach_the_bus_only_if_enabled(templates: Templates, other: Templates) -> None:
    """EventBridge costs $1 for a million events."""
    for stage, value in ((templates, "0"), (other, "1")):
        function = stage.functions()["notify"]
        assert function["Environment"]["Variables"][variable("event_bridge")] == value
        statements = [s for s in stage.statements(function) if "events:PutEvents" in as_list(s["Action"])]
        assert len(statements) == int(value)
    assert json.dumps(statements[0]["Resource"]).count("event-bus/default") == 1


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


def test_the_audit_log_is_append_only(templates: Templates) -> None:
    """Only the sweep deletes from the archive of events and from the contacts table."""
    audit: set[str] = set()
    deletes: dict[str, str] = {}
    for name, function in templates.functions().items():
        for statement in templates.statements(function):
            actions, text = set(as_list(statement["Action"])), json.dumps(statement["Resource"])
            if "Audit" in text:
                audit |= actions
            if actions & {"s3:DeleteObject", "dynamodb:DeleteItem"}:
                deletes[name] = deletes.get(name, "") + text
    assert audit == {"dynamodb:PutItem", "dynamodb:Query"}
    assert {name for name, text in deletes.items() if "Events" in text or "Contacts" in text} == {"sweep"}
