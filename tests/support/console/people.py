"""People of the console in tests."""

from __future__ import annotations

from functions import wiring
from functions.core.access.roles import Role
from functions.core.access.users import User
from tests.fakes.access import MemoryUserDirectory
from tests.support.console.browser import Browser

PASSWORD = "correct horse battery"
ADDRESS = {role: f"{role}@example.com" for role in Role}


def add(role: Role, email: str = "") -> User:
    """Adds a user with a password. The container of this worker must have a MemoryUserDirectory."""
    user = User(email=email or ADDRESS[role], role=role, invited_at="2026-11-29T12:00:00.000Z", invited_by="you")
    container = wiring.container()
    container.get(wiring.adapters.access.users).create(user)
    directory = container.get(wiring.adapters.access.user_directory)
    directory.create(user.email)
    directory.set_password(user.email, PASSWORD)
    return user


def signed_in(role: Role, email: str = "") -> Browser:
    """Returns the browser of a new user with the role."""
    return sign_in(add(role, email).email)


def sign_in(email: str) -> Browser:
    browser = Browser()
    arrived = browser.submit("/console/sign-in", email=email, password=PASSWORD)
    assert arrived.status == 200, arrived.text
    return browser


def use_memory_directory() -> None:
    wiring.container().override(wiring.adapters.access.user_directory, MemoryUserDirectory())  # type: ignore[arg-type]  # a fake
