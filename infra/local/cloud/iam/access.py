"""Checks a function's calls against its role, by the policies that the role has at the time of the call."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from moto.iam.models import iam_backends

from infra.local.cloud.iam.condition_keys import condition_context
from infra.local.cloud.iam.permission_rules import AccountContext
from infra.local.cloud.iam.policy_documents import documents_about
from infra.local.cloud.iam.policy_evaluation import Context, Grant, UnsupportedPolicy, allows
from infra.local.cloud.iam.required_permissions import UnknownPermissions, required_permissions
from infra.local.cloud.iam.services.ses import covering_identities
from infra.local.cloud.request import ApiCall


class SesReader(Protocol):
    def __call__(self, path: str, **query: str) -> Any:
        """Returns the answer of SES's API to a GET, or None if it refuses."""


@dataclass(frozen=True)
class AccessDecision:
    """The grants that a call needs. `refusal` is the reason why it is denied, or None if it is allowed."""

    grants: tuple[Grant, ...]
    refusal: str | None


def role_documents(account_id: str, role_arn: str, action: str) -> Iterator[Mapping[str, Any]]:
    """Yields what the role's inline policies and the default versions of its managed ones state about an action, or nothing if the role
    does not exist. Hold the account's lock to use it.
    """
    name = role_arn.rpartition("/")[2]
    role = next((role for role in iam_backends[account_id]["aws"].roles.values() if role.name == name), None)
    if role is not None:
        yield from documents_about(role, action)


class AccessEvaluator:
    """Evaluates calls. Hold the account's lock to use it: it reads moto's current IAM state."""

    def __init__(self, account_id: str, region: str, ses: SesReader | None) -> None:
        """`ses` reads the verified identities. Without it, a sender's domain is its identity."""
        self._ses = ses
        self._account = AccountContext(
            account_id,
            region,
            self._identity_of,
            self._user_path_of,
            self._user_boundary_of,
            self._recipient_identity_of,
            self._sandboxed,
        )

    def evaluate(self, role_arn: str, call: ApiCall) -> AccessDecision:
        try:
            grants = required_permissions(call, self._account)
        except UnknownPermissions as unknown:
            return AccessDecision((), f"{_user(role_arn)} is not authorized to perform: {unknown}")
        except (KeyError, TypeError, AttributeError) as malformed:
            return AccessDecision(
                (), f"{call.service}:{call.operation} cannot be authorized, its request is malformed: {malformed!r}"
            )
        try:
            context = condition_context(call, self._account, role_arn)
            denied = next((grant for grant in grants if not self._allows(role_arn, grant, context)), None)
        except UnsupportedPolicy as unsupported:
            return AccessDecision(grants, f"{_user(role_arn)} cannot be authorized: {unsupported}")
        return AccessDecision(grants, denied and _denial(role_arn, denied))

    def _allows(self, role_arn: str, grant: Grant, context: Context) -> bool:
        action, resource = grant
        policies = role_documents(self._account.id, role_arn, action)
        return allows(policies, grant, {**context, **self._tags_of(resource)})

    def _tags_of(self, arn: str) -> dict[str, list[str]]:
        """Returns the condition keys of a resource's tags, for the resources whose tags a policy of ours names."""
        if self._ses is None or ":identity/" not in arn:
            return {}
        tags = (self._ses("/v2/email/tags", ResourceArn=arn) or {"Tags": []})["Tags"]
        return {f"aws:resourcetag/{tag['Key'].lower()}": [tag["Value"]] for tag in tags}

    @property
    def _iam(self) -> Any:
        return iam_backends[self._account.id]["aws"]

    def _user_path_of(self, name: str) -> str:
        user = self._iam.users.get(name)
        return str(user.path) if user else "/"

    def _user_boundary_of(self, name: str) -> str | None:
        return getattr(self._iam.users.get(name), "permissions_boundary_arn", None)

    def _identity_of(self, address: str) -> str:
        return self._covering(address) or address.rpartition("@")[2]

    def _recipient_identity_of(self, address: str) -> str:
        return self._covering(address.lower()) or address

    def _covering(self, address: str) -> str | None:
        if self._ses is None:
            return None
        listed = self._ses("/v2/email/identities", PageSize="1000")
        verified = {identity["IdentityName"] for identity in listed["EmailIdentities"]}
        return next((name for name in covering_identities(address) if name in verified), None)

    def _sandboxed(self) -> bool:
        return self._ses is not None and not self._ses("/v2/email/account")["ProductionAccessEnabled"]


def _user(role_arn: str) -> str:
    return f"User: {role_arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/local"


def _denial(role_arn: str, grant: Grant) -> str:
    action, resource = grant
    return (
        f"{_user(role_arn)} is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )
