from __future__ import annotations

from collections.abc import Iterator

import pytest

from functions.wiring import Container
from tests.support.aws.cloud import worker


@pytest.fixture
def aws() -> Iterator[Container]:
    with worker() as container:
        yield container
