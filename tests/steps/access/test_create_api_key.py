from __future__ import annotations

import pytest

from functions.core import ids
from functions.core.access.actor import Actor
from functions.core.access.scopes import ACCOUNT, CONTENT
from functions.core.errors import Forbidden, Rejected
from tests.fakes.access import MemoryApiKeys
from tests.support.api_keys import create_key
from tests.support.examples import NOON_TEXT


def test_only_the_hash_of_a_key_is_stored() -> None:
    api_keys = MemoryApiKeys()
    secret, key = create_key(api_keys)
    assert secret == "stf_secret0"
    assert api_keys.stored == {ids.secret_id(secret): key}
    assert secret not in repr(api_keys)
    assert (key.scopes, key.created_at, secret.startswith(key.prefix)) == (("content",), NOON_TEXT, True)


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\nb", "a\x00"])
def test_a_key_has_a_readable_name(name: str) -> None:
    api_keys = MemoryApiKeys()
    with pytest.raises(Rejected, match="name"):
        create_key(api_keys, name)
    assert api_keys.stored == {}


def test_an_actor_without_the_scope_creates_no_key() -> None:
    api_keys = MemoryApiKeys()
    with pytest.raises(Forbidden):
        create_key(api_keys, by=Actor("bob@example.com", (CONTENT,)))
    assert api_keys.stored == {}


def test_a_key_has_only_scopes_of_its_creator() -> None:
    api_keys = MemoryApiKeys()
    with pytest.raises(Forbidden, match="content"):
        create_key(api_keys, by=Actor("bob@example.com", (ACCOUNT,)))
    assert api_keys.stored == {}
