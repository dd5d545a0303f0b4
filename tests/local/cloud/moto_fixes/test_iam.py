"""Managed policies, and the boundaries of users."""

from __future__ import annotations

import inspect
import json

import pytest
from botocore.exceptions import ClientError
from moto import settings as moto_settings

from infra.local.cloud import Cloud
from infra.local.cloud.iam.access import AccessEvaluator
from infra.local.cloud.moto_fixes import (
    iam,
)
from infra.local.cloud.request import ApiCall


def test_stock_moto_has_no_managed_policies() -> None:
    """If it loads them by default, drop the fix."""
    assert not moto_settings.load_iam_aws_managed_policies()


def test_an_unknown_managed_policy_is_still_unknown(cloud: Cloud) -> None:
    """A misspelt name fails as in AWS."""
    cloud.client("iam").create_role(RoleName="spelling", AssumeRolePolicyDocument="{}")
    with pytest.raises(ClientError, match="NoSuchEntity"):
        cloud.client("iam").attach_role_policy(RoleName="spelling", PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy")
    assert callable(iam._attach_role_policy)


def test_stock_moto_drops_a_users_boundary() -> None:
    """If it stores the boundary, drop the fix."""
    assert "PermissionsBoundary" not in inspect.getsource(iam._create_user)


def test_a_role_can_be_held_to_users_within_a_boundary(cloud: Cloud) -> None:
    """This covers CreateUser and every later policy of the user."""
    users = cloud.client("iam")
    users.create_role(RoleName="maker", AssumeRolePolicyDocument="{}")
    bounded = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/b"}}
    right = {"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": bounded}
    document = json.dumps({"Version": "2012-10-17", "Statement": [right]})
    users.put_role_policy(RoleName="maker", PolicyName="p", PolicyDocument=document)
    authority = AccessEvaluator("123456789012", "us-east-1", None)
    put = ApiCall("iam", "PutUserPolicy", None, {"UserName": "within"})
    role = "arn:aws:iam::123456789012:role/maker"
    assert authority.evaluate(role, put).refusal
    users.create_user(UserName="within", PermissionsBoundary="arn:aws:iam::123456789012:policy/b")
    assert authority.evaluate(role, put).refusal is None
    users.create_user(UserName="beyond", PermissionsBoundary="arn:aws:iam::123456789012:policy/c")
    assert authority.evaluate(role, ApiCall("iam", "PutUserPolicy", None, {"UserName": "beyond"})).refusal
