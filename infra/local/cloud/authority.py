"""Holds a function's calls against its role, as the role's policies stand in the account at that moment."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.models import iam_backends

from infra.local.cloud.asked import Asked
from infra.local.cloud.condition_keys import context
from infra.local.cloud.documents import documents
from infra.local.cloud.needs import Account, UnknownNeeds, needs, parents
from infra.local.cloud.permissions import Grant, UnsupportedPolicy, allows


@dataclass(frozen=True)
class Verdict:
    """The grants that a call was held against; `refusal` says why it may not be, None when it may."""

    grants: tuple[Grant, ...]
    refusal: str | None


class Authority:
    """Judges calls. Call it under the account's lock: it reads moto's IAM as it stands."""

    def __init__(self, account_id: str, region: str, client: Callable[[str], Any] | None) -> None:
        """`client` gives the SES client that knows the verified identities; without one, senders' domains are taken."""
        self._client = client
        self._account = Account(account_id, region, self._identity_of, self._user_path_of, self._user_boundary_of)

    def judge(self, role_arn: str, asked: Asked) -> Verdict:
        try:
            grants = needs(asked, self._account)
        except UnknownNeeds as unknown:
            return Verdict((), f"{_user(role_arn)} is not authorized to perform: {unknown}")
        except (KeyError, TypeError, AttributeError) as malformed:
            return Verdict(
                (), f"{asked.service}:{asked.operation} cannot be authorized, its request is malformed: {malformed!r}"
            )
        try:
            policies = list(self._documents(role_arn))
            told = context(asked, self._account, role_arn)
            refused = next((grant for grant in grants if not allows(policies, grant, told)), None)
        except UnsupportedPolicy as unsupported:
            return Verdict(grants, f"{_user(role_arn)} cannot be authorized: {unsupported}")
        return Verdict(grants, refused and _refusal(role_arn, refused))

    def _documents(self, role_arn: str) -> Iterable[Mapping[str, Any]]:
        """The role's inline policies and the default versions of its managed ones; none when there is no such role."""
        name = role_arn.rpartition("/")[2]
        role = next((role for role in self._iam.roles.values() if role.name == name), None)
        if role is None:
            return
        yield from documents(role)

    @property
    def _iam(self) -> Any:
        return iam_backends[self._account.id]["aws"]

    def _user_path_of(self, name: str) -> str:
        user = self._iam.users.get(name)
        return str(user.path) if user else "/"

    def _user_boundary_of(self, name: str) -> str | None:
        return getattr(self._iam.users.get(name), "permissions_boundary_arn", None)

    def _identity_of(self, address: str) -> str:
        candidates = parents(address)
        known: set[str] = set()
        if self._client:
            listed = self._client("sesv2").list_email_identities(PageSize=1000)
            known = {identity["IdentityName"] for identity in listed["EmailIdentities"]}
        return next((name for name in candidates if name in known), address.rpartition("@")[2])


def _user(role_arn: str) -> str:
    return f"User: {role_arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/local"


def _refusal(role_arn: str, grant: Grant) -> str:
    action, resource = grant
    return (
        f"{_user(role_arn)} is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )
