"""Which function may use IAM, and the most that an SMTP token may do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.core.tokens.smtp_policy import smtp_policy
from functions.core.tokens.smtp_token import user_name
from functions.settings import Settings
from infra.local.cloud.iam.policy_evaluation import allows

if TYPE_CHECKING:
    from tests.support.aws.cdk_templates import Templates

ACCOUNT = {"AWS::Partition": "aws", "AWS::AccountId": "123456789012", "AWS::Region": "eu-west-1"}
SES = "arn:aws:ses:eu-west-1:123456789012"
USERS = "arn:aws:iam::123456789012:user/staffetta/smtp/eu-west-1"


def resolved(value: Any) -> Any:
    """Resolves the account's references as CloudFormation would. Other references stay."""
    match value:
        case {"Fn::Join": [separator, parts]}:
            resolved_parts = [resolved(part) for part in parts]
            return separator.join(resolved_parts) if all(isinstance(part, str) for part in resolved_parts) else value
        case {"Ref": str(name)}:
            return ACCOUNT.get(name, value)
        case dict():
            return {key: resolved(part) for key, part in value.items()}
        case list():
            return [resolved(part) for part in value]
        case _:
            return value


def statements(templates: Templates) -> dict[str, list[dict[str, Any]]]:
    """Returns the statements of all our roles, by the logical id of the role."""
    return {
        name: [
            statement for policy in resolved(role)["Policies"] for statement in policy["PolicyDocument"]["Statement"]
        ]
        for name, role in templates.properties("AWS::IAM::Role").items()
        if "Policies" in role
    }


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def iam_statements(templates: Templates) -> list[dict[str, Any]]:
    (function,) = (
        function
        for function in templates.properties("AWS::Lambda::Function").values()
        if function["Handler"] == "functions.smtp_tokens.handler"
    )
    mine = statements(templates)[templates.logical_id(function["Role"])]
    return [one for one in mine if any(action.startswith("iam:") for action in listed(one["Action"]))]


def test_only_smtp_tokens_may_touch_iam(templates: Templates) -> None:
    for statement in (one for ones in statements(templates).values() for one in ones):
        if any(action.lower().startswith(("iam:", "*")) for action in listed(statement["Action"])):
            assert statement in iam_statements(templates)


def test_it_changes_users_on_the_stages_path_only(templates: Templates) -> None:
    for statement in iam_statements(templates):
        expected = "*" if listed(statement["Action"]) == ["iam:ListUsers"] else f"{USERS}/prod/*"
        assert listed(statement["Resource"]) == [expected]


def test_users_and_policies_require_the_boundary(templates: Templates) -> None:
    (boundary,) = templates.of_type("AWS::IAM::ManagedPolicy")
    for statement in iam_statements(templates):
        if {"iam:CreateUser", "iam:PutUserPolicy"} & set(listed(statement["Action"])):
            (named,) = statement["Condition"]["StringEquals"].values()
            assert statement["Condition"].keys() == {"StringEquals"}
            assert templates.logical_id(named) == boundary
        for action in listed(statement["Action"]):
            assert "Boundary" not in action, "what it cannot take away it cannot escape"
            assert not action.startswith(("iam:Attach", "iam:AddUser", "iam:Pass"))


def test_the_functions_path_is_the_one_it_is_allowed(templates: Templates) -> None:
    settings = Settings.from_env(json.loads(resolved_text(resolved_output(templates, "Settings"))))
    assert f"arn:aws:iam::123456789012:user{settings.smtp_path}{user_name(7)}".startswith(f"{USERS}/prod/")
    assert settings.identity_arn == f"{SES}:identity/example.com"
    assert settings.configuration_sets_arn == f"{SES}:configuration-set/"


def resolved_output(templates: Templates, name: str) -> Any:
    return resolved(templates.service["Outputs"][name]["Value"])


def resolved_text(value: Any) -> str:
    """Resolves a text with references, each to its logical name unless it is the account's."""
    match value:
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(resolved_text(resolved(part)) for part in parts)
        case str():
            return value
        case _:
            return next(iter(str(one) for one in value.values()))


