from __future__ import annotations

from collections.abc import Iterator

import pytest

from functions import wiring
from tests.support.aws.cloud import SETTINGS


@pytest.fixture(autouse=True)
def _function_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A dispatcher runs in a Lambda function, which has its settings in its environment."""
    for name, value in SETTINGS.to_env().items():
        monkeypatch.setenv(name, value)
    wiring.container.cache_clear()
    yield
    wiring.container.cache_clear()
