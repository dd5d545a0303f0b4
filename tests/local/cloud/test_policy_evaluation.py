"""IAM's rules of evaluation, case by case, and the rule without exception: a Deny wins."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.cloud.iam.policy_evaluation import UnsupportedPolicy, about, allows

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/t"


def policy(**statement: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", **statement}]}


def without(name: str, **statement: Any) -> dict[str, Any]:
    document = policy(**statement)
    del document["Statement"][0][name]
    return document


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (policy(), True),
        (policy(Action="dynamodb:GetItem", Resource=TABLE), True),
        (policy(Action="DynamoDB:getitem"), True),
        (policy(Action=["sqs:*", "dynamodb:Get*"]), True),
        (policy(Action="dynamodb:GetIte?"), True),
        (policy(Action="dynamodb:Get"), False),
        (policy(Action="dynamodb:PutItem"), False),
        (policy(Resource=f"{TABLE}/index/*"), False),
        (policy(Resource="arn:aws:dynamodb:*:*:table/*"), True),
        (policy(Resource=TABLE.upper()), False),
        (policy(Resource=[]), False),
        (without("Action", NotAction="dynamodb:*"), False),
        (without("Action", NotAction="sqs:*"), True),
        (without("Resource", NotResource=TABLE), False),
        (without("Resource", NotResource=f"{TABLE}2"), True),
        (policy(Effect="Deny"), False),
        ({"Statement": policy()["Statement"][0]}, True),
        ({"Statement": []}, False),
    ],
)
def test_actions_and_resources(document: dict[str, Any], expected: bool) -> None:
    """Wildcards, case, lists and negations decide what a statement covers."""
    assert allows([document], ("dynamodb:GetItem", TABLE), {}) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"ses:FromAddress": "a@b.c"}}, True),
        ({"StringEquals": {"SES:fromaddress": ["x", "a@b.c"]}}, True),
        ({"StringEquals": {"ses:FromAddress": "A@b.c"}}, False),
        ({"StringEqualsIgnoreCase": {"ses:FromAddress": "A@b.c"}}, True),
        ({"StringNotEquals": {"ses:FromAddress": "a@b.c"}}, False),
        ({"StringNotEquals": {"ses:FromAddress": "other"}}, True),
        ({"StringLike": {"ses:FromAddress": "*@b.c"}}, True),
        ({"StringNotLike": {"ses:FromAddress": "*@b.c"}}, False),
        ({"StringEquals": {"missing": "x"}}, False),
        ({"StringNotEquals": {"missing": "x"}}, True),
        ({"StringEqualsIfExists": {"missing": "x"}}, True),
        ({"StringEqualsIfExists": {"ses:FromAddress": "x"}}, False),
        ({"Null": {"missing": "true"}}, True),
        ({"Null": {"missing": "false"}}, False),
        ({"Null": {"ses:FromAddress": False}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"Bool": {"aws:SecureTransport": False}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:*:role/r"}}, False),
        ({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/r"}}, True),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}, False),
        ({"ForAllValues:StringLike": {"ses:Recipients": ["*@x.y", "*@b.c"]}}, True),
        ({"ForAllValues:StringLike": {"ses:Recipients": "*@x.y"}}, False),
        ({"ForAllValues:StringLike": {"missing": "*"}}, True),
        ({"ForAnyValue:StringLike": {"ses:Recipients": "*@x.y"}}, True),
        ({"ForAnyValue:StringLike": {"missing": "*"}}, False),
        ({"NumericLessThan": {"size": "10"}}, True),
        ({"NumericGreaterThanEquals": {"size": 10}}, False),
        ({"StringLike": {"ses:FromAddress": "*"}, "StringEquals": {"missing": "x"}}, False),
    ],
)
def test_conditions(condition: dict[str, Any], expected: bool) -> None:
    """All operators and keys must hold; any value of a key may."""
    context = {
        "ses:fromaddress": ["a@b.c"],
        "ses:recipients": ["one@x.y", "two@b.c"],
        "aws:securetransport": ["true"],
        "aws:principalarn": ["arn:aws:iam::123456789012:role/r"],
        "size": ["9"],
    }
    assert allows([policy(Condition=condition)], ("ses:SendEmail", "*"), context) is expected


def test_a_deny_whose_condition_fails_does_not_apply() -> None:
    """A statement with a false condition does not apply; it does not deny."""
    deny = policy(Effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})
    assert allows([policy(), deny], ("s3:GetObject", "*"), {"aws:securetransport": ["true"]})


@pytest.mark.parametrize(
    "document",
    [
        policy(Condition={"DateLessThan": {"aws:CurrentTime": "2030-01-01"}}),
        policy(Condition={"ForSomeValues:StringEquals": {"a": "b"}}),
        policy(NotAction="s3:*"),
        without("Resource"),
    ],
)
def test_an_unsupported_policy_raises(document: dict[str, Any]) -> None:
    """A guess would falsify the least-privilege tests."""
    with pytest.raises(UnsupportedPolicy):
        allows([document], ("s3:GetObject", "*"), {"a": ["b"]})


patterns = st.sampled_from(["*", "s3:*", "s3:Get*", "s3:GetObject", "sqs:SendMessage"])
statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": st.lists(patterns, max_size=3),
        "Resource": st.sampled_from(["*", "arn:x", "arn:*"]),
    }
)


@given(st.lists(st.lists(statements, max_size=4), max_size=4), st.integers(0, 4))
def test_a_deny_always_wins(groups: list[list[dict[str, Any]]], place: int) -> None:
    """Its position among other statements has no effect."""
    documents = [{"Statement": group} for group in groups]
    documents.insert(place, {"Statement": [{"Effect": "Deny", "Action": "s3:Get*", "Resource": "arn:*"}]})
    assert not allows(documents, ("s3:GetObject", "arn:x"), {})


@given(st.lists(st.lists(statements, max_size=4), max_size=4))
def test_nothing_is_allowed_without_an_allow(groups: list[list[dict[str, Any]]]) -> None:
    """The default is to deny. An Allow is enough if there is no Deny."""
    denied = [{"Statement": [{**statement, "Effect": "Deny"} for statement in group]} for group in groups]
    allowed = [{"Statement": [{**statement, "Effect": "Allow"} for statement in group]} for group in groups]
    assert not allows(denied, ("s3:GetObject", "arn:x"), {})
    assert allows([*allowed, policy()], ("s3:GetObject", "arn:x"), {})


@given(st.lists(statements, max_size=4), st.sampled_from(["s3:GetObject", "s3:PutObject", "sqs:SendMessage"]))
def test_statements_about_other_actions_decide_nothing(group: list[dict[str, Any]], action: str) -> None:
    document = {"Statement": group}
    for resource in ("arn:x", "other"):
        assert allows([about(document, action)], (action, resource), {}) == allows([document], (action, resource), {})
