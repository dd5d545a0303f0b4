"""ports.SmtpUsers on IAM. Every user has the stage's own path and permissions boundary: our role may create no other.

Our role's permissions name that path, and a call names a user without it. So IAM cannot match an absent user to them, and answers
AccessDenied instead of NoSuchEntity. The list of users decides which of the two it means: a refusal of a listed user is an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn

from msgspec import Struct

from functions.adapters.aws.errors import AwsError
from functions.core.domains.domain import Domain
from functions.core.errors import Conflict, NotFound, Retry
from functions.core.tokens.smtp_policy import smtp_policy
from functions.ports.tokens import AccessKey

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_POLICY = "send"
_PAGE_SIZE = 1000  # users in one answer, IAM's maximum
_TEMPORARY = frozenset({"ConcurrentModification", "EntityTemporarilyUnmodifiable", "ServiceFailure", "Throttling"})
_FULL = (
    "this AWS account has as many IAM users as it may have (5,000 unless AWS raised it), and each SMTP token is one: delete unused "
    "tokens, or request a higher quota from AWS"
)


class IamSmtpUsers(Struct, frozen=True):
    client: IAMClient
    path: str  # of this stage's users: IAM has no regions, so it names the region too
    boundary_arn: str
    identities_arn: str  # the start of each identity's
    configuration_sets_arn: str  # ... and of each configuration set's
    default_set: str  # of a domain without its own

    def create(self, name: str) -> None:
        """The call names the path, so an AccessDenied is a refusal."""
        try:
            self.client.create_user(UserName=name, Path=self.path, PermissionsBoundary=self.boundary_arn)
        except AwsError as error:
            if error.code != "EntityAlreadyExists":
                _reraise(error, _FULL)

    def put_policy(self, name: str, domain: Domain, *, sandbox: bool) -> None:
        policy = json.dumps(self._policy(domain, sandbox=sandbox))
        with self._existing(name, "has no room for its policy: remove the policies that were added to it by hand"):
            self.client.put_user_policy(UserName=name, PolicyName=_POLICY, PolicyDocument=policy)

    def has_policy(self, name: str, domain: Domain, *, sandbox: bool) -> bool:
        with suppress(NotFound), self._existing(name):
            stored: Any = self.client.get_user_policy(UserName=name, PolicyName=_POLICY)["PolicyDocument"]
            policy: dict[str, Any] = json.loads(stored) if isinstance(stored, str) else stored
            return policy == self._policy(domain, sandbox=sandbox)
        return False

    def new_key(self, name: str) -> AccessKey:
        with self._existing(name, "has two access keys, as many as IAM allows: try again"):
            key = self.client.create_access_key(UserName=name)["AccessKey"]
        return AccessKey(key["AccessKeyId"], key["SecretAccessKey"])

    def keys(self, name: str) -> list[str]:
        with suppress(NotFound), self._existing(name):
            return [key["AccessKeyId"] for key in self.client.list_access_keys(UserName=name)["AccessKeyMetadata"]]
        return []

    def disable_key(self, name: str, key_id: str) -> None:
        with suppress(NotFound), self._existing(name):
            self.client.update_access_key(UserName=name, AccessKeyId=key_id, Status="Inactive")

    def delete_key(self, name: str, key_id: str) -> None:
        with suppress(NotFound), self._existing(name):
            self.client.delete_access_key(UserName=name, AccessKeyId=key_id)

    def delete_policy(self, name: str) -> None:
        with suppress(NotFound), self._existing(name):
            self.client.delete_user_policy(UserName=name, PolicyName=_POLICY)

    def delete(self, name: str) -> None:
        with suppress(NotFound), self._existing(name, "still has a key or a policy"):
            self.client.delete_user(UserName=name)

    def all(self) -> list[str]:
        pages = self.client.get_paginator("list_users").paginate(
            PathPrefix=self.path, PaginationConfig={"PageSize": _PAGE_SIZE}
        )
        return [user["UserName"] for page in pages for user in page["Users"]]

    def _policy(self, domain: Domain, *, sandbox: bool) -> dict[str, Any]:
        configuration_set = self.configuration_sets_arn + (domain.transactional_set or self.default_set)
        return smtp_policy(self.identities_arn + domain.name, configuration_set, sandbox=sandbox)

    @contextmanager
    def _existing(self, name: str, conflict: str = "is being changed") -> Iterator[None]:
        """Raises NotFound if the user, or what the call names of it, does not exist. `conflict`: what a conflict means."""
        try:
            yield
        except AwsError as error:
            if self._is_absent(name, error):
                raise NotFound(f"the IAM user {name} does not exist") from error
            _reraise(error, f"the IAM user {name} {conflict}")

    def _is_absent(self, name: str, error: AwsError) -> bool:
        return error.code == "NoSuchEntity" or (error.code == "AccessDenied" and name not in self.all())


def _reraise(error: AwsError, conflict: str) -> NoReturn:
    if error.code in {"LimitExceeded", "DeleteConflict"}:
        raise Conflict(conflict) from error
    if error.code in _TEMPORARY:
        raise Retry(f"IAM cannot do this now: {error.code}") from error
    raise error
