"""Create an API key: its secret is shown once, and only its hash is stored."""

from __future__ import annotations

from msgspec import Struct

from functions.core import ids, timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import ACCOUNT
from functions.core.errors import FieldError, Rejected
from functions.ports import Clock, NewSecret
from functions.ports.access import ApiKey, ApiKeys

MARK = "stf_"  # people and scanners for leaked secrets recognise the key by it
PREFIX_LENGTH = len(MARK) + 6
NAME_MAX = 100  # characters


class CreateApiKey(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    api_keys: ApiKeys
    clock: Clock
    new_secret: NewSecret

    def __call__(self, name: str, owner: str, scopes: tuple[str, ...], by: Actor) -> tuple[str, ApiKey]:
        """Returns the secret key and its stored record. Raises Forbidden, also if the key would be allowed more than the actor,
        and Rejected if the name is not readable.
        """
        by.require(ACCOUNT)
        for scope in scopes:
            by.require(scope)
        secret = MARK + self.new_secret()
        key = ApiKey(
            secret_id=ids.secret_id(secret),
            name=checked_name(name),
            prefix=secret[:PREFIX_LENGTH],
            owner=owner,
            scopes=scopes,
            created_at=timestamps.iso(self.clock()),
        )
        self.api_keys.put(key)
        return secret, key


def checked_name(name: str) -> str:
    """Returns the name without surrounding space. Raises Rejected."""
    name = name.strip()
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise Rejected(
            [FieldError("name", f"must be 1 to {NAME_MAX} printable characters, for example the purpose of the key")]
        )
    return name
