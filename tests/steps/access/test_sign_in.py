"""Signing in: what a guesser can learn, and how a person gets past the guesses of others."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from functions.core.access.roles import Role
from functions.core.access.users import User
from functions.core.errors import Rejected
from functions.ports.access import PasswordResult
from functions.steps.access.audit import AuditLog
from functions.steps.access.sign_in import GUESSES_BY_USER, GUESSES_BY_USER_AND_SOURCE, SignIn, TooManyGuessesError
from tests.fakes.access import MemoryAudit, MemorySessions, MemoryUserDirectory, MemoryUsers

ADA, UNKNOWN = "ada@example.com", "nobody@example.com"
PASSWORD, WRONG = "right horse battery", "wrong horse battery"
SOURCE = "203.0.113.9"


@dataclass
class Directory(MemoryUserDirectory):
    checked: list[str] = field(default_factory=list)

    def check_password(self, email: str, password: str) -> PasswordResult | None:
        self.checked.append(email)
        return super().check_password(email, password)


@pytest.fixture
def directory() -> Directory:
    return Directory(passwords={ADA: PASSWORD})


@pytest.fixture
def sign_in(directory: Directory) -> SignIn:
    user = User(email=ADA, role=Role.EDITOR, invited_at="2026-11-01T00:00:00.000Z", invited_by="")
    return SignIn(
        users=MemoryUsers({ADA: user}),
        sessions=MemorySessions(),
        audit=AuditLog(MemoryAudit(), lambda: 0.0, lambda: "entry"),
        directory=directory,
        clock=lambda: 0.0,
        new_secret=lambda: "secret",
    )


def test_an_unknown_address_is_checked_too(sign_in: SignIn, directory: Directory) -> None:
    """Without that, a fast refusal shows that the address is no user's."""
    for email in (ADA, UNKNOWN):
        with pytest.raises(Rejected):
            sign_in.with_password(email, WRONG, SOURCE)
    assert directory.checked == [ADA, UNKNOWN]


def test_a_user_of_the_directory_only_is_no_user(sign_in: SignIn, directory: Directory) -> None:
    directory.passwords[UNKNOWN] = PASSWORD
    with pytest.raises(Rejected):
        sign_in.with_password(UNKNOWN, PASSWORD, SOURCE)


@pytest.mark.parametrize("guesses", [GUESSES_BY_USER_AND_SOURCE, GUESSES_BY_USER])
def test_cleared_guesses_let_the_person_in(sign_in: SignIn, guesses: int) -> None:
    """Guesses come from as many sources as the limits allow, the person's own first."""
    for number in range(guesses):
        source = SOURCE if number < GUESSES_BY_USER_AND_SOURCE else f"198.51.100.{number // GUESSES_BY_USER_AND_SOURCE}"
        with pytest.raises(Rejected):
            sign_in.with_password(ADA, WRONG, source)
    with pytest.raises(TooManyGuessesError):
        sign_in.with_password(ADA, PASSWORD, SOURCE)
    sign_in.clear_guesses(ADA, SOURCE)
    assert sign_in.with_password(ADA, PASSWORD, SOURCE).secret


def test_cleared_guesses_of_one_person_are_not_those_of_another(sign_in: SignIn) -> None:
    for _ in range(GUESSES_BY_USER_AND_SOURCE):
        with pytest.raises(Rejected):
            sign_in.with_password(ADA, WRONG, SOURCE)
    sign_in.clear_guesses(UNKNOWN, SOURCE)
    with pytest.raises(TooManyGuessesError):
        sign_in.with_password(ADA, PASSWORD, SOURCE)
