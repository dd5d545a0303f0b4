"""Who may rename and revoke API keys."""

from __future__ import annotations

import pytest

from functions.core.access.actor import Actor
from functions.core.access.scopes import ACCOUNT, CONTENT
from functions.core.errors import Forbidden
from functions.steps.access.manage_api_keys import ManageApiKeys
from tests.fakes import Clock
from tests.fakes.access import MemoryApiKeys
from tests.support.api_keys import create_key

ADMINISTRATOR, EDITOR = Actor("ada@example.com", (ACCOUNT,)), Actor("bob@example.com", (CONTENT,))


def test_a_key_is_renamed_and_revoked_by_its_administrators() -> None:
    api_keys = MemoryApiKeys()
    _, key = create_key(api_keys)
    keys = ManageApiKeys(api_keys=api_keys, clock=Clock())
    assert keys.rename(key.secret_id, "till", ADMINISTRATOR).name == "till"
    assert keys.revoke(key.secret_id, ADMINISTRATOR).revoked_at


def test_an_actor_without_the_scope_changes_no_key() -> None:
    api_keys = MemoryApiKeys()
    _, key = create_key(api_keys)
    keys = ManageApiKeys(api_keys=api_keys, clock=Clock())
    with pytest.raises(Forbidden):
        keys.rename(key.secret_id, "till", EDITOR)
    with pytest.raises(Forbidden):
        keys.revoke(key.secret_id, EDITOR)
    assert api_keys.stored == {key.secret_id: key}
