"""A worker of the console, with the people of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from functions.wiring import Container
from tests.support.aws.cloud import worker
from tests.support.console.people import use_memory_directory


@pytest.fixture
def aws() -> Iterator[Container]:
    with worker() as container:
        use_memory_directory()
        yield container
