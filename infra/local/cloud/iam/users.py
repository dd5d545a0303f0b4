"""IAM users for SES's SMTP endpoint, which checks them outside AWS's API.

IAM's API returns no secret, so this reads moto's own store, under the account's lock.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from moto.iam.models import iam_backends

from infra.local.cloud.iam.policy_documents import document_of, documents
from infra.local.cloud.iam.policy_evaluation import Context, Grant, allows


@dataclass(frozen=True)
class Key:
    """An active access key and its user."""

    id: str
    secret: str = field(repr=False)
    user: str
    user_arn: str


class Users:
    def __init__(self, account_id: str, lock: AbstractContextManager[Any]) -> None:
        self._account_id = account_id
        self._lock = lock

    def key(self, access_key_id: str) -> Key | None:
        """Returns the access key with this id, or None if it is inactive or does not exist."""
        with self._lock:
            return next(self._active(access_key_id), None)

    def refused(self, key: Key, grants: Iterable[Grant], context: Context) -> Grant | None:
        """Returns the first grant that the key's user lacks now, or None if all are allowed. Raises UnsupportedPolicy."""
        with self._lock:
            if self.key(key.id) is None:
                return next(iter(grants), None)
            limits = list(self._limits(self._iam.users[key.user]))
            return next((grant for grant in grants if not all(allows(limit, grant, context) for limit in limits)), None)

    def _active(self, access_key_id: str) -> Iterator[Key]:
        for user in self._iam.users.values():
            for key in user.access_keys:
                if key.access_key_id == access_key_id and key.status == "Active":
                    yield Key(key.access_key_id, key.secret_access_key, user.name, user.arn)

    def _limits(self, user: Any) -> Iterator[list[Mapping[str, Any]]]:
        """Yields the sets of policies that must each allow a call: those of the user and its groups, and its permissions boundary."""
        holders = (user, *self._iam.get_groups_for_user(user.name))
        yield [document for holder in holders for document in documents(holder)]
        if arn := getattr(user, "permissions_boundary_arn", None):
            boundary = self._iam.managed_policies.get(arn)
            yield [document_of(boundary)] if boundary else []

    @property
    def _iam(self) -> Any:
        return iam_backends[self._account_id]["aws"]
