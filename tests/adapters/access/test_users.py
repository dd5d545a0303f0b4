"""ports.ConsoleUsers and ports.Sessions: one suite on the fakes and on DynamoDB in moto."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.core.access.roles import Role
from functions.core.access.users import LinkPurpose, PasswordLink, Session, User
from functions.ports.access import ConsoleUsers, Sessions
from tests.fakes.access import MemorySessions, MemoryUsers
from tests.support.aws.cloud import aws_of

ADA = User(email="ada@example.com", role=Role.EDITOR, invited_at="t", invited_by="you@example.com")
SESSION = Session(id="ab" * 32, email=ADA.email, began_at="t", expires_at=4_000_000_000, challenge="cognito")
LINK = PasswordLink(
    id="cd" * 32,
    email=ADA.email,
    purpose=LinkPurpose.RESET,
    began_at="2026-11-29T12:00:00.000Z",
    expires_at=4_000_000_000,
)


@pytest.fixture(params=["memory", "dynamo"])
def users(request: pytest.FixtureRequest) -> ConsoleUsers:
    return MemoryUsers() if request.param == "memory" else aws_of(request).get(wiring.adapters.access.users)


@pytest.fixture(params=["memory", "dynamo"])
def sessions(request: pytest.FixtureRequest) -> Sessions:
    return MemorySessions() if request.param == "memory" else aws_of(request).get(wiring.adapters.access.sessions)


def test_a_user_is_created_once_changed_and_deleted(users: ConsoleUsers) -> None:
    assert users.get(ADA.email) is None
    assert users.create(ADA)
    assert not users.create(replace(ADA, role=Role.ADMINISTRATOR))
    assert users.get(ADA.email) == ADA
    changed = users.update(ADA.email, role=Role.VIEWER, second_factor=True)
    assert changed == replace(ADA, role=Role.VIEWER, second_factor=True)
    assert users.update("nobody@example.com", role=Role.VIEWER) is None
    assert [user for user in users.all() if user.email == ADA.email] == [changed]
    users.delete(ADA.email)
    assert users.get(ADA.email) is None


def test_a_session_is_stored_and_deleted(sessions: Sessions) -> None:
    sessions.put(SESSION)
    assert sessions.get(SESSION.id) == SESSION
    sessions.delete(SESSION.id)
    assert sessions.get(SESSION.id) is None


def test_a_link_is_taken_once(sessions: Sessions) -> None:
    sessions.put_link(LINK)
    assert sessions.get_link(LINK.id) == LINK
    assert sessions.take_link(LINK.id) == LINK
    assert sessions.take_link(LINK.id) is None


def test_guesses_count_by_name_and_period(sessions: Sessions) -> None:
    assert [sessions.count_guess("ada", 4_000_000_000) for _ in range(2)] == [1, 2]
    assert sessions.count_guess("bob", 4_000_000_000) == 1
    assert sessions.count_guess("ada", 4_000_000_900) == 1
    assert sessions.count_guess("ada", 4_000_000_000, -1) == 1
    sessions.clear_guesses("ada", 4_000_000_000)
    assert sessions.count_guess("ada", 4_000_000_000) == 1
    assert sessions.count_guess("ada", 4_000_000_900) == 2
