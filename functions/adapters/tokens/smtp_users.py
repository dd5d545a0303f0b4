"""ports.SmtpUsers on IAM. Every user has the stage's own path and permissions boundary: our role may create no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters.aws.errors import AwsError
from functions.core.errors import Conflict, NotFound
from functions.core.tokens.smtp_policy import smtp_policy
from functions.ports.tokens import AccessKey

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_POLICY = "send"
_ABSENT = "NoSuchEntity"


class IamSmtpUsers(Struct, frozen=True):
    client: IAMClient
    path: str  # of this stage's users: IAM has no regions, so it names the region too
    boundary_arn: str
    identity_arn: str
    configuration_set_arn: str

    def create(self, name: str) -> None:
        try:
            self.client.create_user(UserName=name, Path=self.path, PermissionsBoundary=self.boundary_arn)
        except AwsError as error:
            if error.code == "LimitExceeded":
                raise Conflict(
                    "this AWS account has as many IAM users as it may have (5,000 unless AWS raised it), and each SMTP token "
                    "is one: delete unused tokens, or request a higher quota from AWS"
                ) from error
            if error.code != "EntityAlreadyExists":
                raise

    def put_policy(self, name: str) -> None:
        policy = smtp_policy(self.identity_arn, self.configuration_set_arn)
        self.client.put_user_policy(UserName=name, PolicyName=_POLICY, PolicyDocument=json.dumps(policy))

    def new_key(self, name: str) -> AccessKey:
        try:
            key = self.client.create_access_key(UserName=name)["AccessKey"]
        except AwsError as error:
            if error.code == _ABSENT:
                raise NotFound(f"the IAM user {name} no longer exists") from error
            raise
        return AccessKey(key["AccessKeyId"], key["SecretAccessKey"])

    def keys(self, name: str) -> list[str]:
        answer = _unless_absent(lambda: self.client.list_access_keys(UserName=name))
        return [key["AccessKeyId"] for key in answer["AccessKeyMetadata"]] if answer else []

    def disable_key(self, name: str, key_id: str) -> None:
        _unless_absent(lambda: self.client.update_access_key(UserName=name, AccessKeyId=key_id, Status="Inactive"))

    def delete_key(self, name: str, key_id: str) -> None:
        _unless_absent(lambda: self.client.delete_access_key(UserName=name, AccessKeyId=key_id))

    def delete_policy(self, name: str) -> None:
        _unless_absent(lambda: self.client.delete_user_policy(UserName=name, PolicyName=_POLICY))

    def delete(self, name: str) -> None:
        try:
            _unless_absent(lambda: self.client.delete_user(UserName=name))
        except AwsError as error:
            if error.code != "DeleteConflict":
                raise
            raise Conflict(f"the IAM user {name} still has a key or a policy") from error

    def all(self) -> list[str]:
        pages = self.client.get_paginator("list_users").paginate(PathPrefix=self.path)
        return [user["UserName"] for page in pages for user in page["Users"]]


def _unless_absent(call: Callable[[], Any]) -> Any:
    """Returns the call's answer, or None if the user or the key does not exist."""
    try:
        return call()
    except AwsError as error:
        if error.code == _ABSENT:
            return None
        raise
