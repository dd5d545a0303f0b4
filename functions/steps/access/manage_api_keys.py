"""Rename and revoke API keys."""

from __future__ import annotations

from msgspec import Struct

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import ACCOUNT
from functions.core.errors import NotFound
from functions.ports import Clock
from functions.ports.access import ApiKey, ApiKeys
from functions.steps.access.create_api_key import checked_name


class ManageApiKeys(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. Each method returns the updated key, and raises Forbidden, and NotFound for an unknown key."""

    api_keys: ApiKeys
    clock: Clock

    def rename(self, key_id: str, name: str, by: Actor) -> ApiKey:
        """Raises Rejected for an invalid name."""
        by.require(ACCOUNT)
        return _require(key_id, self.api_keys.rename(key_id, checked_name(name)))

    def revoke(self, key_id: str, by: Actor) -> ApiKey:
        """A revoked key keeps its first revocation time."""
        by.require(ACCOUNT)
        return _require(key_id, self.api_keys.revoke(key_id, timestamps.iso(self.clock())))


def _require(key_id: str, key: ApiKey | None) -> ApiKey:
    if key is None:
        raise NotFound(f"there is no API key with the id {key_id!r}")
    return key
