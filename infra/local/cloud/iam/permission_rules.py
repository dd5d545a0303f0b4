"""The rules of which grants an operation needs: the action, and the resource that a parameter names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra.local.cloud.iam.policy_evaluation import Grant

ANY: Final = "*"


@dataclass(frozen=True)
class AccountContext:
    """The account and region of the resources, and lookups in the account's state."""

    id: str
    region: str
    identity_of: Callable[[str], str]
    """Returns the SES identity that covers a sender's address: the address itself, its domain, or a parent domain."""
    user_path_of: Callable[[str], str]
    """Returns the path of an IAM user, or "/" if the user does not exist."""
    user_boundary_of: Callable[[str], str | None] = lambda _name: None
    """Returns the ARN of an IAM user's permissions boundary, or None."""
    recipient_identity_of: Callable[[str], str] = lambda address: address
    """Returns the SES identity that covers a recipient's address, or the address itself."""
    sandboxed: Callable[[], bool] = lambda: False
    """Returns whether the account is in SES's sandbox: there the identities of the recipients are checked too."""

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.id}:{resource}"

    def iam_arn(self, resource: str) -> str:
        return f"arn:aws:iam::{self.id}:{resource}"


Params = Mapping[str, Any]
PermissionRule = Callable[[Params, AccountContext], Iterable[Grant]]


def each(prefix: str, operations: str, resource: Callable[[Params, AccountContext], str]) -> dict[str, PermissionRule]:
    """Returns the rules of operations whose IAM action has the operation's name and one resource."""

    def of(action: str) -> PermissionRule:
        return lambda params, account: [(action, resource(params, account))]

    return {operation: of(f"{prefix}:{operation}") for operation in operations.split()}


def renamed(action: str, resource: Callable[[Params, AccountContext], str]) -> PermissionRule:
    """Returns the rule of an operation whose IAM action has another name."""
    return lambda params, account: [(action, resource(params, account))]


def any_resource(_params: Params, _account: AccountContext) -> str:
    return ANY
