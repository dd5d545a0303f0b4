"""An editor of a stage that has the examples' emails."""

from __future__ import annotations

import pytest

from functions.core.access.roles import Role
from functions.wiring import Container
from tests.support.console import email_examples
from tests.support.console.browser import Browser
from tests.support.console.people import signed_in


@pytest.fixture
def editor(aws: Container) -> Browser:
    email_examples.prepare(aws)
    return signed_in(Role.EDITOR)
