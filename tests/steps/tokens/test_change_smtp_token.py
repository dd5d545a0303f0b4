"""Orders of the console at the function smtp_tokens: the step itself checks the person's scopes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from functions import smtp_tokens
from functions.adapters.tokens.token_changes import EVENT
from functions.core.access.scopes import REPORTS, TRANSACTIONAL_EMAIL
from functions.wiring import Container
from tests.support.aws.cloud import worker
from tests.support.events import CONTEXT


@pytest.fixture
def aws() -> Iterator[Container]:
    with worker() as created:
        yield created


def ordered(action: str, scope: str = TRANSACTIONAL_EMAIL, **fields: Any) -> Any:
    change = {"action": action, "actor": "ada@example.com", "scopes": [scope], **fields}
    return smtp_tokens.handler({EVENT: change}, CONTEXT)


@pytest.mark.parametrize("action", ["create", "reset", "delete"])
def test_a_person_without_the_scope_is_refused(aws: Container, action: str) -> None:
    answer = ordered(action, REPORTS, name="Till", key_id="AKIA")
    assert (answer["token"], answer["refusal"]) == (None, "forbidden")


@pytest.mark.parametrize("action", ["reset", "delete"])
def test_an_unknown_token_is_refused_with_the_reason(aws: Container, action: str) -> None:
    answer = ordered(action, key_id="AKIA")
    assert (answer["refusal"], "AKIA" in answer["reason"]) == ("not found", True)


def test_a_token_is_created_reset_and_deleted(aws: Container) -> None:
    created = ordered("create", name="Till")["token"]
    changed = ordered("reset", key_id=created["key_id"], grace_seconds=60)["token"]
    assert changed["former_key_id"] == created["key_id"]
    assert changed["former_until"]
    assert changed["password"] != created["password"]
    deleted = ordered("delete", key_id=changed["key_id"])["token"]
    assert (deleted["name"], deleted["password"]) == ("Till", "")