def test_the_boundary_allows_transactional_mail_only(templates: Templates) -> None:
    """The identity is the user's own policy's to name: a domain may be added later."""
    (boundary,) = templates.properties("AWS::IAM::ManagedPolicy").values()
    document = resolved(boundary["PolicyDocument"])
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    ours = (
        "identity/example.com",
        "identity/news.example.org",
        "configuration-set/staffetta-prod-transactional",
        "configuration-set/staffetta-prod-transactional-300s",
        "configuration-set/staffetta-prod-domain-12345678-transactional",
        "configuration-set/staffetta-prod-domain-12345678-transactional-900s",
    )
    for resource in ours:
        assert allows([document], ("ses:SendRawEmail", f"{SES}:{resource}"), {})
        assert not allows([document], ("ses:SendEmail", f"{SES}:{resource}"), {})
    for foreign in (
        f"{SES}:configuration-set/staffetta-prod-marketing",
        f"{SES}:configuration-set/staffetta-prod-domain-12345678-marketing",
        f"{SES}:configuration-set/theirs",
        "arn:aws:ses:eu-west-1:999999999999:identity/example.com",
        "*",
    ):
        assert not allows([document], ("ses:SendRawEmail", foreign), {})
        assert not allows([document, everything], ("ses:SendRawEmail", foreign), {}), "nor by another's policy"


@pytest.mark.parametrize(
    ("sender", "resource", "allowed"),
    [
        ("orders@example.com", "identity/example.com", True),
        ("orders@example.com", "configuration-set/ours", True),
        ("orders@example.com", "configuration-set/ours-300s", True),
        ("orders@example.com", "configuration-set/ours-marketing", False),
        ("orders@other.example", "identity/other.example", False),
        ("orders@example.com", "configuration-set/theirs", False),
    ],
)
@pytest.mark.parametrize("sandbox", [False, True])
def test_a_user_sends_as_its_domain_only(sender: str, resource: str, allowed: bool, sandbox: bool) -> None:
    documents = [
        smtp_policy(f"{SES}:identity/example.com", f"{SES}:configuration-set/ours", sandbox=sandbox),
        {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    ]
    context = {"ses:fromaddress": [sender]}
    assert allows(documents, ("ses:SendRawEmail", f"{SES}:{resource}"), context) == allowed


@pytest.mark.parametrize(
    ("sender", "recipient", "allowed"),
    [
        ("orders@example.com", "identity/ada@customer.test", True),
        ("orders@shop.example.com", "identity/customer.test", True),
        ("orders@other.example", "identity/ada@customer.test", False),
        ("orders@notexample.com", "identity/ada@customer.test", False),
    ],
)
def test_a_user_reaches_a_sandboxes_recipients(sender: str, recipient: str, allowed: bool) -> None:
    """For mail from its domain only, even if another policy allows everything."""
    documents = [
        smtp_policy(f"{SES}:identity/example.com", f"{SES}:configuration-set/ours", sandbox=True),
        {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    ]
    context = {"ses:fromaddress": [sender]}
    assert allows(documents, ("ses:SendRawEmail", f"{SES}:{recipient}"), context) == allowed
    assert not allows(documents, ("ses:SendRawEmail", "arn:aws:ses:eu-west-1:999999999999:identity/a.test"), context)


def test_the_longest_usual_policy_fits_into_a_user() -> None:
    """IAM counts the characters of a user's own policies without white space."""
    own = f"staffetta-{16 * 's'}-domain-12345678-transactional"
    arn = "arn:aws-us-gov:ses:us-gov-west-1:123456789012:"
    policy = smtp_policy(f"{arn}identity/{60 * 'a'}.example", f"{arn}configuration-set/{own}", sandbox=True)
    assert len(json.dumps(policy, separators=(",", ":"))) <= 2048


def test_the_boundary_outlives_the_service(templates: Templates) -> None:
    """Tokens are in the State stack, and a user without its boundary can send nothing."""
    (boundary,) = templates.of_type("AWS::IAM::ManagedPolicy").values()
    assert boundary in templates.state["Resources"].values()
    assert boundary["DeletionPolicy"] == "RetainExceptOnCreate"
