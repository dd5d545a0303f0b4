"""IAM and STS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from infra.local.cloud.iam.permission_rules import (
    AccountContext,
    Params,
    PermissionRule,
    any_resource,
    each,
    renamed,
)


def _user(params: Params, account: AccountContext) -> str:
    """Returns the user's ARN, which contains its path. Before the user exists, only CreateUser's parameters have it."""
    name = params["UserName"]
    return account.iam_arn(f"user{params.get('Path') or account.user_path_of(name)}{name}")


IAM: Final[Mapping[str, PermissionRule]] = {
    **each("iam", "CreateUser GetUser DeleteUser UpdateUser TagUser UntagUser ListUserTags", _user),
    **each("iam", "CreateAccessKey DeleteAccessKey ListAccessKeys UpdateAccessKey", _user),
    **each("iam", "PutUserPolicy GetUserPolicy DeleteUserPolicy ListUserPolicies", _user),
    **each("iam", "AttachUserPolicy DetachUserPolicy ListAttachedUserPolicies ListGroupsForUser", _user),
    **each("iam", "PutUserPermissionsBoundary DeleteUserPermissionsBoundary", _user),
    **each("iam", "ListUsers GetAccessKeyLastUsed GetAccountSummary", any_resource),
}
STS: Final[Mapping[str, PermissionRule]] = {
    "GetCallerIdentity": lambda _params, _account: (),
    "AssumeRole": renamed("sts:AssumeRole", lambda params, _: params["RoleArn"]),
}
