"""An API key to test with."""

from __future__ import annotations

import itertools

from functions.core.access.actor import Actor, unrestricted
from functions.ports.access import ApiKey
from functions.steps.access.create_api_key import CreateApiKey
from tests.fakes import Clock
from tests.fakes.access import MemoryApiKeys

OWNER = unrestricted("ada@example.com")


def create_key(api_keys: MemoryApiKeys, name: str = "ci", by: Actor = OWNER) -> tuple[str, ApiKey]:
    """Creates a key, whose secret is `stf_secret0`, `stf_secret1` and so on."""
    secrets = (f"secret{number}" for number in itertools.count(len(api_keys.stored)))
    step = CreateApiKey(api_keys=api_keys, clock=Clock(), new_secret=lambda: next(secrets))
    return step(name, OWNER.name, ("content",), by)
