"""One suite per port: each test runs on the fake and on the adapter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from functions.wiring import Container
from tests.support.aws.cloud import cloud


@pytest.fixture(scope="module")
def aws() -> Iterator[Container]:
    with cloud() as wiring:
        yield wiring
