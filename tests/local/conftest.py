"""An account for tests: one per module, since clients are slow to create, and empty for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moto.moto_api._internal.models import moto_api_backend

from infra.local.cloud import Cloud

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def account() -> Iterator[Cloud]:
    """Use the fixture `cloud`."""
    cloud = Cloud()
    cloud.start()
    yield cloud
    cloud.stop()


@pytest.fixture
def cloud(account: Cloud) -> Cloud:
    moto_api_backend.reset()
    account._listeners.clear()
    return account
