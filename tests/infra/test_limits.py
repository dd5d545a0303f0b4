"""The limits of AWS that no linter checks, at the longest names that a deployment can have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from infra import config
from infra.config import CERTIFICATE_NAME_MAX, NAMES_MAX, PREFIX, ConfigError
from tests.support.aws.cdk_templates import Assembly, Templates

ACCOUNT, REGION, PARTITION = "123456789012", "us-gov-west-1", "aws-us-gov"  # GovCloud's ARNs are the longest
STAGE = "a" * 16
DOMAIN = f"{'d' * 48}.example.com"
HOSTS = {
    "trackingHost": f".{DOMAIN}".rjust(CERTIFICATE_NAME_MAX, "t"),
    "imagesHost": ".images.com".rjust(CERTIFICATE_NAME_MAX, "i"),
    "publicUrl": "https://" + ".com".rjust(NAMES_MAX - len(DOMAIN) - 2 * CERTIFICATE_NAME_MAX - len("https://"), "a"),
}
SUFFIX = "-" + "X" * 12  # of the names that CloudFormation makes
NAME_LIMITS = {
    "AWS::SQS::Queue": 80,
    "AWS::S3::Bucket": 63,
    "AWS::IAM::ManagedPolicy": 128,
    "AWS::Lambda::Function": 64,
}
COGNITO_IDS = {"AWS::Cognito::UserPool": f"{REGION}_{'X' * 9}", "AWS::Cognito::UserPoolClient": "x" * 26}
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": PARTITION,
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": f"Staffetta-{STAGE}-ImagesHost",  # the longest
    "AWS::StackId": f"arn:{PARTITION}:cloudformation:{REGION}:{ACCOUNT}:stack/Staffetta/{'0' * 8}-0000-0000-0000-{'0' * 12}",
}


@pytest.fixture(scope="module")
def longest(assembly: Assembly) -> Templates:
    settings = {
        "stage": STAGE,
        "domain": DOMAIN,
        "bundle": False,
        "alarmEmail": "oncall@acme.com",
        "eventBridge": True,
        **HOSTS,
    }
    context = {f"{PREFIX}{key}": value for key, value in settings.items()}
    folder = assembly(context, "eu-west-1")
    state, service = (
        json.loads((folder / f"Staffetta-{STAGE}-{name}.template.json").read_text()) for name in ("State", "Service")
    )
    return Templates(folder, state, service)


def test_names_that_are_too_long_together_are_refused() -> None:
    context = {f"{PREFIX}{key}": value for key, value in {"stage": STAGE, "domain": DOMAIN, **HOSTS}.items()}
    config.read(context)
    with pytest.raises(ConfigError, match="too long together"):
        config.read({**context, f"{PREFIX}publicUrl": f"{HOSTS['publicUrl']}m"})


def test_a_host_that_no_certificate_can_have_is_refused() -> None:
    context = {f"{PREFIX}stage": STAGE, f"{PREFIX}domain": DOMAIN, f"{PREFIX}imagesHost": f"{'i' * 54}.images.com"}
    with pytest.raises(ConfigError, match=r"imagesHost .* 64 characters at most"):
        config.read(context)


def deployed(value: Any, templates: Templates) -> Any:
    """Returns a value of the template as CloudFormation resolves it, in length."""
    match value:
        case {"Ref": str(name)} if name in PSEUDO:
            return PSEUDO[name]
        case {"Ref": _} | {"Fn::ImportValue": _} | {"Fn::GetAtt": _}:
            return _attribute(value, templates)
        case Mapping():
            return _called({key: deployed(each, templates) for key, each in value.items()})
        case list():
            return [deployed(each, templates) for each in value]
    return value


def _called(value: Mapping[str, Any]) -> Any:
    match value:
        case {"Fn::Join": [separator, parts]}:
            return separator.join(parts)
        case {"Fn::Select": [index, parts]}:
            return parts[int(index)]
        case {"Fn::Split": [separator, text]}:
            return text.split(separator)
    return value


def _attribute(reference: Any, templates: Templates) -> str:
    logical = templates.logical_id(reference)
    resource = templates.resources[logical]
    kind, service = resource["Type"], resource["Type"].split("::")[1].lower()
    stack = "State" if logical in templates.state["Resources"] else "Service"
    name = f"Staffetta-{STAGE}-{stack}-{logical}"[: NAME_LIMITS.get(kind, 255) - len(SUFFIX)] + SUFFIX
    text = json.dumps(reference)
    if kind in COGNITO_IDS and "Ref" in text:
        return COGNITO_IDS[kind]
    if kind == "AWS::IAM::ManagedPolicy":
        return f"arn:{PARTITION}:iam::{ACCOUNT}:policy/{name}"
    if kind == "AWS::SQS::Queue" and "Ref" in text:
        return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"
    if "Stream" in text:
        return f"arn:{PARTITION}:dynamodb:{REGION}:{ACCOUNT}:table/{name}/stream/2026-11-29T00:00:00.000"
    if "Arn" in text or kind == "AWS::SNS::Topic":
        return f"arn:{PARTITION}:{service}:{REGION}:{ACCOUNT}:{'table/' if service == 'dynamodb' else ''}{name}"
    return name


def octets(document: Any) -> int:
    return len(json.dumps(document, separators=(",", ":")).encode())


def test_the_permissions_of_a_role_fit(longest: Templates) -> None:
    """IAM counts the inline policies of a role together, without white space."""
    roles = longest.properties("AWS::IAM::Role")
    sizes = {
        name: sum(octets(deployed(policy["PolicyDocument"], longest)) for policy in role.get("Policies", []))
        for name, role in roles.items()
    }
    assert {name: size for name, size in sizes.items() if size > 10_240} == {}


def test_policies_of_resources_fit(longest: Templates) -> None:
    limits = {
        "AWS::IAM::ManagedPolicy": 6_144,
        "AWS::SNS::TopicPolicy": 30_720,
        "AWS::SQS::QueuePolicy": 8_192,
        "AWS::S3::BucketPolicy": 20_480,
    }
    for kind, limit in limits.items():
        for name, policy in longest.properties(kind).items():
            assert octets(deployed(policy["PolicyDocument"], longest)) <= limit, name


def test_the_environment_of_a_function_fits(longest: Templates) -> None:
    """Lambda counts names and values, and the settings of later versions need room."""
    for name, function in longest.properties("AWS::Lambda::Function").items():
        variables = deployed(function["Environment"]["Variables"], longest)
        size = sum(len(key) + len(str(value)) for key, value in variables.items())
        assert size <= 4_096 - 512, name


def test_the_stacks_fit(longest: Templates) -> None:
    """The routes of an HTTP API, and the resources, outputs and octets of a stack."""
    assert len(longest.of_type("AWS::ApiGatewayV2::Route")) <= 300
    for template in (longest.state, longest.service):
        assert len(template["Resources"]) <= 500
        assert len(template["Outputs"]) <= 200
    for file in longest.folder.glob("*.template.json"):  # as the `cdk` command uploads them
        assert file.stat().st_size <= 1_000_000


@pytest.mark.parametrize(
    ("kind", "path", "limit"),
    [
        ("AWS::Lambda::Function", ("FunctionName",), 64),
        ("AWS::S3::Bucket", ("BucketName",), 63),
        ("AWS::SES::ConfigurationSet", ("Name",), 64),
        ("AWS::CloudFront::OriginAccessControl", ("OriginAccessControlConfig", "Name"), 64),
        ("AWS::Cognito::UserPool", ("UserPoolName",), 128),
        ("AWS::ApiGatewayV2::Api", ("Name",), 128),
        ("AWS::CloudWatch::Dashboard", ("DashboardName",), 255),
        ("AWS::CloudWatch::Alarm", ("AlarmDescription",), 1024),
    ],
)
def test_names_fit(longest: Templates, kind: str, path: tuple[str, ...], limit: int) -> None:
    lengths = []
    for properties in longest.properties(kind).values():
        value = properties
        for key in path:
            value = value.get(key, "")
        lengths.append(len(deployed(value, longest)))
    assert 0 < max(lengths) <= limit
