"""Roles are sets of scopes, and an actor without a scope is refused by steps."""

from __future__ import annotations

import pytest

from functions.core.access.actor import Actor, unrestricted
from functions.core.access.roles import SCOPES_OF, Role
from functions.core.access.scopes import ACCOUNT, CONTENT, REPORTS, SCOPES
from functions.core.errors import Forbidden


def test_each_role_has_the_scopes_of_the_one_below() -> None:
    administrator, editor, viewer = (set(SCOPES_OF[role]) for role in Role)
    assert viewer < editor < administrator == set(SCOPES)
    assert viewer == {REPORTS}
    assert ACCOUNT not in editor


def test_one_of_the_scopes_is_enough() -> None:
    Actor("ada@example.com", (CONTENT,)).require(ACCOUNT, CONTENT)
    with pytest.raises(Forbidden, match="account"):
        Actor("ada@example.com", (CONTENT,)).require(ACCOUNT)
    with pytest.raises(Forbidden):
        Actor("").require(CONTENT)
    unrestricted("cli").require(ACCOUNT)
